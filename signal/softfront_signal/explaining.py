"""What an interval is among its neighbours: the rule, as functions of numbers alone.

Plain Python which the batch driver can compile: both drivers call the same functions. Classes
and windows follow Lipponen and Tarvainen 2019 (doi 10.1080/03091902.2019.1640306).
"""

from math import sqrt
from typing import TypeAlias

from softfront_sensors.heart_rate import LONGEST_TICKS, SHORTEST_TICKS

NEAR, WIDE = 11, 91
"""Lipponen and Tarvainen: a level is the median of 11 intervals, a spread the quartiles of 91."""
FIVE = 5
"""Fewer tell no level; and as many in a row that agree are no artefacts but a new one."""
AHEAD = 3
"""A bend takes two beats to see, and one more to see that the next is not greater."""
# Lipponen and Tarvainen: 5.2 quartile deviations, 99.95 % of what is normal.
_ALPHA = 5.2
# … but quartiles of 91 beats that hang together, on a strap's grid of milliseconds, are a guess:
# half way, as ratios go, to a sixth of an interval.
_USUAL = 1 / 6
# A steady heart's quartiles are nothing, and what moves a beat by less hardly moves RMSSD.
_FLOOR = 0.11
# No breath moves an interval by more than a third. So a rhythm that does is not to be measured;
# two parts of one interval make no more than four thirds, one of them half of that at most; and
# two intervals in one make no less than four thirds of one, and with the next one about three.
_BREATH = 1 / 3
_WHOLE, _HALF, _DOUBLE, _BETWEEN_TWO_AND_THREE = 1 + _BREATH, (1 + _BREATH) / 2, 1 + _BREATH, 2.5
# A beat that is early by more than a sixth was no slip of the detector.
_EARLY = 6 * _USUAL

OUT_OF_RANGE, MISSED, EXTRA, ECTOPIC, MISALIGNED, FILLER = range(1, 7)
"""Each artefact as a number; 0 is an NN interval."""
NEXT = 8
"""Times the number of what the same beat makes of the next interval, added to that of this."""
UNKNOWN = -1
"""In the place of an interval that tells nothing of a heart, or lies across a cut."""
Around: TypeAlias = tuple[int, int, int, int, int, int]
"""Two intervals before the one in question, itself, and three after it.

Those that are not known stand at the level.
"""


def seen(rr: int, filler: int) -> int:
    """Return what an interval tells its neighbours: itself, or that nothing is known."""
    return UNKNOWN if rr > LONGEST_TICKS or rr == filler else rr


def bend(around: Around) -> int:
    """Return six times how late the beat is that ends the interval in question, in ticks.

    Late by d, it makes one interval longer by d and the next shorter, and their differences
    d, −2d, d. A trend or a slow breath, which two neighbours share, cancels out.
    """
    _, before, rr, after, second, _ = around
    return (rr - before) - 2 * (after - rr) + (second - after)


def most(level: int, quartiles: int) -> float:
    """Return the greatest bend that is left alone.

    `quartiles` is how far those of the bends before lie apart; negative while too few are known.
    """
    usual = 3 * _USUAL * level
    limit = usual if quartiles < 0 else sqrt(_ALPHA * quartiles / 2 * usual)
    return min(max(limit, 3 * _FLOOR * level), 3 * _BREATH * level)


def explain(level: int, limit: float, owed: int, around: Around) -> int:
    """Name what is wrong with an interval among its neighbours; 0 where nothing is.

    `owed` is what the one before made of it.
    """
    two_before, before, rr, after, second, third = around
    if owed or not level:
        return OUT_OF_RANGE if rr < SHORTEST_TICKS else owed
    whole, half, double = _WHOLE * level, _HALF * level, _DOUBLE * max(level, before)
    split_next = after + second <= whole and min(after, second) <= half
    if rr + after <= whole and min(rr, after) <= half:
        # Of the two ways to make two parts one it is the one that leaves the smoother row.
        this_way = abs(rr + after - before) + abs(rr + after - second)
        if not split_next or this_way <= abs(rr - before) + abs(after + second - rr):
            return (OUT_OF_RANGE if rr < SHORTEST_TICKS else EXTRA) + NEXT * EXTRA
    if rr < SHORTEST_TICKS:
        return OUT_OF_RANGE
    if second + third <= whole and min(second, third) <= half:
        second = level
    d0, d1, d2, d3, d4 = (
        before - two_before,
        rr - before,
        after - rr,
        second - after,
        third - second,
    )
    bent = d1 - 2 * d2 + d3
    if abs(bent) > limit:
        if rr > double and rr + after > _BETWEEN_TWO_AND_THREE * level:
            return MISSED
        missed_next = after > double and after + second > _BETWEEN_TWO_AND_THREE * level
        greatest = abs(d0 - 2 * d1 + d2) < abs(bent) >= abs(d2 - 2 * d3 + d4)
        if greatest and d1 * bent > 0 and d3 * bent > 0 and not (split_next or missed_next):
            return (1 + NEXT) * (ECTOPIC if -bent > _EARLY * level else MISALIGNED)
    # It stands out from both its neighbours; or neither the level nor the one before lead to it.
    alone = d1 * d2 < 0 and 3 * min(abs(d1), abs(d2)) > limit
    if alone or min(abs(d1), abs(rr - level)) > _BREATH * level:
        return ECTOPIC if d1 < 0 else MISSED if 2 * abs(rr - 2 * level) <= level else MISALIGNED
    return 0


def calm(limit: float, least: int, longest: int) -> bool:
    """Say whether intervals and a level between these two are too even for anything to be wrong.

    No bend is greater than four times their range, and no limit greater than the level: `explain`
    would find neither one, nor a half, nor a double.
    """
    return least >= SHORTEST_TICKS and 4 * (longest - least) <= limit


def halves(rr: int, level: int) -> bool:
    """Say whether an interval is nearer to two of the level than to one or to three."""
    return 2 * abs(rr - 2 * level) <= level


def agree(least: int, longest: int) -> bool:
    """Say whether intervals between these two lie at one level."""
    return longest - least <= _BREATH * least
