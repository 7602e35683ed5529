"""Stretches of time: a pause with what lies around it, series for charts, a line of one's own."""

from typing import Annotated, Literal

from pydantic import Field

from softfront_signal.stretch import Spanned, Stretch

from ..diary import JournalLine as StoredLine
from ..reasons import Text, utc
from .common import Band, Bands, Out, TextOut


class Span(Out):
    """A number over a stretch, with the middle half of its half-minutes."""

    value: float
    low: float
    high: float


class Excluded(Out):
    """What was left out of a stretch."""

    id: Literal["moving", "strap_off", "poor_signal"]
    s: int


class Part(Out):
    """One stretch around a pause."""

    from_: Annotated[str, Field(alias="from")]
    to: str
    heart_rate: Span | None
    rmssd: Span | None
    excluded: list[Excluded]
    missing: TextOut | None


class Mostly(Out):
    """The middle of some moments, the middle half of them, and how many they are."""

    value: float
    low: float
    high: float
    n: int


class Without(Out):
    """Minutes 3 to 8 after this person's own rises, at about this hour, with nothing offered."""

    heart_rate: Mostly | None
    rmssd: Mostly | None
    missing: TextOut | None
    """What stands where there is no number."""


class Pause(Out):
    """Ninety seconds, and what the body did before, during and after them."""

    id: str
    started_at: str
    ended_at: str | None
    lasted_s: int | None
    prompt_id: str | None
    sentence: TextOut
    notes: list[TextOut]
    before: Part | None
    during: Part | None
    after: Part | None
    without: Without | None
    """Told with `after`."""
    ready_at: str | None
    band: Bands
    journal: str | None


class PauseSpan(Out):
    """A pause as a mark on the charts."""

    id: str
    number: int
    started_at: str
    lasted_s: int | None


class BandSpan(Out):
    """Bands that hold from one moment to another."""

    from_: Annotated[str, Field(alias="from")]
    to: str
    heart_rate: Band | None
    rmssd: Band | None
    soothing: Band | None


class Windows(Out):
    """Series for charts. A gap is a gap: no number, and a state that says why."""

    from_: Annotated[str, Field(alias="from")]
    to: str
    step_s: int
    t_s: list[int]
    hr_bpm: list[float | None]
    rmssd_ms: list[float | None]
    soothing: list[float | None]
    """The soothing-system proxy, in ms a second of the mean interval …"""
    soothing_low: list[float | None]
    soothing_high: list[float | None]
    """… and its 95 % interval."""
    state: list[str]
    bands: list[BandSpan]
    pauses: list[PauseSpan]


class JournalLine(Out):
    """One line of a person's own."""

    id: str
    at: str
    text: str
    pause_id: str | None
    practice_id: str | None
    practice_kind: str | None
    question: str | None
    """The key of the line it was written under."""

    @classmethod
    def of(cls, line: StoredLine) -> "JournalLine":
        """Tell a stored line."""
        return cls(
            id=line.id,
            at=utc(line.t_ms),
            text=line.text,
            pause_id=line.pause_id,
            practice_id=line.practice_id,
            practice_kind=line.practice_kind,
            question=line.question,
        )


def span(spanned: Spanned | None) -> Span | None:
    """Tell a measured stretch's number."""
    if spanned is None:
        return None
    return Span(value=spanned.value, low=spanned.low, high=spanned.high)


def part(stretch: Stretch, missing: Text | None) -> Part:
    """Tell one stretch; what was left out is named, poor links and lost skin as one."""
    names = {"moving": "moving", "no_link": "strap_off", "strap_off": "strap_off"}
    seconds: dict[str, int] = {}
    for why_out, s in stretch.excluded:
        name = names.get(why_out.value, "poor_signal")
        seconds[name] = seconds.get(name, 0) + s
    return Part.model_validate(
        {
            "from": utc(stretch.from_ms),
            "to": utc(stretch.to_ms),
            "heart_rate": span(stretch.heart_rate),
            "rmssd": span(stretch.rmssd),
            "excluded": [{"id": name, "s": s} for name, s in seconds.items()],
            "missing": missing and TextOut.of(missing),
        }
    )
