"""From sums over beats to powers, and how far they can be trusted.

Written in what numpy and its compiler share: the live spectrum calls these functions as they are,
the batch driver compiles them. `c`, `s` are the sums of cosine and sine over the beats' times on
lines 1…2K, `xc`, `xs` those of x·cos and x·sin on lines 1…K; `n` and `ticks` count the intervals
and their sum.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from softfront_sensors.heart_rate import TICKS_PER_S

from .waves import REFERENCE_TICKS

Floats: TypeAlias = NDArray[np.float64]
Complexes: TypeAlias = NDArray[np.complex128]

# Swings of power are seen in the three slowest ways they can go over the window.
SWINGS = 3
_MS2 = (1000 / TICKS_PER_S) ** 2


def lines(
    n: int, ticks: int, c: Floats, s: Floats, xc: Floats, xs: Floats
) -> tuple[Floats, Complexes]:
    """Return power in ms², and the amplitude whose square it is, of each line.

    The least-squares fit of one sine and cosine after removal of the mean, which is Lomb's and
    Scargle's periodogram: 2/n times what `scipy.signal.lombscargle` returns, so that a sinusoid of
    amplitude A has the power A²/2.
    """
    count = len(xc)
    mean = (ticks - n * REFERENCE_TICKS) / n
    yc, ys = xc - mean * c[:count], xs - mean * s[:count]
    c2, s2 = c[1::2], s[1::2]
    cc, ss, cs = (n + c2) / 2, (n - c2) / 2, s2 / 2
    # Where all beats fall on the same angle nothing can be fitted: the power is 0, as it is seen.
    det = np.maximum(cc * ss - cs * cs, 1e-9 * n * n)
    a, b = (yc * ss - ys * cs) / det, (ys * cc - yc * cs) / det
    return (a * yc + b * ys) / n * _MS2, (a - 1j * b) * np.sqrt(_MS2 / 2)


def total(numbers: Floats) -> float:
    """Add one after the other: numpy's own sum and the compiler's take other ways, and round."""
    return float(np.cumsum(numbers)[-1]) if len(numbers) else 0.0


def of_times(n: int, c: Floats, s: Floats) -> Complexes:
    """Return the spectrum of the beats' times themselves: without gaps a single line, at 0."""
    window = np.empty(len(c), np.complex128)
    window[:] = c / n + 1j * (s / n)
    return window


def reach(window: Complexes) -> Floats:
    """Return how much of a line's power is seen up to any distance from it, -2K…2K lines.

    Without gaps every power is seen where it is; gaps spread it as they spread `of_times`.
    """
    seen = window.real**2 + window.imag**2
    half = np.zeros(len(seen) + 1)
    half[1:] = np.cumsum(seen) - seen / 2 + 0.5
    whole = np.empty(2 * len(seen) + 1)
    whole[len(seen) :] = half
    whole[: len(seen)] = -half[:0:-1]
    return whole


def seen_within(reached: Floats, count: int, low: int, high: int) -> Floats:
    """Return the share of each line's power that is seen between two lines, its mirror's too."""
    middle = len(reached) // 2
    below = reached[middle + low - count : middle + low][::-1]
    above = reached[middle + high - count : middle + high][::-1]
    return (
        above
        - below
        + reached[middle + high + 1 : middle + high + count + 1]
        - reached[middle + low + 1 : middle + low + count + 1]
    )


def band(
    power: Floats, amplitude: Complexes, window: Complexes, reached: Floats, low: int, high: int
) -> tuple[float, float]:
    """Return the power between two lines in ms², and its standard error.

    The lines at both ends count half. What gaps between the beats spread is put back: what is seen
    inside and outside is solved for what is there, with the shapes that are seen.
    """
    count = len(power)
    inside, every = power[low - 1 : high].copy(), power.copy()
    inside[0] /= 2
    inside[-1] /= 2
    every[-1] /= 2
    of_band, of_all = seen_within(reached, count, low, high), seen_within(reached, count, 0, count)
    kept = total(inside * of_band[low - 1 : high])
    lost = total(inside * of_all[low - 1 : high]) - kept
    got = total(every * of_band) - kept
    away = total(every * of_all) - kept - lost - got
    saw, saw_outside = total(inside), total(every) - total(inside)
    det = kept * away - lost * got
    if saw == 0.0:
        return 0.0, 0.0
    if det <= 0.0:
        return np.nan, np.nan
    there = (saw * away - saw_outside * got) * saw / det
    part = amplitude[low - 1 : high].copy()
    part[0] *= np.sqrt(0.5)
    part[-1] *= np.sqrt(0.5)
    return max(there, 0.0), away * saw / det * unsteadiness(part, np.ones(len(part)), window)


def unsteadiness(part: Complexes, weights: Floats, window: Complexes) -> float:
    """Return the standard error of Σ weight·power over a part of the lines.

    The power of a band swings over the window as its lines beat with each other: the products of
    lines j apart are the j-th wave of that swing, and the mean over the window is as uncertain as
    its slowest waves are strong. So it holds for noise, where lines are independent, and for an
    even breath, where they are not and the power stands still. What the gaps themselves make of a
    steady power is taken away.
    """
    re, im = part.real.copy(), part.imag.copy()
    square = (re * re + im * im) / 2
    variance = 0.0
    for j in range(1, SWINGS + 1):
        weight = (weights[:-j] + weights[j:]) / 2
        made = total(weight * (square[:-j] + square[j:]))
        swing_re = total(weight * (re[:-j] * re[j:] + im[:-j] * im[j:]))
        swing_im = total(weight * (re[:-j] * im[j:] - im[:-j] * re[j:]))
        variance += (swing_re - made * window[j - 1].real) ** 2
        variance += (swing_im + made * window[j - 1].imag) ** 2
    return float(np.sqrt(variance / SWINGS))


def fluctuation(parts: Floats, window: Complexes) -> float:
    """Return the variance of a sum of powers as it is for noise.

    In 64 s a breath or two is all that is known of a peak's width, too little for the swings above.
    Two lines are as alike as the window's spectrum is high at their distance; of the product of two
    powers that are alike, a part is their own spread.
    """
    variance = total(parts * parts) / 2
    for apart in range(1, len(parts)):
        seen = window[apart - 1].real ** 2 + window[apart - 1].imag ** 2
        variance += 2 * total(parts[:-apart] * parts[apart:]) * seen / (1 + seen)
    return float(max(variance, 0.0))
