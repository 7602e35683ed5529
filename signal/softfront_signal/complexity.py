"""How a heart's beats hang together over a few beats: DFA α1, and sample entropy.

The formulas take numbers and indexable rows of them, so that the batch driver can compile them.
"""

from collections import deque
from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass
from math import log, nan, sqrt

from softfront_sensors.heart_rate import TICKS_PER_S

from .artefacts import JudgedBeat

SPAN_MS = 300_000
"""As long as the window of the spectrum; NeuroKit2's p95 of 3 % was reached on it."""
# Peng and others 1995 (Chaos 5:82): the short-term exponent is that of boxes of 4 to 16 beats.
SMALLEST, LARGEST = 4, 16
SIZES = LARGEST - SMALLEST + 1
PARTS = 10
"""The standard error leaves out each tenth of the window in turn."""
# Ten boxes of sixteen beats, each over half of the next, are a minute and more.
_LEAST_BOXES = 10
_LEAST_COVERAGE = 0.5
# Differences to this keep the numbers small; in a box they make a line, and lines are removed.
_REFERENCE_TICKS = 1024
# Richman and Moorman 2000 (Am J Physiol 278:H2039): patterns of two, alike within 0.2 SD.
PATTERN, _TOLERANCE = 2, 0.2


def _of_slope() -> tuple[float, ...]:
    """Return what each ln F weighs in the least-squares slope over ln n."""
    logs = [log(size) for size in range(SMALLEST, LARGEST + 1)]
    mean = sum(logs) / SIZES
    spread = sum((each - mean) ** 2 for each in logs)
    return tuple((each - mean) / spread for each in logs)


_OF_SLOPE = _of_slope()


@dataclass(frozen=True, slots=True)
class Scaling:
    """DFA α1 over the 300 s that end at a mark."""

    t_ms: int
    alpha1: float | None
    alpha1_se: float | None
    beats: int
    valid: int
    """NN intervals."""
    coverage: float
    flagged: float


class SlidingScaling:
    """The last 300 s of beats; what is said of them is counted anew each time."""

    def __init__(self) -> None:
        self._beats: deque[JudgedBeat] = deque()

    def add(self, judged: Sequence[JudgedBeat]) -> None:
        """Take in the next beat, the last of these; those before it replace what was held."""
        for _ in range(min(len(judged) - 1, len(self._beats))):
            self._beats.pop()
        self._beats.extend(judged)

    def at(self, t_ms: int) -> Scaling:
        """Measure the window that ends at `t_ms`; marks come in order."""
        while self._beats and self._beats[0].beat.t_ms <= t_ms - SPAN_MS:
            self._beats.popleft()
        rr_ticks, ends = unbroken(self._beats)
        alpha1, alpha1_se = nan, nan
        if covered(sum(rr_ticks)) >= _LEAST_COVERAGE:
            misfits, boxes = [0] * (SIZES * PARTS), [0] * (SIZES * PARTS)
            tabulate(rr_ticks, ends, misfits, boxes)
            alpha1, alpha1_se = exponent(misfits, boxes)
        known = alpha1 == alpha1
        return Scaling(
            t_ms=t_ms,
            alpha1=alpha1 if known else None,
            alpha1_se=alpha1_se if known else None,
            beats=len(self._beats),
            valid=len(rr_ticks),
            coverage=covered(sum(rr_ticks)),
            flagged=1 - len(rr_ticks) / len(self._beats) if self._beats else 0.0,
        )


def unbroken(beats: Sequence[JudgedBeat]) -> tuple[list[int], list[int]]:
    """Return the NN intervals, and where each unbroken stretch of neighbours ends among them."""
    rr_ticks: list[int] = []
    ends: list[int] = []
    run = None
    for judged in beats:
        here = judged.beat.run if judged.artefact is None else None
        if here != run and rr_ticks and (not ends or ends[-1] < len(rr_ticks)):
            ends.append(len(rr_ticks))
        run = here
        if here is not None:
            rr_ticks.append(judged.beat.rr_ticks)
    return rr_ticks, [*ends, len(rr_ticks)]


def covered(ticks: int) -> float:
    """Return the share of the window that NN intervals cover, at most 1."""
    return min(1.0, ticks * 1000 / TICKS_PER_S / SPAN_MS)


def misfit(rr_ticks: Sequence[int], first: int, size: int) -> int:
    """Return how far the summed intervals of a box lie from their line, exactly.

    It is the sum of the squared distances times size·(size² - 1), which makes it whole.
    """
    y = total = turned = squares = 0
    for at in range(size):
        y += rr_ticks[first + at] - _REFERENCE_TICKS
        total += y
        turned += (2 * at - size + 1) * y
        squares += y * y
    return (size * size - 1) * (size * squares - total * total) - 3 * turned * turned


