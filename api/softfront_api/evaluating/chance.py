"""How far a figure may be off: people drawn again, and again."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

# Enough for the second digit of a bound.
_DRAWS = 2000
Interval: TypeAlias = tuple[float | None, float | None]
Figure: TypeAlias = Callable[[NDArray[np.int64]], float]
"""Something told of the people that were drawn."""
NONE: Interval = (None, None)


def interval(people: int, figure: Figure, draw: np.random.Generator) -> Interval:
    """Return a 95 % bootstrap interval over people (Efron 1979); none for fewer than two."""
    if people < 2:
        return NONE
    values = [figure(draw.integers(0, people, people)) for _ in range(_DRAWS)]
    known = [value for value in values if np.isfinite(value)]
    if len(known) < _DRAWS // 2:
        return NONE
    low, high = np.percentile(known, [2.5, 97.5])
    return float(low), float(high)


def share(of: int, among: int) -> Interval:
    """Return Wilson's 95 % interval of a share (1927, JASA 22:209)."""
    if among == 0:
        return NONE
    z2 = 1.959964**2
    rate = of / among
    middle = (rate + z2 / (2 * among)) / (1 + z2 / among)
    half = 1.959964 * np.sqrt(rate * (1 - rate) / among + z2 / (4 * among**2)) / (1 + z2 / among)
    return float(max(0.0, middle - half)), float(min(1.0, middle + half))


def mean_of(values: Sequence[float]) -> Figure:
    """Return the mean over drawn people, those without a value left out."""
    column = np.array(values, np.float64)

    def figure(drawn: NDArray[np.int64]) -> float:
        taken = column[drawn]
        known = taken[np.isfinite(taken)]
        return float(known.mean()) if len(known) else float("nan")

    return figure
