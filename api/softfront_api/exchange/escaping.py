"""Cells that a spreadsheet shows, and does not run."""

import csv
import io
from collections.abc import Iterable

# By these a spreadsheet tells a formula; a quote before them makes it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_QUOTE = "'"


def row(cells: Iterable[object]) -> str:
    """Write a line of a table; texts that could run are told to be texts."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([_safe(cell) for cell in cells])
    return out.getvalue()


def _safe(cell: object) -> object:
    if cell is None:
        return ""
    return escaped(cell) if isinstance(cell, str) else cell


def escaped(text: str) -> str:
    """Let a text be a text; one that begins with such a quote already gets another."""
    if text.startswith(_FORMULA) or text.lstrip(_QUOTE).startswith(_FORMULA):
        return _QUOTE + text
    return text


def unescaped(text: str) -> str:
    """Give back what `escaped` was given."""
    quoted = text.startswith(_QUOTE) and text.lstrip(_QUOTE).startswith(_FORMULA)
    return text[1:] if quoted else text
