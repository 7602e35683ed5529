"""What mostly happens without a pause: this person's own moments, at about the same hour."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from math import exp

from softfront_signal.quantiles import percentile

from .diary import Diary
from .settings import Settings
from .untreated import silent, untreated

# Below eight a middle half is two moments' whim.
ENOUGH = 8
# What is usual drifts over a day: by 4 bpm, and by a tenth in ln RMSSD.
_AROUND_MIN = 120
_DAY_MIN = 24 * 60


@dataclass(frozen=True, slots=True)
class Mostly:
    """The middle of some moments, and the middle half of them."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Without:
    """Minutes 3 to 8 after a rise at which nothing was offered; `None` below eight of them."""

    hr_bpm: Mostly | None
    rmssd_ms: Mostly | None
    back: bool | None
    """At least half of them were back in the usual range by then."""


def without(diary: Diary, t_ms: int) -> Without:
    """Tell what became of similar moments that were over before this one."""
    zone = Settings.read(dict(diary.settings().body)).zone
    alike = _about(t_ms, zone)
    moments = (*untreated(diary, t_ms, alike), *silent(diary, t_ms, alike))
    after = [it.outcome.after for it in moments]
    back = [it.outcome.inside for it in moments if it.outcome.inside is not None]
    return Without(
        _mostly([it.hr_bpm for it in after]),
        _mostly([None if it.ln_rmssd is None else exp(it.ln_rmssd) for it in after]),
        2 * sum(back) >= len(back) if len(back) >= ENOUGH else None,
    )


def _about(t_ms: int, zone: tzinfo | None) -> Callable[[int], bool]:
    """Say of a moment whether it lies at about this time of day, by the wearer's clock."""

    def minute(moment_ms: int) -> int:
        clock = datetime.fromtimestamp(moment_ms / 1000, zone)
        return 60 * clock.hour + clock.minute

    here = minute(t_ms)

    def alike(moment_ms: int) -> bool:
        apart = abs(minute(moment_ms) - here)
        return min(apart, _DAY_MIN - apart) <= _AROUND_MIN

    return alike


def _mostly(values: Sequence[float | None]) -> Mostly | None:
    known = sorted(value for value in values if value is not None)
    if len(known) < ENOUGH:
        return None
    value, low, high = (percentile(known, share) for share in (0.5, 0.25, 0.75))
    return Mostly(value, low, high, len(known))
