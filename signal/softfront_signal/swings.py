"""What is told of a window: from its sums to twelve numbers."""

from typing import TypeAlias

import numpy as np

from softfront_sensors.heart_rate import TICKS_PER_S

from . import peaks, periodogram
from .peaks import HIGH, LOW, MIDDLE, WIDE, around, breathing_line, middle, strongest
from .periodogram import Floats, band, fluctuation, lines, of_times, reach, total, unsteadiness

Numbers: TypeAlias = tuple[float, float, float, float, float, float, float, float, float, float]
NUMBERS = (
    "lf_ms2",
    "lf_se_ms2",
    "hf_ms2",
    "hf_se_ms2",
    "peak_hz",
    "peak_se_hz",
    "breathing_hz",
    "breathing_se_hz",
    "rsa_ms",
    "rsa_se_ms",
    "coherence",
    "coherence_se",
)
"""What `spectrum` and then `coherence` return, in their order."""

# Lines lie one over 300 s apart.
_HALF_SPAN_S = 150
# In steps of 0.01 Hz: where HeartMath looks for the peak of coherence.
_FIRST, _LAST = 4, 26


def spectrum(n: int, ticks: int, c: Floats, s: Floats, xc: Floats, xs: Floats) -> Numbers:
    """Return LF, HF, peak, breathing and RSA, each followed by its standard error; NaN for none."""
    # Beats show no swing faster than one over two intervals: beyond, the spectrum repeats itself.
    top = max(MIDDLE + 2, min(HIGH, _HALF_SPAN_S * TICKS_PER_S * n // ticks))
    power, amplitude = lines(n, ticks, c[: 2 * top], s[: 2 * top], xc[:top], xs[:top])
    window = of_times(n, c, s)
    reached = reach(window)
    lf, lf_se = band(power, amplitude, window, reached, LOW, MIDDLE)
    hf, hf_se = band(power, amplitude, window, reached, MIDDLE, top)
    peak = peak_se = breath = breath_se = rsa = rsa_se = np.nan
    near = around(power)
    highest, line = strongest(near, LOW, top), breathing_line(power, near)
    if highest:
        peak, peak_se = middle(power, amplitude, window, highest)
    if line:
        breath, breath_se = peak, peak_se
        if line != highest:
            breath, breath_se = middle(power, amplitude, window, line)
        low, high = max(line - WIDE, LOW), min(line + WIDE, top)
        swing, swing_se = band(power, amplitude, window, reached, low, high)
        rsa = np.sqrt(2 * swing)
        rsa_se = swing_se / rsa if rsa else np.nan
    hz = 1 / (2 * _HALF_SPAN_S)
    return lf, lf_se, hf, hf_se, peak * hz, peak_se * hz, breath * hz, breath_se * hz, rsa, rsa_se


def coherence(
    n: int, ticks: int, c: Floats, s: Floats, xc: Floats, xs: Floats
) -> tuple[float, float]:
    """Return the highest peak's power over all the rest, and its standard error; NaN for none.

    As HeartMath describes it (McCraty and others 2009, Integral Review 5:10): the peak is looked
    for from 0.04 to 0.26 Hz and has the 0.03 Hz around it; the rest is what else there is to
    0.4 Hz.
    """
    power, _ = lines(n, ticks, c, s, xc, xs)
    at = _FIRST + int(np.argmax(power[_FIRST - 1 : _LAST]))
    peak = total(power[at - 2 : at + 1])
    low = min(at - 1, _FIRST)
    rest = total(power[low - 1 :]) - peak
    if not rest > 0.0:
        return np.nan, np.nan
    weights = np.full(len(power) - low + 1, -peak / rest**2)
    weights[at - 1 - low : at + 2 - low] = 1 / rest
    return peak / rest, np.sqrt(fluctuation(power[low - 1 :] * weights, of_times(n, c, s)))


FORMULAS = (
    total,
    lines,
    of_times,
    reach,
    periodogram.dot,
    periodogram.seen_within,
    unsteadiness,
    fluctuation,
    band,
    around,
    strongest,
    peaks.clear,
    peaks.squared,
    breathing_line,
    middle,
    spectrum,
    coherence,
)
"""All that is called on the way, for who compiles it."""
