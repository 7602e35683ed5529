"""The gaps of a recording that is nothing but intervals, in a small file beside it."""

import json
from collections.abc import Mapping
from pathlib import Path

from .lines import Course

_FORMAT, _VERSION = "softfront-gaps", 1
# Two thousand gaps a shift for half a year; a larger file is something else.
_MOST_BYTES = 4_000_000


def write_gaps(gaps_ms: Mapping[int, float], started: str) -> str:
    """Write how long nothing was heard, by how many intervals came before."""
    told = [[after, gap] for after, gap in gaps_ms.items()]
    body = {"format": _FORMAT, "version": _VERSION, "started": started, "gaps_ms": told}
    return json.dumps(body, separators=(",", ":")) + "\n"


def gaps_beside(path: Path, course: Course) -> dict[int, float]:
    """Read the gaps beside a text of intervals; none where there is no such file.

    One that cannot be read is named as line 0, and the intervals are read without it.
    """
    beside = path.with_name(path.name.removesuffix(".gz")).with_suffix(".json")
    if ".txt" not in path.suffixes or not beside.is_file():
        return {}
    try:
        if beside.stat().st_size > _MOST_BYTES:
            raise ValueError
        body = json.loads(beside.read_text(encoding="utf-8"))
        if body["format"] != _FORMAT or body["version"] != _VERSION:
            return {}
        found = {int(after): float(gap) for after, gap in body["gaps_ms"]}
        if any(not 0 <= gap < 1e12 for gap in found.values()):
            raise ValueError
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        course.skip("the file of gaps beside it cannot be read", 0)
        return {}
    return found
