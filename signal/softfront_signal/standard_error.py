"""How far a number measured over one window lies from this heart's own.

Neighbours in a window resemble each other, so how far they scatter says little. What moves slowly
says it: the mean power in the three slowest cosines over the window (Müller 2007, J Econometrics
141:1331; Lazarus et al. 2018, J Bus Econ Stat 36:541). Held against weighted autocovariances, more
waves and the Gaussian formula 2σ⁴Σρ²/n, it alone holds for noise and for a steady breath alike: the
Gaussian one is two to nine times too wide where a breath keeps its depth, the others are too narrow
where its depth wanders. The price is an interval half as wide again as it need be. Where the depth
wanders so slowly that the window shows little of it, nothing can tell, and it too is too narrow.
"""

from math import cos, pi, sqrt
from typing import Any, TypeAlias

Column: TypeAlias = Any
"""Numbers in a row: a list where one window is measured, an array where many are."""

# Three waves are few; by Student, with three degrees of freedom, 95 % lie within 3.182 of what
# they estimate. Whoever reads a standard error takes 1.96 of it.
_STUDENT = 3.1824463052842626 / 1.9599639845400545
# Squared differences are far from normal, and of two dozen the largest were likely missed. Found
# by simulation, for twenty of them as for three hundred.
_FEW = 4.0
# No heart is known better: rounding to 1/1024 s, and drift that is slower than any window.
_FINEST = 0.005
# Where none of n was seen, up to 3 in n may be: the rule of three, in standard errors.
_RULE_OF_THREE = 1.5


def long_run_variance(influences: Column, places: Column, length: int) -> float:
    """Estimate the variance of the sum of `influences`: by how much each beat moves a number.

    They sum to zero. `places` are those of their beats among the `length` of the window, so that
    what is missing leaves its gap.
    """
    found_1 = found_2 = found_3 = sum_1 = sum_2 = sum_3 = power_1 = power_2 = power_3 = 0.0
    for at in range(len(places)):
        cos_1 = cos(pi * (places[at] + 0.5) / length)
        cos_2 = 2 * cos_1 * cos_1 - 1
        cos_3 = cos_1 * (2 * cos_2 - 1)
        found_1 += influences[at] * cos_1
        found_2 += influences[at] * cos_2
        found_3 += influences[at] * cos_3
        sum_1 += cos_1
        sum_2 += cos_2
        sum_3 += cos_3
        power_1 += cos_1 * cos_1
        power_2 += cos_2 * cos_2
        power_3 += cos_3 * cos_3
    # Where beats are missing a cosine has a mean, and that has gone out with the sum's.
    count = len(places)
    total = found_1 * found_1 / (power_1 - sum_1 * sum_1 / count)
    total += found_2 * found_2 / (power_2 - sum_2 * sum_2 / count)
    total += found_3 * found_3 / (power_3 - sum_3 * sum_3 / count)
    return float(total / 3 * count)


def of_ln_rms(variance: float, mean_square: float, count: int) -> float:
    """Return the standard error of the logarithm of a root mean square.

    `variance` is that of the mean square; `count` says of how many.
    """
    error = sqrt(variance) / (2 * mean_square) * _STUDENT * (1 + _FEW / count)
    return sqrt(error * error + _FINEST * _FINEST)


def of_mean(variance: float, count: int) -> float:
    """Return the standard error of a mean whose variance is estimated over `count` beats."""
    return sqrt(variance) * _STUDENT * (1 + _FEW / count)


def of_share(variance: float, count: int) -> float:
    """Return the standard error of a share, which is not known to none where none was seen."""
    error, unseen = sqrt(variance) * _STUDENT * (1 + _FEW / count), _RULE_OF_THREE / count
    return sqrt(error * error + unseen * unseen)
