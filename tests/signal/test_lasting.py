from math import log
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_signal.lasting import ENOUGH, Lasting, Spell, lasting

# Weeks of remission under 6-MP and under placebo (Freireich et al. 1963, Blood 21:699); + was not
# seen to end. Medians, and the curve's 95 % limits by log(−log S), as textbooks print them.
TREATED = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def read(times: str) -> list[Spell]:
    return [Spell(float(one.rstrip("+")), not one.endswith("+")) for one in times.split()]


def drawn(draw: Random, n: int, mean: float, lost_after: float | None = None) -> list[Spell]:
    spells = []
    for _ in range(n):
        lasts = draw.expovariate(1 / mean)
        lost = draw.expovariate(1 / lost_after) if lost_after else lasts + 1
        spells.append(Spell(min(lasts, lost), lasts <= lost))
    return spells


def test_remission_under_6_mp_is_that_of_the_textbooks() -> None:
    """The lower limit of the curve is .503 at 10 weeks and .432 at 13; the upper stays above."""
    assert lasting(read(TREATED)) == Lasting(23.0, 13.0, None, 21, 12)


def test_remission_under_placebo_is_that_of_the_textbooks() -> None:
    """By hand: at 8 weeks 8/21 are left; the lower limit is .425 at 4, the upper .482 at 11."""
    assert lasting(read(PLACEBO)) == Lasting(8.0, 4.0, 11.0, 21, 0)


def test_no_interval_at_all_below_eight() -> None:
    assert lasting([]) == Lasting(None, None, None, 0, 0)
    assert lasting([Spell(5.0, True)]) == Lasting(None, None, None, 1, 0)
    assert lasting(read("1 2 3 4 5 6+ 7")).median_min is None
    assert lasting(read("1 2 3 4 5 6+ 7 8")).median_min == 4.0


def test_eight_that_ended_have_both_ends() -> None:
    assert lasting(read("1 2 3 4 5 6 7 8")) == Lasting(4.0, 1.0, 7.0, 8, 0)


def test_where_more_than_half_were_lost_there_is_no_median() -> None:
    assert lasting(read("1 2 3 4+ 4+ 4+ 4+ 4+")) == Lasting(None, 1.0, None, 8, 5)
    assert lasting([Spell(9.0, False)] * 20) == Lasting(None, None, None, 20, 20)


def test_all_at_one_time_is_that_time() -> None:
    assert lasting([Spell(5.0, True)] * 12) == Lasting(5.0, 5.0, None, 12, 0)


def test_what_is_lost_at_a_moment_was_still_there_when_others_ended_then() -> None:
    assert lasting(read("3 3 3 3 3+ 3+ 9 9 9 9")).median_min == 9.0
    assert lasting(read("3 3 3 3 3 3+ 9 9 9 9")).median_min == 3.0


def test_half_is_half_in_spite_of_rounding() -> None:
    for n in range(ENOUGH, 200, 2):
        assert lasting([Spell(float(k), True) for k in range(1, n + 1)]).median_min == n / 2


def test_what_came_into_view_late_was_not_at_risk_before() -> None:
    late = [Spell(float(k), True, from_min=k - 0.5) for k in range(10, 18)]
    early = [Spell(float(k), True) for k in range(1, 9)]
    found = lasting([*early, *late])
    assert found.median_min == 4.0


def test_the_first_to_come_into_view_do_not_speak_for_the_others() -> None:
    first = Spell(1.0, True, from_min=0.5)
    found = lasting([first, *(Spell(float(k), True, from_min=2.0) for k in range(10, 20))])
    assert found.median_min == 14.0


@pytest.mark.parametrize("lost_after", [None, 30.0, 12.0])
def test_the_interval_holds_the_median_as_often_as_it_says(lost_after: float | None) -> None:
    """Over many numbers of spells: for each its ends can only be one time or the next."""
    draw, held = Random(3), 0
    for at in range(4000):
        found = lasting(drawn(draw, 8 + at % 53, 10.0, lost_after))
        low = float("inf") if found.low_min is None else found.low_min
        high = float("inf") if found.high_min is None else found.high_min
        held += low <= 10 * log(2) <= high
    assert 0.94 <= held / 4000 <= 0.97


@given(
    st.lists(
        st.builds(Spell, st.integers(0, 20).map(float), st.booleans(), st.integers(0, 5).map(float))
    )
)
def test_a_median_lies_within_its_interval(spells: list[Spell]) -> None:
    found = lasting(spells)
    assert (found.n, found.censored) == (len(spells), sum(not it.ended for it in spells))
    low, middle, high = (
        float("inf") if it is None else it
        for it in (found.low_min, found.median_min, found.high_min)
    )
    assert 0 <= low <= middle <= high
