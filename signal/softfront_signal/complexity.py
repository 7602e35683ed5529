"""How a heart's beats hang together over a few beats: DFA α1, and sample entropy.

The formulas take numbers and indexable rows of them, so that the batch driver can compile them.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isnan, log, nan, sqrt
from typing import Protocol

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
LEAST_COVERAGE = 0.5
# Differences to this keep the numbers small; in a box they make a line, and lines are removed.
_REFERENCE_TICKS = 1024
# Pincus and Goldberger 1994 (Am J Physiol 266:H1643): at least 10 to the length of the pattern.
LEAST_PATTERNS = 100
# Richman and Moorman 2000 (Am J Physiol 278:H2039): patterns of two, alike within 0.2 SD.
PATTERN, _TOLERANCE = 2, 0.2


def _of_slope() -> tuple[float, ...]:
    """Return what each ln F weighs in the least-squares slope over ln n."""
    logs = [log(size) for size in range(SMALLEST, LARGEST + 1)]
    mean = sum(logs) / SIZES
    spread = sum((each - mean) ** 2 for each in logs)
    return tuple((each - mean) / spread for each in logs)


_OF_SLOPE = _of_slope()


class Row(Protocol):
    """Whole numbers in a row: a list, or a column of an array."""

    def __len__(self) -> int:
        """Return how many."""

    def __iter__(self) -> Iterator[int]:
        """Go through them."""

    def __getitem__(self, at: int, /) -> int:
        """Return one."""

    def __setitem__(self, at: int, to: int, /) -> None:
        """Put one in."""


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
        rr_ticks = [judged.beat.rr_ticks for judged in self._beats]
        runs = [judged.beat.run for judged in self._beats]
        codes = [int(judged.artefact is not None) for judged in self._beats]
        kept, ends = [0] * len(runs), [0] * (len(runs) + 1)
        valid, stretches = unbroken(rr_ticks, runs, codes, kept, ends)
        coverage, alpha1, alpha1_se = covered(sum(kept)), nan, nan
        if coverage >= LEAST_COVERAGE:
            misfits, boxes = [0] * (SIZES * PARTS), [0] * (SIZES * PARTS)
            sums = [0] * 3 * (valid + 1)
            add_up(kept[:valid], sums)
            tabulate(sums, ends[:stretches], misfits, boxes)
            alpha1, alpha1_se = exponent(misfits, boxes)
        return Scaling(
            t_ms=t_ms,
            alpha1=None if isnan(alpha1) else alpha1,
            alpha1_se=None if isnan(alpha1_se) else alpha1_se,
            beats=len(runs),
            valid=valid,
            coverage=coverage,
            flagged=1 - valid / len(runs) if runs else 0.0,
        )


def covered(ticks: int) -> float:
    """Return the share of the window that NN intervals cover, at most 1."""
    return min(1.0, ticks * 1000 / TICKS_PER_S / SPAN_MS)


def unbroken(rr_ticks: Row, runs: Row, codes: Row, kept: Row, ends: Row) -> tuple[int, int]:
    """Keep the NN intervals, and where each unbroken stretch of neighbours ends among them.

    Return how many intervals and how many stretches that is. A code of 0 is an NN interval.
    """
    n = stretches = 0
    for at in range(len(rr_ticks)):
        if codes[at]:
            continue
        if n and (codes[at - 1] or runs[at - 1] != runs[at]):
            ends[stretches] = n
            stretches += 1
        kept[n] = rr_ticks[at]
        n += 1
    ends[stretches] = n
    return n, stretches + 1


def add_up(rr_ticks: Row, sums: Row) -> None:
    """Fill in running totals of the summed intervals y, exactly: of y, of place times y, of y².

    Each third of `sums` holds one of them, from the 0 before the first to the last.
    """
    third, y = len(rr_ticks) + 1, 0
    sums[0] = sums[third] = sums[2 * third] = 0
    for at in range(len(rr_ticks)):
        y += rr_ticks[at] - _REFERENCE_TICKS
        sums[at + 1] = sums[at] + y
        sums[third + at + 1] = sums[third + at] + at * y
        sums[2 * third + at + 1] = sums[2 * third + at] + y * y


def misfit(sums: Row, first: int, size: int) -> int:
    """Return how far the summed intervals of a box lie from their line, exactly.

    It is the sum of the squared distances times size·(size² - 1), which makes it whole. Where the
    sum begins makes no difference: a line is removed.
    """
    third, end = len(sums) // 3, first + size
    total = sums[end] - sums[first]
    placed = sums[third + end] - sums[third + first] - first * total
    squares = sums[2 * third + end] - sums[2 * third + first]
    turned = 2 * placed - (size - 1) * total
    return (size * size - 1) * (size * squares - total * total) - 3 * turned * turned


def tabulate(sums: Row, ends: Row, misfits: Row, boxes: Row) -> None:
    """Add up the misfits of all boxes, and their number, by size and part of the window.

    Boxes overlap by half, as NeuroKit2's do: so α1 keeps within 3 % of it (with every beat
    beginning a box it is 3.7 % at the 95th percentile). None reaches across a break.
    """
    count = len(sums) // 3 - 1
    for size in range(SMALLEST, LARGEST + 1):
        start = 0
        for end in ends:
            first = start
            while first + size <= end:
                at = (size - SMALLEST) * PARTS + first * PARTS // count
                misfits[at] += misfit(sums, first, size)
                boxes[at] += 1
                first += size // 2
            start = end


def slope(misfits: Row, boxes: Row, without: int) -> float:
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


def exponent(misfits: Row, boxes: Row) -> tuple[float, float]:
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


def tolerance(rr_ticks: Row) -> float:
    """Return how near two intervals must be to be alike: 0.2 SD, with n - 1, in ticks."""
    total = squares = 0
    for rr in rr_ticks:
        total += rr
        squares += rr * rr
    n = len(rr_ticks)
    return _TOLERANCE * sqrt((n * squares - total * total) / (n * (n - 1)))


def patterns(ends: Row, begins: Row) -> int:
    """Find where a pattern and the interval after it stand unbroken; return how many there are."""
    count = start = 0
    for end in ends:
        for at in range(start, end - PATTERN):
            begins[count] = at
            count += 1
        start = end
    return count


def match(rr_ticks: Row, begins: Row, within: float, pairs: Row, longer: Row) -> None:
    """Count pairs of alike patterns of two, and those alike with the next interval too.

    `begins` says where patterns begin. Each pair counts in the
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


def entropy(pairs: Row, longer: Row) -> tuple[float, float]:
    """Return -ln of the share of pairs that stay alike, and its standard error; NaN for none.

    The error leaves out each part of the window in turn, at the same tolerance. A pair goes with
    either of its two parts, so what chance does to single pairs would count twice: once is taken
    off. A window that drifts is less certain than this says, as its SD is.
    """
    alike, stay = pairs[PARTS], longer[PARTS]
    if stay == 0:
        return nan, nan
    whole = log(alike / stay)
    total = squares = 0.0
    for part in range(PARTS):
        if longer[part] == stay:
            return whole, nan
        away = log((alike - pairs[part]) / (stay - longer[part])) - whole
        total += away
        squares += away * away
    jackknife = (PARTS - 1) * (squares - total * total / PARTS) / PARTS
    return whole, sqrt(max(jackknife - (1 - stay / alike) / stay, jackknife / 2))


FORMULAS = (
    covered,
    unbroken,
    add_up,
    misfit,
    tabulate,
    slope,
    exponent,
    tolerance,
    patterns,
    match,
    entropy,
)
"""All of the above, for who compiles them."""
