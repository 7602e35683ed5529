"""The spectrum before many marks, from the sums and formulas of the live one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..periodogram import SWINGS, Complexes, dot, fluctuation, total, unsteadiness
from ..spectrum import enough
from ..swings import FORMULAS, NUMBERS, coherence, spectrum
from ..waves import (
    BLOCK,
    COHERENCE,
    FINE,
    FIVE_MINUTES,
    REFERENCE_TICKS,
    ROUNDER,
    Grid,
    Sums,
    tables,
)
from .compiling import FAST, compiled, known
from .marks import bounds, checked_codes, checked_marks, filling
from .series import Codes, Floats, Ints, Series

Formula: TypeAlias = Callable[..., Sequence[float]]


def _total(numbers: Floats) -> float:
    """Add one after the other, without the row of sums that numpy makes on the way."""
    added = 0.0
    for number in numbers:
        added += number
    return added


def _dot(one: Floats, other: NDArray[Any]) -> float:
    """Add the products likewise."""
    added = 0.0
    for at in range(len(one)):
        added += one[at] * other[at]
    return added


def _unsteadiness(part: Complexes, weights: Floats, window: Complexes) -> float:
    """Take the steps of `periodogram.unsteadiness` line by line, without its rows between."""
    variance = 0.0
    for j in range(1, SWINGS + 1):
        made = swing_re = swing_im = 0.0
        for at in range(len(part) - j):
            re, im, far_re, far_im = (
                part[at].real,
                part[at].imag,
                part[at + j].real,
                part[at + j].imag,
            )
            weight = (weights[at] + weights[at + j]) / 2
            made += weight * ((re * re + im * im) / 2 + (far_re * far_re + far_im * far_im) / 2)
            swing_re += weight * (re * far_re + im * far_im)
            swing_im += weight * (re * far_im - im * far_re)
        variance += (swing_re - made * window[j - 1].real) ** 2
        variance += (swing_im + made * window[j - 1].imag) ** 2
    return float(np.sqrt(variance / SWINGS))


def _fluctuation(parts: Floats, window: Complexes) -> float:
    """Take the steps of `periodogram.fluctuation` likewise."""
    variance = 0.0
    for part in parts:
        variance += part * part
    variance /= 2
    for apart in range(1, len(parts)):
        added = 0.0
        for at in range(len(parts) - apart):
            added += parts[at] * parts[at + apart]
        seen = window[apart - 1].real ** 2 + window[apart - 1].imag ** 2
        variance += 2 * added * seen / (1 + seen)
    return float(max(variance, 0.0))


_INSTEAD: dict[Callable[..., Any], Callable[..., Any]] = {
    total: _total,
    dot: _dot,
    unsteadiness: _unsteadiness,
    fluctuation: _fluctuation,
}
for formula in (enough, *FORMULAS):
    known(formula, _INSTEAD.get(formula))


@dataclass(frozen=True, slots=True)
class Spectra:
    """What `spectrum.Spectrum` holds, as columns over the marks; NaN where it says `None`."""

    t_ms: Ints
    lf_ms2: Floats
    lf_se_ms2: Floats
    hf_ms2: Floats
    hf_se_ms2: Floats
    peak_hz: Floats
    peak_se_hz: Floats
    breathing_hz: Floats
    breathing_se_hz: Floats
    rsa_ms: Floats
    rsa_se_ms: Floats
    coherence: Floats
    coherence_se: Floats
    beats: Ints
    valid: Ints
    coverage: Floats
    flagged: Floats


def measure(series: Series, codes: Codes, marks_ms: Ints, *, fast: bool = FAST) -> Spectra:
    """Measure the windows that end at the marks, which come in order of time.

    A code of 0 is an NN interval. With `fast` unset numpy does it, mark by mark; what is counted is
    the same to the last bit.
    """
    marks_ms, codes = checked_marks(marks_ms, FIVE_MINUTES.span_ms), checked_codes(series, codes)
    sweep = _sweep_compiled if fast else _sweep
    columns, edges = [], {}
    for grid, formula, width in (
        (FIVE_MINUTES, spectrum, len(NUMBERS) - 2),
        (COHERENCE, coherence, 2),
    ):
        found = np.full((len(marks_ms), width), np.nan)
        edges[grid] = bounds(series, marks_ms, grid.span_ms)
        sweep(series, codes, *edges[grid], grid, formula, found)
        columns += list(found.T)
    whole = edges[FIVE_MINUTES]
    beats, valid, coverage, flagged = filling(series, codes, *whole, FIVE_MINUTES.span_ms)
    return Spectra(
        t_ms=marks_ms,
        beats=beats,
        valid=valid,
        coverage=coverage,
        flagged=flagged,
        **dict(zip(NUMBERS, columns, strict=True)),
    )


def _sweep(
    series: Series,
    codes: Codes,
    starts: Ints,
    ends: Ints,
    grid: Grid,
    formula: Formula,
    found: Floats,
) -> None:
    """Fill in the numbers of each window."""
    sums, left, entered = Sums(grid), 0, 0
    for row, (start, end) in enumerate(zip(starts, ends, strict=True)):
        gone, come = np.arange(left, min(start, entered)), np.arange(max(start, entered), end)
        moving = np.concatenate([gone, come])
        signs = np.repeat([-1, 1], [len(gone), len(come)])
        nn = codes[moving] == 0
        sums.move(series.t_ms[moving[nn]], series.rr_ticks[moving[nn]], signs[nn])
        left, entered = start, end
        if enough(sums.n, sums.ticks, grid.span_ms):
            found[row] = formula(*sums.counted)


def _sweep_compiled(
    series: Series,
    codes: Codes,
    starts: Ints,
    ends: Ints,
    grid: Grid,
    formula: Formula,
    found: Floats,
) -> None:
    """Do what `_sweep` does, compiled; the kernel knows the formula by how much it tells."""
    beats = (series.t_ms, series.rr_ticks, codes, starts, ends)
    sums = (np.zeros((2, 2 * grid.lines)), np.zeros((2, grid.lines)))
    kernel(*beats, *tables(grid), *sums, grid.period_ms, grid.span_ms, found)


@compiled
def kernel(
    t_ms: Ints,
    rr_ticks: Ints,
    codes: Codes,
    starts: Ints,
    ends: Ints,
    coarse: Floats,
    fine: Floats,
    times: Floats,
    beats: Floats,
    period_ms: int,
    span_ms: int,
    found: Floats,
) -> None:
    """Fill in the numbers of each window, moving `times` and `beats` along."""
    first, every = np.empty((2, BLOCK)), np.empty((2, times.shape[1] // BLOCK - 1))
    n = ticks = left = entered = 0
    for row in range(len(starts)):
        # What lies between these two stays.
        stays, comes = min(starts[row], entered), max(starts[row], entered)
        at = left if left < stays else comes
        while at < ends[row]:
            if codes[at] == 0:
                sign = -1 if at < stays else 1
                _turn(t_ms[at] % period_ms, coarse, fine, first, every)
                _move(sign, sign * (rr_ticks[at] - REFERENCE_TICKS), first, every, times, beats)
                n += sign
                ticks += sign * rr_ticks[at]
            at = comes if at + 1 == stays else at + 1
        left, entered = starts[row], ends[row]
        if enough(n, ticks, span_ms):
            _tell(n, ticks, times, beats, found[row])


@compiled
def _tell(n: int, ticks: int, times: Floats, beats: Floats, found: Floats) -> None:
    if len(found) == 2:
        found[0], found[1] = coherence(n, ticks, times[0], times[1], beats[0], beats[1])
    else:
        numbers = spectrum(n, ticks, times[0], times[1], beats[0], beats[1])
        for at in range(len(numbers)):
            found[at] = numbers[at]


@compiled
def _turn(step: int, coarse: Floats, fine: Floats, first: Floats, every: Floats) -> None:
    """Fill in the first powers of a beat's angle, and those of every sixteenth line."""
    far, near = step // FINE, step % FINE
    re = coarse[0, far] * fine[0, near] - coarse[1, far] * fine[1, near]
    im = coarse[0, far] * fine[1, near] + coarse[1, far] * fine[0, near]
    _powers(re, im, first)
    _powers(first[0, -1], first[1, -1], every)


@compiled
def _powers(re: float, im: float, powers: Floats) -> None:
    count, done = powers.shape[1], 1
    powers[0, 0], powers[1, 0] = re, im
    while done < count:
        re, im = powers[0, done - 1], powers[1, done - 1]
        for at in range(min(done, count - done)):
            powers[0, done + at] = powers[0, at] * re - powers[1, at] * im
            powers[1, done + at] = powers[0, at] * im + powers[1, at] * re
        done *= 2


@compiled
def _move(sign: int, x: int, first: Floats, every: Floats, times: Floats, beats: Floats) -> None:
    """Count one beat in or out, on all lines; rounded as `Sums` rounds."""
    for block in range(times.shape[1] // BLOCK):
        re, im = (every[0, block - 1], every[1, block - 1]) if block else (1.0, 0.0)
        for at in range(BLOCK):
            line = block * BLOCK + at
            cos = (first[0, at] * re - first[1, at] * im + ROUNDER) - ROUNDER
            sin = (first[0, at] * im + first[1, at] * re + ROUNDER) - ROUNDER
            times[0, line] += sign * cos
            times[1, line] += sign * sin
            if line < beats.shape[1]:
                beats[0, line] += x * cos
                beats[1, line] += x * sin
