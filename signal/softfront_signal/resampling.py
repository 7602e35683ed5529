"""How far a mean may lie from the truth, and how much neighbours resemble each other.

Days are the sample, not minutes: a thousand minutes of one day are one day. What is known of them
is found by drawing them again and again (Efron and Tibshirani 1993, An Introduction to the
Bootstrap). Neighbours resemble one another, days as well as the hours of a day, and drawing them
one by one forgets that. So what the drawing gives is widened by as much as a sum of numbers of this
likeness scatters more than one of numbers that know nothing of each other.
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from .clustered import Numbers
from .student import student

DRAWS = 1000
"""The spread of a thousand is known to 2 %."""
LEAST = 12
"""Below a dozen the largest was likely never drawn."""
# What is seen of a day is what lasts, and noise: what lasts fades more slowly than what is seen.
_FADES = 0.5
_NORMAL = 1.96
_TAIL = 0.025


def drawings(count: int, draw: np.random.Generator) -> Numbers:
    """Draw days with replacement: how often each came, drawing by drawing."""
    if not count:
        return np.zeros((DRAWS, 0))
    picked = draw.integers(0, count, (DRAWS, count)) + count * np.arange(DRAWS)[:, None]
    return np.bincount(picked.ravel(), minlength=DRAWS * count).reshape(DRAWS, count).astype(float)


def errors_of_means(rests: Numbers, alike: float, draw: np.random.Generator) -> Numbers | None:
    """Say of each row from where to where the error of its mean goes, 95 times in 100.

    `None` where all rows together hold too little to tell. A row of four cannot know its own
    spread; all rows lend theirs, each with what it lost by its own mean being taken out.
    """
    known = ~np.isnan(rests)
    sizes = known.sum(axis=1)
    free = int((sizes - 1).clip(0).sum())
    if free < LEAST:
        return None
    lost = np.sqrt(sizes / np.maximum(sizes - 1, 1))
    pool = (rests * lost[:, None])[known & (sizes > 1)[:, None]]
    of, kind = np.unique(np.maximum(sizes, 1), return_inverse=True)
    drawn = pool[draw.integers(0, len(pool), (of[-1], DRAWS))]
    means = np.cumsum(drawn, axis=0)[of - 1] / of[:, None]
    reach = np.array([_wider(alike, n) for n in of.tolist()])
    few = student(max(1, int(free / reach[-1] ** 2))) / _NORMAL
    errors: Numbers = np.quantile(means, [_TAIL, 1 - _TAIL], axis=1).T * (reach * few)[:, None]
    return errors[kind]


def likeness(rests: Numbers, fitted: float = 1) -> float:
    """Say how much each of a row resembles the next, 0…0.9; NaN is a gap in the row.

    `rests` are rows: what is left of each number once so many numbers are fitted to a row.
    """
    known = ~np.isnan(rests)
    filled = np.where(known, rests, 0.0)
    count, rows = int(known.sum()), int(known.any(axis=1).sum())
    pairs = int((known[:, 1:] & known[:, :-1]).sum())
    squares = float((filled * filled).sum())
    if pairs < LEAST // 2 or squares == 0:
        return 0.0
    raw = float((filled[:, 1:] * filled[:, :-1]).sum()) / pairs / (squares / count)
    # Kendall 1954 (Biometrika 41:403): about a mean it falls short by (1 + 4 r) / n; about a line
    # by (2 + 6 r) / n, as found by simulation.
    n = count / rows
    return min(0.9, max(0.0, (raw + fitted / n) / (1 - min((2 + 2 * fitted) / n, 0.5))))


def likeness_of_days(rests: Numbers, days: NDArray[np.int64], fitted: float) -> float:
    """Say how much what is left of a day resembles the day before; days are in order."""
    row = np.full(int(days[-1] - days[0]) + 1, np.nan)
    row[days - days[0]] = rests
    return likeness(row[None, :], fitted)


def scatter(pull: Numbers, days: NDArray[np.int64], alike: float) -> float:
    """Say how much more a sum of days with these weights scatters than one of strangers.

    `days` are in order.
    """
    if alike == 0:
        return 1.0
    row = np.zeros(int(days[-1] - days[0]) + 1)
    row[days - days[0]] = pull
    together = np.correlate(row, row, "full")[len(row) - 1 :]
    fades = alike * max(alike, _FADES) ** np.arange(len(row) - 1)
    total = together[0] + 2 * together[1:] @ fades
    return sqrt(max(float(total / together[0]), 0.0))


def _wider(alike: float, n: int) -> float:
    """Say how much more the mean of `n` neighbours scatters than that of strangers."""
    return sqrt(1 + 2 * sum((1 - k / n) * alike**k for k in range(1, n)))
