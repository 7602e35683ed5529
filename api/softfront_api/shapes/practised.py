"""Before and after a practice, beside moments like it without one."""

from typing import Literal

from .common import Out, TextOut
from .trends import Interval

_HELP = [TextOut(id=f"effect.rtm.{at}") for at in (1, 2, 3)] + [TextOut(id="practised.help")]


class Contrast(Out):
    """From the 4 minutes before to minutes 3 to 8 after, with and without."""

    unit: Literal["bpm", "%"]
    done: Interval | None
    without: Interval | None
    difference: Interval | None
    clear: bool
    """The difference's interval leaves zero out."""
    detectable: float | None
    """A smaller difference would likely not be seen."""


class Kind(Out):
    """One kind of pause or practice."""

    kind: str
    all: int
    n: int
    """Of them with still minutes before and after, and moments like them."""
    days: int
    matched: int
    """Moments like them without one."""
    heart_rate: Contrast
    rmssd: Contrast
    text: TextOut


class Practised(Out):
    """All kinds."""

    items: list[Kind]
    help: list[TextOut] = _HELP
