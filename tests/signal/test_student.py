import pytest
from scipy.stats import t

from softfront_signal.student import student


@pytest.mark.parametrize("df", [*range(1, 40), 100, 1000, 100_000])
def test_it_is_students_quantile(df: int) -> None:
    assert student(df) == pytest.approx(t.ppf(0.975, df), rel=5e-4)
