"""Where a spectrum has its peaks, and which of them is the breath.

Lines lie 1/300 Hz apart. Written, as `periodogram`, in what numpy and its compiler share.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .periodogram import Complexes, Floats, dot, total, unsteadiness

# Task Force 1996 (Circulation 93:1043): LF 0.04 to 0.15 Hz, HF from there to 0.4 Hz.
LOW, MIDDLE, HIGH = 12, 45, 120
# A peak is looked for in 0.03 Hz, and has what lies within 0.03 Hz on either side.
_NEAR, WIDE = 4, 9
# Four breaths a minute; slower than that few breathe, and below lie other swings.
_SLOWEST = 20
# Of smooth noise the best of some seven independent places stands 2.7 times above the others in
# one window of twenty; a breath five times and more.
_CLEAR = 3.0
# Pressure waves near 0.1 Hz are broad; a slow breath holds more than this of all in 0.03 Hz.
_DOMINANT = 0.6
# A fast peak with a quarter of the slow one's power is more than its overtone; and with so little
# it is none.
_OVERTONE, _TRIFLE = 0.25, 0.02
# Breaths differ by a tenth and more, and a peak is as wide as this.
_REACH = 15
# Five steps bring it to rest within a hundredth of a line. None is longer than four times the way
# to the mean around it, which alone would come there, but late.
_STEPS, _LONGEST = 5, 4.0


def around(power: Floats) -> Floats:
    """Return the power in the 0.03 Hz around each line."""
    count = len(power)
    up_to = np.zeros(count + 2 * _NEAR + 1)
    up_to[_NEAR + 1 : _NEAR + 1 + count] = np.cumsum(power)
    up_to[_NEAR + 1 + count :] = up_to[_NEAR + count]
    return up_to[2 * _NEAR + 1 :] - up_to[:count]


def strongest(near: Floats, low: int, high: int) -> int:
    """Return the line between two with the most power around it; 0 where there is none.

    Only a peak counts, no shoulder of a mountain outside.
    """
    best, found = 0.0, 0
    for line in range(low, high + 1):
        here = near[line - 1]
        if here > best and near[line - 2] < here and (line == len(near) or here >= near[line]):
            best, found = here, line
    return found


def breathing_line(power: Floats, near: Floats) -> int:
    """Return the line of the breath; 0 where no peak is clear.

    A clear peak above 0.15 Hz is the breath. Below, where pressure waves swing too, a peak is
    taken for it only if it holds most of all power from 0.04 Hz up, and nothing clear stands above
    it but its own skirt, its overtones or a trifle. So a slow breath is followed to where the
    vagal swing goes; pressure waves in a heart that shows no breath at all can pass for one.
    """
    top = len(power)
    fast, slow = strongest(near, MIDDLE + 1, top - 1), strongest(near, _SLOWEST, MIDDLE)
    if fast and not clear(power, near, fast):
        fast = 0
    if slow and near[slow - 1] >= _DOMINANT * total(power[LOW - 1 :]):
        overtone = min(abs(fast - 2 * slow), abs(fast - 3 * slow)) <= WIDE
        share = _OVERTONE if overtone else _TRIFLE
        apart = fast - slow > 2 * WIDE
        if not (apart and near[fast - 1] >= share * near[slow - 1]):
            return slow
    return fast


def clear(power: Floats, near: Floats, line: int) -> bool:
    """Say whether a peak above 0.15 Hz stands out from what lies around it there."""
    top = len(power)
    low, high = max(line - WIDE, MIDDLE), min(line + WIDE, top)
    rest = total(power[MIDDLE - 1 : low - 1]) + total(power[high:])
    others = top - MIDDLE - (high - low)
    return bool(near[line - 1] * others > _CLEAR * (2 * _NEAR + 1) * rest)


def middle(
    power: Floats, amplitude: Complexes, window: Complexes, line: int
) -> tuple[float, float]:
    """Return where a peak stands, between the lines, and its standard error, in lines.

    It is the highest place of the spectrum smoothed over 0.05 Hz on either side, so that it moves
    evenly with all that is there: Newton's steps, and the error of the equation they solve.
    """
    low, high = max(line - _REACH, LOW), min(line + _REACH, len(power))
    at, within = np.arange(low, high + 1), power[low - 1 : high]
    place = float(line)
    slope = 0.0
    for _ in range(_STEPS):
        away = at - place
        u2 = squared(away)
        kernel = within * (1 - u2)
        slope = dot(kernel, 1 - 5 * u2)
        kernel = kernel * (1 - u2)
        # Where there is no power at all, no step leads anywhere.
        step = dot(kernel, away) / max(slope, total(kernel) / _LONGEST, 1e-300)
        place = min(max(place + step, float(low)), float(high))
    if not slope > 0.0:
        return place, np.nan
    within = 1 - squared(at - place)
    weights = (at - place) * within * within / slope
    return place, unsteadiness(amplitude[low - 1 : high], weights, window)


def squared(away: NDArray[Any]) -> Floats:
    """Return the square of a distance, as a share of the reach's; a product: powers cost."""
    share = away / _REACH
    squares: Floats = np.minimum(share * share, 1.0)
    return squares
