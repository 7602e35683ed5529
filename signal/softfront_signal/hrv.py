"""Heart rate and its variability over the seconds before a mark.

Task Force 1996 (Circulation 93:1043): RMSSD is the root of the mean squared difference of adjacent
NN intervals, SDNN the standard deviation of NN intervals (n−1), pNN50 the share of differences that
exceed 50 ms. Brennan 2001 (IEEE TBME 48:1342): SD1² is half the variance of the differences (n−1),
SD2² twice SDNN² less SD1². A difference counts where both intervals are NN and neighbours in a run.
The formulas take whole ticks, one number or a column: both drivers, live and batch, use these, and
each is compiled by itself, so none calls another.
"""

from collections import deque
from collections.abc import Sequence
from math import log, sqrt
from typing import Any, TypeAlias

from softfront_sensors.heart_rate import TICKS_PER_S

from .artefacts import JudgedBeat
from .moments import LIVE, Needs, Window
from .standard_error import long_run_variance, of_ln_rms

SPAN_MS = 60_000
"""Against five minutes, 60 s give ln RMSSD with r = 0.92; 10 s give 0.72."""
# Below this a number says more about the gaps than about the heart.
LEAST_DIFFERENCES = 20
_LEAST_COVERAGE = 0.5
Ticks: TypeAlias = Any
"""Whole numbers, or what is made of them: one, or a column of many windows'."""


def rate_bpm(count: Ticks, ticks: Ticks) -> Ticks:
    """Return the mean heart rate: 60 s over the mean of `count` intervals."""
    return 60 * TICKS_PER_S * count / ticks


def mean_square(squares: Ticks, count: Ticks) -> Ticks:
    """Return the mean of `count` squares; its root, over differences, is RMSSD."""
    return squares / count


def variance(squares: Ticks, total: Ticks, count: Ticks) -> Ticks:
    """Return the variance (n−1) of `count` numbers; its root, over NN intervals, is SDNN."""
    return (count * squares - total * total) / (count * (count - 1))


def across(of_differences: Ticks) -> Ticks:
    """Return SD1² from the variance of the differences."""
    return of_differences / 2


def along(of_intervals: Ticks, of_differences: Ticks) -> Ticks:
    """Return SD2² from the variances of intervals and differences; below 0 there is no SD2."""
    return 2 * of_intervals - of_differences / 2


def beyond_50_ms(step: Ticks) -> Ticks:
    """Say whether two intervals differ by more than 50 ms, exactly."""
    return abs(step) * 20 > TICKS_PER_S


def in_ms(ticks: Ticks) -> Ticks:
    """Return milliseconds."""
    return ticks * 1000 / TICKS_PER_S


def holds(
    differences: Ticks,
    ticks: Ticks,
    span_ms: float,
    least: int = LEAST_DIFFERENCES,
    share: float = _LEAST_COVERAGE,
) -> Ticks:
    """Say whether differences are enough, and NN intervals cover enough of a span, for numbers."""
    covered = ticks * 1000 >= share * TICKS_PER_S * span_ms
    return (differences >= least) & covered


class Sums:
    """Sums over NN intervals, exact in integer ticks; a beat can come in and go out again.

    What varies is `None` below 20 differences.
    """

    __slots__ = (
        "beats",
        "beyond",
        "differences",
        "squares",
        "steps",
        "ticks",
        "ticks_squared",
        "valid",
    )

    def __init__(self) -> None:
        self.beats = self.valid = self.ticks = self.ticks_squared = 0
        self.differences = self.steps = self.squares = self.beyond = 0

    def change(self, judged: JudgedBeat, step: int | None, sign: int) -> None:
        """Count a beat in (`sign` 1) or out (-1), with its difference to the beat before it."""
        self.beats += sign
        if judged.artefact is None:
            rr = judged.beat.rr_ticks
            self.valid += sign
            self.ticks += sign * rr
            self.ticks_squared += sign * rr * rr
        if step is not None:
            self.change_step(step, sign)

    def change_step(self, step: int, sign: int) -> None:
        """Count a difference in (`sign` 1) or out (-1) whose beat stays."""
        self.differences += sign
        self.steps += sign * step
        self.squares += sign * step * step
        if beyond_50_ms(step):
            self.beyond += sign

    @property
    def hr_bpm(self) -> float | None:
        """Mean heart rate; `None` without an NN interval."""
        return rate_bpm(self.valid, self.ticks) if self.ticks else None

    @property
    def rmssd_ms(self) -> float | None:
        """RMSSD in milliseconds."""
        return in_ms(sqrt(mean_square(self.squares, self.differences))) if self.enough else None

    @property
    def ln_rmssd(self) -> float | None:
        """The natural logarithm of RMSSD in milliseconds; `None` where no interval differs."""
        rmssd_ms = self.rmssd_ms
        return log(rmssd_ms) if rmssd_ms else None

    @property
    def sdnn_ms(self) -> float | None:
        """SDNN in milliseconds."""
        return in_ms(sqrt(self._of_intervals)) if self.enough else None

    @property
    def pnn50(self) -> float | None:
        """Share of the differences that exceed 50 ms, 0…1."""
        return self.beyond / self.differences if self.enough else None

    @property
    def sd1_ms(self) -> float | None:
        """SD1 in milliseconds: how far the heart varies from beat to beat."""
        return in_ms(sqrt(across(self._of_differences))) if self.enough else None

    @property
    def sd2_ms(self) -> float | None:
        """SD2 in milliseconds: how far it varies otherwise; `None` where differences say more."""
        if not self.enough:
            return None
        squared = along(self._of_intervals, self._of_differences)
        return in_ms(sqrt(squared)) if squared >= 0 else None

    @property
    def flagged(self) -> float:
        """Share of the intervals that are artefacts."""
        return 1 - self.valid / self.beats if self.beats else 0.0

    @property
    def enough(self) -> bool:
        """Say whether there are differences enough for a number."""
        return self.differences >= LEAST_DIFFERENCES

    def coverage(self, span_ms: float) -> float:
        """Share of `span_ms` that the NN intervals cover, at most 1."""
        return min(1.0, in_ms(self.ticks) / span_ms) if span_ms > 0 else 0.0

    @property
    def _of_intervals(self) -> float:
        return float(variance(self.ticks_squared, self.ticks, self.valid))

    @property
    def _of_differences(self) -> float:
        return float(variance(self.squares, self.steps, self.differences))


