"""Every sentence a person reads, from one catalogue."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from functools import cache
from importlib.resources import files
from math import floor
from types import MappingProxyType

_NOTHING: Mapping[str, object] = MappingProxyType({})
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")

PARTS = ("page", "practices", "terminal")
"""The files a language is kept in."""


@cache
def catalogue(lang: str = "en") -> Mapping[str, str]:
    """Read all texts of a language, read once."""
    folder = files(__package__).joinpath("words", lang)
    texts: dict[str, str] = {}
    for part in PARTS:
        texts |= json.loads(folder.joinpath(f"{part}.json").read_text(encoding="utf-8"))
    return texts


def say(
    key: str, /, *, zone: tzinfo = UTC, values: Mapping[str, object] = _NOTHING, **more: object
) -> str:
    """Fill in a text: numbers whole, moments as the clock in `zone` shows them, text as it is.

    Raises:
        KeyError: there is no such text, or a value of it is missing; it is named.
    """
    text = catalogue()[key]
    return _PLACEHOLDER.sub(lambda found: shown({**values, **more}[found[1]], zone), text)


def shown(value: object, zone: tzinfo = UTC) -> str:
    """Write a value as a person reads it; a missing one is said to be missing."""
    if value is None:
        return catalogue()["value.missing"]
    if isinstance(value, datetime):
        return clock(value, zone)
    if isinstance(value, str):
        return clock(datetime.fromisoformat(value), zone) if _MOMENT.fullmatch(value) else value
    if isinstance(value, int | float):
        return whole(value)
    raise TypeError(f"a {type(value).__name__} has no words")


def whole(number: float) -> str:
    """Round halves away from zero, group thousands, and write a real minus."""
    rounded = floor(abs(number) + 0.5)
    return f"{'−' if number < 0 and rounded else ''}{rounded:,}"


def clock(moment: datetime, zone: tzinfo = UTC) -> str:
    """Write a moment as hours and minutes in a zone."""
    return f"{moment.astimezone(zone):%H:%M}"
