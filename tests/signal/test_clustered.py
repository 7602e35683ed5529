import numpy as np
import pytest
from scipy.stats import t

from softfront_signal.clustered import Numbers, slope

DAYS = np.array([1, 1, 1, 2, 2, 5, 5, 5, 5, 6, 7, 7, 8])


def made(seed: int) -> tuple[Numbers, Numbers, Numbers]:
    draw = np.random.default_rng(seed)
    n = len(DAYS)
    columns = np.column_stack([np.ones(n), draw.normal(size=n), draw.random(n) > 0.5])
    return draw.normal(size=n), columns, draw.uniform(0.5, 2, n)


def test_the_fit_is_that_of_weighted_least_squares() -> None:
    y, columns, weights = made(1)
    root = np.sqrt(weights)
    fit = np.linalg.lstsq(columns * root[:, None], y * root, rcond=None)[0]
    found = slope(y, columns, weights, DAYS)
    assert found is not None
    assert found.value == pytest.approx(fit[-1])


def test_the_error_is_mancl_and_derouens_on_one_day_fewer() -> None:
    """As printed: residuals of a cluster times (I − H)⁻¹, between the breads of the sandwich."""
    y, columns, weights = made(2)
    bread = np.linalg.inv(columns.T @ (columns * weights[:, None]))
    residuals = y - columns @ (bread @ (columns.T @ (weights * y)))
    meat = np.zeros((3, 3))
    for day in np.unique(DAYS):
        x, w, e = columns[day == DAYS], weights[day == DAYS], residuals[day == DAYS]
        leverage = x @ bread @ x.T * w
        pull = x.T @ (w * np.linalg.solve(np.eye(len(x)) - leverage, e))
        meat += np.outer(pull, pull)
    within = t.ppf(0.975, 6 - 3) * np.sqrt((bread @ meat @ bread)[-1, -1] * 5 / 6)
    found = slope(y, columns, weights, DAYS)
    assert found is not None
    assert (found.low, found.high) == pytest.approx(
        (found.value - within, found.value + within), rel=1e-3
    )


def test_it_is_how_far_the_fit_moves_when_a_day_is_left_out() -> None:
    y, columns, weights = made(3)
    root = np.sqrt(weights)
    fits = [
        np.linalg.lstsq((columns * root[:, None])[kept], (y * root)[kept], rcond=None)[0][-1]
        for kept in (day != DAYS for day in np.unique(DAYS))
    ]
    found = slope(y, columns, weights, DAYS)
    assert found is not None
    moved = np.sqrt(sum((fit - found.value) ** 2 for fit in fits) * 5 / 6)
    assert found.high - found.value == pytest.approx(t.ppf(0.975, 3) * moved, rel=1e-3)


def test_what_one_day_alone_tells_is_not_told() -> None:
    y, columns, weights = made(4)
    columns[:, -1] = DAYS == 6
    assert slope(y, columns, weights, DAYS) is None


def test_what_cannot_be_told_apart_is_not_told() -> None:
    y, columns, weights = made(5)
    columns[:, -1] = 2 * columns[:, 1]
    assert slope(y, columns, weights, DAYS) is None


def test_as_many_numbers_as_days_leave_nothing_to_go_by() -> None:
    y, columns, weights = made(6)
    assert slope(y, columns, weights, np.minimum(DAYS, 3)) is None