def tabulate(
    rr_ticks: Sequence[int],
    ends: Sequence[int],
    misfits: MutableSequence[int],
    boxes: MutableSequence[int],
) -> None:
    """Add up the misfits of all boxes, and their number, by size and part of the window.

    Boxes overlap by half, as NeuroKit2's do: so α1 keeps within 3 % of it (with every beat
    beginning a box it is 3.7 % at the 95th percentile). None reaches across a break.
    """
    for size in range(SMALLEST, LARGEST + 1):
        start = 0
        for end in ends:
            first = start
            while first + size <= end:
                at = (size - SMALLEST) * PARTS + first * PARTS // len(rr_ticks)
                misfits[at] += misfit(rr_ticks, first, size)
                boxes[at] += 1
                first += size // 2
            start = end


def slope(misfits: Sequence[int], boxes: Sequence[int], without: int) -> float:
    """Return the slope of ln F(n) over ln n, leaving out one part; NaN where F is nothing."""
    found = 0.0
    for size in range(SMALLEST, LARGEST + 1):
        total = count = 0
        for part in range(PARTS):
            if part != without:
                total += misfits[(size - SMALLEST) * PARTS + part]
                count += boxes[(size - SMALLEST) * PARTS + part]
        if total <= 0:
            return nan
        squared = total / (count * size * size * (size * size - 1))
        found += _OF_SLOPE[size - SMALLEST] * log(squared) / 2
    return found


def exponent(misfits: Sequence[int], boxes: Sequence[int]) -> tuple[float, float]:
    """Return α1 and its standard error, by leaving out each part of the window in turn."""
    largest = 0
    for at in range((SIZES - 1) * PARTS, SIZES * PARTS):
        largest += boxes[at]
    if largest < _LEAST_BOXES:
        return nan, nan
    total = squares = 0.0
    whole = slope(misfits, boxes, -1)
    for part in range(PARTS):
        away = slope(misfits, boxes, part) - whole
        total += away
        squares += away * away
    return whole, sqrt((PARTS - 1) * (squares - total * total / PARTS) / PARTS)


def tolerance(rr_ticks: Sequence[int]) -> float:
    """Return how near two intervals must be to be alike: 0.2 SD, with n - 1, in ticks."""
    total = squares = 0
    for rr in rr_ticks:
        total += rr
        squares += rr * rr
    n = len(rr_ticks)
    return _TOLERANCE * sqrt((n * squares - total * total) / (n * (n - 1)))


def match(
    rr_ticks: Sequence[int],
    begins: Sequence[int],
    within: float,
    pairs: MutableSequence[int],
    longer: MutableSequence[int],
) -> None:
    """Count pairs of alike patterns of two, and those alike with the next interval too.

    `begins` says where a pattern and its next interval stand unbroken. Each pair counts in the
    part of the window of its first and, where that is another, of its second; the last place of
    both rows counts all.
    """
    n = len(rr_ticks)
    for one in range(len(begins)):
        i = begins[one]
        x, y, z, part = rr_ticks[i], rr_ticks[i + 1], rr_ticks[i + 2], i * PARTS // n
        for other in range(one + 1, len(begins)):
            j = begins[other]
            if abs(rr_ticks[j] - x) > within or abs(rr_ticks[j + 1] - y) > within:
                continue
            more, second = abs(rr_ticks[j + 2] - z) <= within, j * PARTS // n
            pairs[PARTS] += 1
            pairs[part] += 1
            pairs[second] += second != part
            longer[PARTS] += more
            longer[part] += more
            longer[second] += more and second != part


def entropy(pairs: Sequence[int], longer: Sequence[int]) -> tuple[float, float]:
    """Return -ln of the share of pairs that stay alike, and its standard error; NaN for none.

    The error leaves out each part of the window in turn, at the same tolerance. A pair goes with
    either of its two parts, so what chance does to single pairs would count twice: once is taken
    off. A window that drifts is less certain than this says, as its SD is.
    """
    alike, stay = pairs[PARTS], longer[PARTS]
    if stay == 0:
        return nan, nan
    whole = -log(stay / alike)
    total = squares = 0.0
    for part in range(PARTS):
        if longer[part] == stay:
            return whole, nan
        away = -log((stay - longer[part]) / (alike - pairs[part])) - whole
        total += away
        squares += away * away
    jackknife = (PARTS - 1) * (squares - total * total / PARTS) / PARTS
    return whole, sqrt(max(jackknife - (1 - stay / alike) / stay, jackknife / 2))
