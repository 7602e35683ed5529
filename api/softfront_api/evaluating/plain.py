"""The plain rules everything is held against: what is above, or below, this day's still minutes."""

from dataclasses import dataclass

import numpy as np

from softfront_signal.moments import MARK_MS
from softfront_signal.two_state import TwoState

from .columns import Floats
from .deciding import Flags, Thought

# A trailing baseline as the studies have it: four hours, the last two minutes left out, known
# after four minutes; spreads of less than these are taken for these.
_TODAY, _LAG, _LEAST = (minutes * 60_000 // MARK_MS for minutes in (240, 2, 4))
_LEAST_BPM, _LEAST_LN = 3.0, 0.15
# Medians change slowly; every half minute is often enough.
_EVERY = 30_000 // MARK_MS
_MAD_TO_SD = 1.4826


@dataclass(frozen=True, slots=True)
class Plain:
    """A score at each mark of a course; NaN where there is none."""

    heart_rate: Floats
    hrv: Floats
    two_state: Floats


def plain(thought: Thought) -> Plain:
    """Score a course by heart-rate rise, by ln-RMSSD drop, and by a filter of two states."""
    still = thought.settled
    rate = _departure(thought.hr_bpm, still, _LEAST_BPM)
    drop = -_departure(thought.ln_rmssd, still, _LEAST_LN)
    return Plain(rate, drop, _odds(thought, rate))


def _departure(value: Floats, still: Flags, least: float) -> Floats:
    """Return how many spreads a value lies above the median of the still ones before it."""
    known = still & ~np.isnan(value)
    away = np.full(len(value), np.nan)
    middle = spread = np.nan
    for at in range(len(value)):
        if at % _EVERY == 0:
            earlier = slice(max(0, at - _TODAY), max(0, at - _LAG + 1))
            learnt = value[earlier][known[earlier]]
            if len(learnt) >= _LEAST:
                middle = float(np.median(learnt))
                spread = max(least, _MAD_TO_SD * float(np.median(np.abs(learnt - middle))))
        away[at] = (value[at] - middle) / spread
    return away


def _odds(thought: Thought, rate: Floats) -> Floats:
    state, odds = TwoState(), np.full(len(rate), np.nan)
    for at, (t_ms, z) in enumerate(zip(thought.t_ms.tolist(), rate.tolist(), strict=True)):
        if not np.isnan(z):
            odds[at] = state.hear(t_ms, z)
    return odds
