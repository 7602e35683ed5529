"""How far the numbers of many windows lie from the heart's own."""

from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import standard_error
from .compiling import compiled
from .marks import bounds, checked_codes, checked_marks
from .series import Floats, Ints, Series
from .sweeping import lower_of, upper_of
from .time_domain import laid_out, numbers, summed

_lower_of, _upper_of = compiled(lower_of), compiled(upper_of)
_long_run_variance = compiled(standard_error.long_run_variance)
_of_ln_rms = compiled(standard_error.of_ln_rms)
_of_mean = compiled(standard_error.of_mean)
_of_share = compiled(standard_error.of_share)


@dataclass(frozen=True, slots=True)
class Errors:
    """The standard error of each number, each column of shape (marks,); NaN where there is none."""

    hr_bpm_se: Floats
    rmssd_ms_se: Floats
    ln_rmssd_se: Floats
    sdnn_ms_se: Floats
    pnn50_se: Floats
    sd1_ms_se: Floats
    sd2_ms_se: Floats


def errors(series: Series, codes: NDArray[Any], marks_ms: NDArray[Any], span_ms: int) -> Errors:
    """Estimate how far the numbers of `measure` may be off, each from its own window."""
    marks_ms = checked_marks(marks_ms, span_ms)
    sums = summed(series, codes, marks_ms, span_ms)
    found = numbers(sums, span_ms)
    shares = np.full((5, len(marks_ms)), np.nan)
    held = np.flatnonzero(~np.isnan(found.rmssd_ms))
    edges = bounds(series, marks_ms[held], span_ms)
    added = laid_out(series, checked_codes(series, codes))
    shares[:, held] = estimate(added, *edges, means_of(sums[:, held]))
    of_rate, of_ln_rmssd, of_ln_sdnn, of_pnn50, of_ln_sd2 = shares
    return Errors(
        hr_bpm_se=found.hr_bpm * of_rate,
        rmssd_ms_se=found.rmssd_ms * of_ln_rmssd,
        ln_rmssd_se=of_ln_rmssd,
        sdnn_ms_se=found.sdnn_ms * of_ln_sdnn,
        pnn50_se=of_pnn50,
        # The mean difference is next to nothing, so SD1 errs as RMSSD does.
        sd1_ms_se=found.sd1_ms * of_ln_rmssd,
        sd2_ms_se=found.sd2_ms * of_ln_sd2,
    )


def means_of(sums: Ints) -> Floats:
    """Return the mean interval, the mean square about it, the mean squared step, pNN50; and n."""
    _, nn, squares, _, step_squares, counts = sums
    valid, ticks, pairs = upper_of(nn), lower_of(nn), lower_of(counts)
    about = (valid * squares - ticks * ticks) / (valid * valid)
    per_pair = step_squares / pairs, upper_of(counts) / pairs
    return np.stack((ticks / valid, about, *per_pair, valid, pairs))


@compiled
def fill(added: Ints, means: Floats, influences: Floats, places: Ints) -> None:
    """Fill in by how much each beat moves mean, spread, SD2², mean squared step and pNN50."""
    nn, step_squares, pairs = added[0], added[3], added[4]
    beat = pair = 0
    for at in range(len(nn)):
        if nn[at] == 0:
            continue
        apart = _lower_of(nn[at]) - means[0]
        influences[0, beat] = apart / means[4]
        influences[1, beat] = (apart * apart - means[1]) / means[4]
        influences[2, beat] = 2 * influences[1, beat]
        places[0, beat] = at
        if at > 0 and pairs[at] > 0:
            influences[3, pair] = (step_squares[at] - means[2]) / means[5]
            influences[4, pair] = (_upper_of(pairs[at]) - means[3]) / means[5]
            influences[2, beat] -= influences[3, pair] / 2
            places[1, pair] = at
            pair += 1
        beat += 1


@compiled
def estimate(added: Ints, first: Ints, last: Ints, means: Floats) -> Floats:
    """Return the standard errors of ln HR, ln RMSSD, ln SDNN, pNN50 and ln SD2, a row each."""
    shares = np.full((5, len(first)), nan)
    longest = (last - first).max() if len(first) else 0
    influences, places = np.empty((5, longest)), np.empty((2, longest), dtype=np.int64)
    for at in range(len(first)):
        a, z, length = first[at], last[at], last[at] - first[at]
        fill(added[:, a:z], means[:, at], influences, places)
        mean, about, mean_square = means[0, at], means[1, at], means[2, at]
        valid, pairs = int(means[4, at]), int(means[5, at])
        beats, steps = places[0, :valid], places[1, :pairs]
        of_share = _long_run_variance(influences[4, :pairs], steps, length)
        shares[3, at] = _of_share(of_share, pairs)
        if about > 0:
            of_mean = _long_run_variance(influences[0, :valid], beats, length)
            shares[0, at] = _of_mean(of_mean, valid) / mean
            of_about = _long_run_variance(influences[1, :valid], beats, length)
            shares[2, at] = _of_ln_rms(of_about, about, valid)
        if mean_square > 0:
            of_square = _long_run_variance(influences[3, :pairs], steps, length)
            shares[1, at] = _of_ln_rms(of_square, mean_square, pairs)
        if 2 * about > mean_square / 2:
            of_along = _long_run_variance(influences[2, :valid], beats, length)
            shares[4, at] = _of_ln_rms(of_along, 2 * about - mean_square / 2, valid)
    return shares
