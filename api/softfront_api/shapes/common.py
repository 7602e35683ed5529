"""What every answer is made of: sentences, bands, numbers, gates."""

from collections.abc import Mapping
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from softfront_signal import moments
from softfront_signal.moments import Decision, Missing
from softfront_signal.soothing import usual_band

from ..reasons import Text, place

Row = TypeVar("Row")
Values = Mapping[str, str | float | None]


class Out(BaseModel):
    """Something that is said."""

    model_config = ConfigDict(frozen=True)


class In(BaseModel):
    """Something that is heard: exact types, no unknown names, no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Page(Out, Generic[Row]):
    """Some of a list; `next` asks for more."""

    items: list[Row]
    next: str | None = None


class TextOut(Out):
    """A key of the catalogue, and what fills it."""

    id: str
    values: Values = {}

    @classmethod
    def of(cls, text: Text) -> "TextOut":
        """Say a sentence."""
        return cls(id=text.id, values=text.values)


class Band(Out):
    """10th to 90th percentile of this person's own still minutes, and how many there are."""

    low: float
    high: float
    median: float
    scope: Literal["hour", "day"]
    minutes: int
    days: int

    @classmethod
    def of(cls, band: moments.Band, usual: moments.Usual) -> "Band":
        """Take one band of the usual."""
        scope: Literal["hour", "day"] = "hour" if usual.hourly else "day"
        return cls(
            low=band.low,
            high=band.high,
            median=band.median,
            scope=scope,
            minutes=usual.minutes,
            days=usual.days,
        )


class Metric(Out):
    """One number with its unit, its band and where it stands."""

    value: float | None
    unit: str
    band: Band | None
    place: Literal["inside", "above", "below"] | None
    outside_s: int


class Bands(Out):
    """The bands of a moment."""

    heart_rate: Band | None
    rmssd: Band | None
    soothing: Band | None

    @classmethod
    def of(cls, usual: moments.Usual | None) -> "Bands":
        """Take the usual apart."""
        if usual is None:
            return cls(heart_rate=None, rmssd=None, soothing=None)
        proxy = usual_band(usual)
        return cls(
            heart_rate=Band.of(usual.heart_rate, usual),
            rmssd=Band.of(usual.rmssd, usual),
            soothing=Band.of(proxy, usual) if proxy else None,
        )


class Gate(Out):
    """One condition, and how it stood."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: str
    open: bool
    value: float | None
    needed: float | None
    unit: str | None


def metrics(d: Decision | None) -> tuple[Metric, Metric]:
    """Tell heart rate and RMSSD of a mark; no number where a word stands in its place."""
    usual = d.usual if d else None
    bands = Bands.of(usual)
    shown = d.window if d is not None and d.missing is None else None
    # Where there are no intervals the strap's own rate is all there is; it is shown, and compared
    # with nothing.
    alone = d is not None and d.missing is Missing.NO_INTERVALS
    rate = shown.hr_bpm if shown else d.window.hr_bpm if d is not None and alone else None
    variation = shown.rmssd_ms if shown else None
    held = d.held_s if d is not None and d.route is not None else 0
    return (
        _metric(rate, "bpm", bands.heart_rate, usual.heart_rate if usual else None, held),
        _metric(variation, "ms", bands.rmssd, usual.rmssd if usual else None, held),
    )


def _metric(
    value: float | None, unit: str, band: Band | None, usual: moments.Band | None, held: int
) -> Metric:
    where = place(value, usual)
    return Metric.model_validate(
        {
            "value": value,
            "unit": unit,
            "band": band,
            "place": where,
            "outside_s": 0 if where in (None, "inside") else held,
        }
    )
