"""How much room a person's shifts usually leave for an offer."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

LOOK_BACK_MS = 28 * 24 * 3_600_000
"""Four weeks: a roster comes round in them."""
WEEK_MS = 7 * 24 * 3_600_000
# Below three shifts a median is one shift's whim.
_LEAST_SHIFTS = 3
# Ten people in free living were still, clear and rested 27 % of their waking time.
_SHIFT_MS, _ELIGIBLE = 8 * 3_600_000, 0.27


@dataclass(frozen=True, slots=True)
class WornShift:
    """One shift of a person's own."""

    start_ms: int
    eligible_ms: int
    """How long an offer would have been allowed in it."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Where a shift stands, beside what is usual for this person."""

    eligible_ms_so_far: int = 0
    usual_eligible_ms: float = _SHIFT_MS * _ELIGIBLE
    shifts_per_week: float | None = None
    """`None` before there is a shift to count."""


def rhythm(shifts: Iterable[WornShift], start_ms: int, eligible_ms_so_far: int = 0) -> Rhythm:
    """Say what is usual by the shifts of the four weeks before one that began at `start_ms`."""
    own = [it for it in shifts if 0 < start_ms - it.start_ms <= LOOK_BACK_MS]
    # A shift that left no room at all tells of a strap, or of a version that did not count.
    room = [it.eligible_ms for it in own if it.eligible_ms > 0]
    usual = median(room) if len(room) >= _LEAST_SHIFTS else _SHIFT_MS * _ELIGIBLE
    return Rhythm(eligible_ms_so_far, usual, _per_week(own, start_ms))


def _per_week(own: list[WornShift], start_ms: int) -> float | None:
    if not own:
        return None
    reach_ms = start_ms - min(it.start_ms for it in own)
    return len(own) / max(1.0, reach_ms / WEEK_MS)
