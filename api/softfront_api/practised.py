"""Before and after a practice, held against this person's own moments like it without one."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TypeAlias

import numpy as np

from softfront_signal import matching
from softfront_signal.clustered import Numbers, Slope
from softfront_signal.effect import percent
from softfront_signal.matching import ENOUGH, Compared, Moments, spans_of

from .by_day import Places
from .diary import MINUTES, Deed, Diary, offered_at
from .lived import Lived, span_min
from .pause import AFTER_FROM_S, AFTER_TO_S, BEFORE_S
from .reasons import Text
from .shapes.common import TextOut
from .shapes.practised import Contrast, Kind, Practised
from .shapes.trends import Interval

_BEFORE_MIN, _FROM_MIN, _TO_MIN = BEFORE_S // 60, AFTER_FROM_S // 60, AFTER_TO_S // 60
# Of four minutes before, and of five after: with fewer it was not a still stretch.
_LEAST = 3
# Nothing was practised or offered so long before a moment "without". What came after it is not
# asked: who goes lower sits down to practise, so without those the others seem to rise by
# themselves. In simulations that tells of an effect of -5 % where there is none.
_FREE_MIN = 30
_A_DAY_MIN, _MINUTE_MS = 24 * 60, 60_000

_Minutes: TypeAlias = tuple[Places, Numbers]
"""When each ends, and its heart rate and ln RMSSD."""


def practised(diary: Diary, it: Lived) -> Practised:
    """Tell each kind of pause and practice of a stretch of days."""
    ends, both = it.times_min(), it.minutes(practised=True)[:, :, :2].reshape(-1, 2).astype(float)
    busy = _busy(diary, it)
    kinds = sorted(it.deeds, key=lambda of: of[1].kind)
    return Practised(
        items=[
            _kind(kind, list(group), it, (ends, both), busy)
            for kind, group in groupby(kinds, key=lambda of: of[1].kind)
        ]
    )


def _kind(
    kind: str, done: Sequence[tuple[int, Deed]], it: Lived, minutes: _Minutes, busy: Places
) -> Kind:
    begins = np.array([_begin_min(doing) for _, doing in done], np.int64)
    ends = np.array([span_min(doing)[1] for _, doing in done], np.int64)
    # From before to after as long a time is looked over as this mostly takes.
    lasts = int(np.median(ends - begins))
    days = np.array([day for day, _ in done], np.int64)
    of_done = _moments(it, minutes, begins, ends, days)
    # Moments a quarter-hour apart share no minute before and none after.
    quarters = it.wear.numbers * MINUTES + _BEFORE_MIN
    free = _free(quarters, busy)
    others = _moments(it, minutes, quarters[free], quarters[free] + lasts, it.wear.days[free])
    found = matching.compare(of_done, others)
    return Kind(
        kind=kind,
        all=len(done),
        n=found.n,
        days=found.days,
        matched=found.matched,
        heart_rate=_contrast(found.heart_rate, "bpm", float),
        rmssd=_contrast(found.ln_rmssd, "%", percent),
        text=TextOut.of(_text(found)),
    )


def _begin_min(it: Deed) -> int:
    """Say where the minutes before end: the minute that rose was chosen because it rose."""
    if it.rise_ms is None:
        return span_min(it)[0]
    return it.rise_ms // _MINUTE_MS - 1


def _moments(it: Lived, minutes: _Minutes, begins: Places, ends: Places, days: Places) -> Moments:
    return Moments(
        begins,
        _clock_min(it, begins),
        days,
        spans_of(*minutes, begins - _BEFORE_MIN, begins, _LEAST),
        spans_of(*minutes, ends + _FROM_MIN, ends + _TO_MIN, _LEAST),
    )


def _clock_min(it: Lived, at_min: Places) -> Places:
    """Say what the wearer's clock showed, by the nearest quarter-hour with wear before."""
    if not len(it.wear.numbers):
        return np.zeros(len(at_min), np.int64)
    place = np.searchsorted(it.wear.numbers, at_min // MINUTES, side="right") - 1
    place = place.clip(0)
    since: Places = at_min - it.wear.numbers[place] * MINUTES
    return (it.wear.clock_min[place] + since) % _A_DAY_MIN


def _busy(diary: Diary, it: Lived) -> Places:
    """Give every minute in which something was practised, and those of offers, in order."""
    found = [
        minute
        for _, doing in it.deeds
        for minute in range(span_min(doing)[0], span_min(doing)[1] + 1)
    ]
    around_ms = 24 * 3_600_000
    offers = offered_at(diary, it.from_ms - around_ms, it.to_ms + around_ms)
    return np.array(sorted([*found, *(t_ms // _MINUTE_MS for t_ms in offers)]), np.int64)


def _free(at_min: Places, busy: Places) -> Places:
    """Find the moments with nothing in the half hour before them."""
    first, last = np.searchsorted(busy, [at_min - _FREE_MIN, at_min + 1])
    return np.flatnonzero(first == last)


def _contrast(it: matching.Contrast | None, unit: str, told: Callable[[float], float]) -> Contrast:
    def interval(of: Slope | None) -> Interval | None:
        if of is None:
            return None
        return Interval(value=told(of.value), low=told(of.low), high=told(of.high))

    difference = it.difference if it else None
    return Contrast.model_validate(
        {
            "unit": unit,
            "done": interval(it.done if it else None),
            "without": interval(it.without if it else None),
            "difference": interval(difference),
            "clear": difference is not None and not difference.low <= 0 <= difference.high,
            "detectable": told(it.detectable) if it else None,
        }
    )


def _text(it: Compared) -> Text:
    if it.ln_rmssd is None:
        few = it.n < ENOUGH
        n = it.n if few else it.matched
        return Text(f"practised.{'few' if few else 'unknown'}", {"n": n, "needed": ENOUGH})
    low, high = percent(it.ln_rmssd.difference.low), percent(it.ln_rmssd.difference.high)
    which = "more" if low > 0 else "less" if high < 0 else "unclear"
    if which == "less":
        low, high = -high, -low
    return Text(f"practised.{which}", {"low": low, "high": high, "n": it.n, "matched": it.matched})
