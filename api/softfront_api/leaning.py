"""What a person's own answers lean to: more offers, or fewer."""

from math import comb

LEAST_TOLD = 10
"""Below ten answers a share is a mood."""
# Of what was told, fewer than half useful is too many offers, more than four fifths too few …
_TOO_MANY, _TOO_FEW = 0.5, 0.8
# … where that is nine to one.
_SURE = 0.9


def lean(useful: int, told: int) -> int:
    """Return 1 for farther out, -1 for less far, 0 for as it is.

    Beta–Bernoulli with an even prior: of the share that is useful, all that is known is what was
    told. Not now, and silence, are missing; they are never a no.
    """
    if told < LEAST_TOLD:
        return 0
    if _below(_TOO_MANY, useful, told) > _SURE:
        return 1
    return -1 if 1 - _below(_TOO_FEW, useful, told) > _SURE else 0


def _below(share: float, useful: int, told: int) -> float:
    """Return the probability that the true share lies below one: Beta(useful + 1, rest + 1).

    Its distribution at a point is the chance of more than `useful` in `told + 1` Bernoulli tries
    (DLMF 8.17.5).
    """
    n = told + 1
    tail = range(useful + 1, n + 1)
    return sum(comb(n, k) * share**k * (1 - share) ** (n - k) for k in tail)