def difference(before: JudgedBeat | None, after: JudgedBeat) -> int | None:
    """Return the difference of two intervals in ticks; `None` unless they are NN neighbours."""
    if before is None or before.artefact is not None or after.artefact is not None:
        return None
    one, other = before.beat, after.beat
    return other.rr_ticks - one.rr_ticks if one.run == other.run else None


class SlidingWindow:
    """The last beats over a span, at the cost of one step a beat."""

    def __init__(self, span_ms: int = SPAN_MS, needs: Needs = LIVE) -> None:
        self._span_ms, self._needs = span_ms, needs
        self._beats: deque[tuple[JudgedBeat, int | None]] = deque()
        self.sums = Sums()
        """Over what the window held at the latest mark, and what was added since."""

    def add(self, judged: Sequence[JudgedBeat]) -> None:
        """Take in the next beat in time, the last of a tail of verdicts.

        Those before it replace what was thought of the beats before it, as far as they are held.
        """
        held = self._beats
        for back in range(min(len(judged) - 1, len(held)), 0, -1):
            if judged[-1 - back].artefact is not held[-back][0].artefact:
                self._think_again(judged[-1 - back : -1])
                break
        step = difference(held[-1][0], judged[-1]) if held else None
        held.append((judged[-1], step))
        self.sums.change(judged[-1], step, 1)

    def _think_again(self, judged: Sequence[JudgedBeat]) -> None:
        """Replace the latest beats, and their differences, by what is thought of them now."""
        for _ in judged:
            self.sums.change(*self._beats.pop(), -1)
        for one in judged:
            step = difference(self._beats[-1][0], one) if self._beats else None
            self._beats.append((one, step))
            self.sums.change(one, step, 1)

    def at(self, t_ms: int) -> Window:
        """Measure the window that ends at `t_ms`; marks come in order."""
        self.let_go(t_ms)
        held = self._beats
        if held and held[0][1] is not None:
            # The oldest beat's difference to one that has left reaches outside.
            self.sums.change_step(held[0][1], -1)
            held[0] = (held[0][0], None)
        return measure(self.sums, t_ms, self._span_ms, [step for _, step in held], self._needs)

    def let_go(self, t_ms: int) -> None:
        """Drop what has left the window that ends at `t_ms`, where nobody asks for it."""
        held = self._beats
        while held and held[0][0].beat.t_ms <= t_ms - self._span_ms:
            self.sums.change(*held.popleft(), -1)


def measure(
    sums: Sums,
    t_ms: int,
    span_ms: int,
    steps: Sequence[int | None] = (),
    needs: Needs = LIVE,
) -> Window:
    """Say what sums over `span_ms` before `t_ms` amount to; numbers only where they hold.

    `steps` are the differences themselves, beat by beat, where their error is to be known.
    """
    share = min(_LEAST_COVERAGE, needs.coverage)
    held = holds(sums.differences, sums.ticks, span_ms, needs.differences, share)
    return Window(
        t_ms=t_ms,
        hr_bpm=sums.hr_bpm if held else None,
        rmssd_ms=in_ms(sqrt(mean_square(sums.squares, sums.differences))) if held else None,
        beats=sums.beats,
        valid=sums.valid,
        differences=sums.differences,
        coverage=sums.coverage(span_ms),
        flagged=sums.flagged,
        ln_rmssd_se=ln_rmssd_se(sums, steps) if held and sums.squares else None,
    )


def ln_rmssd_se(sums: Sums, steps: Sequence[int | None]) -> float | None:
    """Return the standard error of ln RMSSD from the differences behind it, beat by beat."""
    places = [at for at, step in enumerate(steps) if step is not None]
    if len(places) != sums.differences:
        return None
    mean, count = mean_square(sums.squares, sums.differences), len(places)
    influences = [(step * step - mean) / count for step in steps if step is not None]
    return of_ln_rms(long_run_variance(influences, places, len(steps)), mean, count)
