"""Time to return: never a number without its interval, and never a verdict."""

from softfront_signal.lasting import ENOUGH, Lasting

from ..reasons import Text
from .common import Out, TextOut

_HELP = [TextOut(id="return.help"), TextOut(id="return.not_a_race")]


class TimeToReturn(Out):
    """How long it takes until half are back, with a 95 % interval."""

    median_min: float | None
    low_min: float | None
    high_min: float | None
    """`None` beside a median: up to where is not known yet."""
    n: int
    censored: int
    """Those of them that were not seen to end."""
    text: TextOut

    @classmethod
    def of(cls, it: Lasting) -> "TimeToReturn":
        """Tell a median, or why there is none."""
        return cls(
            median_min=it.median_min,
            low_min=it.low_min,
            high_min=it.high_min,
            n=it.n,
            censored=it.censored,
            text=TextOut.of(_text(it)),
        )


class OfDay(Out):
    """The times of one day."""

    date: str
    """By the wearer's own calendar."""
    time: TimeToReturn


class OfWeek(Out):
    """The times of one week."""

    monday: str
    time: TimeToReturn


class Away(Out):
    """One time away."""

    date: str
    minutes: float
    back: bool
    """Seen to end; else it lasted at least so long."""


class Fitted(Out):
    """The mean time of a week as the trend's line has it, with a 95 % interval."""

    monday: str
    minutes: float
    low: float
    high: float


class ReturnTrend(Out):
    """By how many minutes a month the mean time changes, with a 95 % interval."""

    value: float | None
    low: float | None
    high: float | None
    weeks: int
    """From the first to the last; where there is no trend, those that are full so far."""
    line: list[Fitted]
    """What there is to draw: nothing where the interval holds zero."""
    text: TextOut


class Returns(Out):
    """How long it takes until a body is back in its own usual range."""

    all: TimeToReturn
    with_pause: TimeToReturn
    """From the rise on, once there is a pause."""
    without_pause: TimeToReturn
    """While there is no pause; where one is begun, it counts as not seen to end."""
    paused: int
    """How many led to a pause."""
    each: list[Away]
    days: list[OfDay]
    weeks: list[OfWeek]
    trend: ReturnTrend
    notes: list[TextOut]
    help: list[TextOut] = _HELP


def _text(it: Lasting) -> Text:
    if it.n < ENOUGH:
        return Text("return.not_enough", {"n": it.n, "needed": ENOUGH})
    if it.median_min is None:
        return Text("return.not_reached", {"n": it.n})
    values = {"min": it.median_min, "low": it.low_min, "n": it.n}
    if it.high_min is None:
        return Text("return.value.open", values)
    return Text("return.value", {**values, "high": it.high_min})
