import random

from softfront_sensors.strap.timings import Pauses, Timings


class Longest(random.Random):
    def uniform(self, a: float, b: float) -> float:
        return b


def test_pauses_double_from_one_second_to_thirty() -> None:
    pauses = Pauses(Timings(), Longest())
    assert [pauses.next_s() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]


def test_pauses_begin_again_after_a_good_link() -> None:
    pauses = Pauses(Timings(), Longest())
    for _ in range(9):
        pauses.next_s()
    pauses.reset()
    assert [pauses.next_s(), pauses.next_s()] == [1, 2]


def test_half_of_a_pause_is_chance() -> None:
    drawn = [Pauses(Timings(), random.Random(seed)).next_s() for seed in range(200)]
    assert 0.5 <= min(drawn) < 0.55
    assert 0.95 < max(drawn) <= 1.0
