"""Days, weeks and months beside each other: never a number without its interval, nor a verdict."""

from typing import Annotated, Literal

from pydantic import Field

from .common import Out, TextOut

_HELP = [TextOut(id="proxy.help.1"), TextOut(id="proxy.help.2")]


class Measured(Out):
    """A mean, with its 95 % interval where that is known."""

    value: float
    low: float | None
    high: float | None
    n: int
    """Still minutes of a day; days of a week or month."""


class Measures(Out):
    """The four of a stretch; `null` where there is too little."""

    still: Measured | None
    """Minutes of each hour worn."""
    heart_rate: Measured | None
    rmssd: Measured | None
    soothing: Measured | None


class DayOut(Measures):
    """A day; a shift belongs to the one it began on."""

    date: str
    monday: str
    worn_s: int
    still_s: int
    moving_s: int
    strap_off_s: int
    poor_signal_s: int
    below_s: int
    """RMSSD below the own usual range."""
    practice_s: int
    pauses: int


class Week(Measures):
    """A week."""

    monday: str
    days: int
    worn_s: int
    still_s: int
    practice_s: int


class Month(Measures):
    """A month."""

    month: str
    days: int
    worn_s: int
    still_s: int
    practice_s: int


class Spread(Out):
    """10th to 90th percentile, and median, of the own still minutes, hour held against hour."""

    low: float
    high: float
    median: float


class Interval(Out):
    """A number with its 95 % interval."""

    value: float
    low: float
    high: float


class Bracket(Out):
    """From here to here is the smallest change that these days could show."""

    low: float
    high: float


class LineAt(Out):
    """The line in the middle of a week, with its 95 % interval."""

    monday: str
    value: float
    low: float
    high: float


class Panel(Out):
    """What is said of one measure."""

    unit: Literal["min/h", "bpm", "ms", "ms/s"]
    band: Spread | None
    change: Interval | None
    """A month."""
    change_unit: Literal["min/h", "bpm", "%"]
    full_weeks: int
    weeks: int
    """From the first to the last."""
    line: list[LineAt]
    """What there is to draw: nothing where the interval holds zero."""
    detectable: float | None
    """From the first day to the last, in the unit of change: less would likely not be seen."""
    detectable_at: Bracket | None
    text: TextOut


class Panels(Out):
    """The four."""

    still: Panel
    heart_rate: Panel
    rmssd: Panel
    soothing: Panel


class Trends(Out):
    """Days, weeks and months, and whether anything changes over them."""

    from_: Annotated[str, Field(alias="from")]
    to: str
    zone: str | None
    """`null` is the machine's own."""
    text: TextOut
    days: list[DayOut]
    weeks: list[Week]
    months: list[Month]
    panels: Panels
    help: list[TextOut] = _HELP
