from collections.abc import Callable

import pytest

from softfront_sensors.errors import BluetoothProblem, Loss
from softfront_sensors.heart_rate import HeartRate, decode, encode
from softfront_sensors.source import Hint, StrapState, StrapStatus
from softfront_sensors.strap.known import KnownStrap
from softfront_sensors.strap.nameplate import Nameplate
from softfront_sensors.strap.runs import Clocks, Runs
from softfront_sensors.strap.standing import Standing
from softfront_sensors.strap.timings import Timings

BEAT = decode(encode(60, [1024]))
BARE = decode(encode(60))
NOTHING = decode(encode(0))


class Watched:
    """A standing, and the clock it lives by; the session's began at 1 000 000 ms."""

    def __init__(self) -> None:
        self.mono_ms = 500
        runs = Runs(Clocks(lambda: 1_000_000, lambda: self.mono_ms))
        self.standing = Standing(runs, Timings())

    @property
    def status(self) -> StrapStatus:
        return self.standing.status

    def hint(self) -> Hint | None:
        return self.status.hint

    def after(self, s: float) -> Standing:
        self.mono_ms += round(s * 1000)
        return self.standing

    def link(self) -> Standing:
        self.standing.searched(heard=True, stranger=False)
        self.standing.connecting("Polar H10")
        self.standing.subscribed()
        return self.standing

    def hear(self, said: HeartRate, s: int) -> None:
        for _ in range(s):
            self.after(1).heard(said)

    def refuse(self, loss: Loss = Loss.REFUSED) -> None:
        self.standing.searched(heard=True, stranger=False)
        self.standing.connecting("Polar H10")
        self.standing.lost(loss)

    def search_in_vain(self, *, stranger: bool = False) -> None:
        self.standing.searched(heard=False, stranger=stranger)
        self.standing.lost(None)


def test_a_link_goes_through_its_states_in_order() -> None:
    watched, seen = Watched(), []
    steps: list[Callable[[], None]] = [
        lambda: watched.standing.searched(heard=True, stranger=False),
        lambda: watched.standing.connecting("Polar H10"),
        watched.standing.subscribed,
        lambda: watched.standing.heard(BEAT),
        watched.standing.silent,
        lambda: watched.standing.heard(BEAT),
        watched.standing.away,
        lambda: watched.standing.lost(Loss.ENDED),
        lambda: watched.standing.unavailable(BluetoothProblem.SWITCHED_OFF),
        watched.standing.ended,
    ]
    for step in steps:
        step()
        seen.append(watched.status.state.value)
    assert " ".join(seen) == (
        "absent connecting subscribed live silent live lost lost unavailable ended"
    )


def test_a_state_knows_when_it_began_and_a_beat_when_it_came() -> None:
    watched = Watched()
    watched.link()
    watched.hear(BEAT, 3)
    assert watched.status.since_ms == 1_001_000
    assert watched.status.last_beat_ms == 1_003_000
    watched.hear(NOTHING, 2)
    assert (watched.status.state, watched.status.last_beat_ms) == (StrapState.LIVE, 1_003_000)


def test_before_the_first_search_is_over_nothing_is_suggested() -> None:
    assert Watched().hint() is None


def test_when_none_is_heard_wet_pads_are_suggested_until_one_is() -> None:
    watched = Watched()
    watched.search_in_vain()
    assert watched.hint() is Hint.WORN_AND_WET
    watched.standing.searched(heard=True, stranger=False)
    watched.standing.connecting(None)
    assert watched.hint() is None


def test_another_of_the_same_name_is_told_of_until_it_is_gone() -> None:
    watched = Watched()
    watched.search_in_vain(stranger=True)
    assert watched.hint() is Hint.STRANGER
    watched.search_in_vain()
    assert watched.hint() is Hint.WORN_AND_WET


@pytest.mark.parametrize("loss", [Loss.REFUSED, Loss.UNANSWERED])
def test_one_that_refuses_twice_may_be_held_until_it_no_longer_does(loss: Loss) -> None:
    watched = Watched()
    watched.refuse(loss)
    assert watched.hint() is None
    watched.refuse(loss)
    assert watched.hint() is Hint.HELD
    watched.standing.searched(heard=True, stranger=False)
    watched.standing.connecting(None)
    assert watched.hint() is Hint.HELD
    watched.standing.subscribed()
    assert watched.hint() is None


def test_one_that_refused_and_is_heard_no_more_may_be_held_for_a_minute() -> None:
    watched = Watched()
    watched.refuse()
    watched.refuse()
    watched.after(59)
    watched.search_in_vain()
    assert watched.hint() is Hint.HELD
    watched.after(1)
    watched.search_in_vain()
    assert watched.hint() is Hint.WORN_AND_WET
    watched.refuse()
    assert watched.hint() is None


@pytest.mark.parametrize("said", [None, NOTHING])
def test_a_link_without_a_beat_for_five_seconds_says_so_until_one_comes(
    said: HeartRate | None,
) -> None:
    watched = Watched()
    watched.link()
    for s in range(5):
        assert watched.hint() is None, s
        watched.after(1)
        if said:
            watched.standing.heard(said)
    assert watched.hint() is Hint.NO_BEAT
    watched.standing.heard(BEAT)
    assert watched.hint() is None


def test_a_minute_of_heart_rate_without_intervals_is_told_until_they_come() -> None:
    watched = Watched()
    watched.link()
    watched.hear(BARE, 60)
    assert watched.hint() is None
    watched.hear(BARE, 1)
    assert watched.hint() is Hint.NO_INTERVALS
    watched.hear(BEAT, 1)
    assert watched.hint() is None


def test_intervals_of_no_length_are_none() -> None:
    watched = Watched()
    watched.link()
    watched.hear(decode(encode(60, [0])), 61)
    assert watched.hint() is Hint.NO_INTERVALS


def test_without_bluetooth_its_problem_is_told_and_no_strap_is_suspected() -> None:
    watched = Watched()
    watched.search_in_vain()
    watched.standing.unavailable(BluetoothProblem.SWITCHED_OFF)
    assert (watched.status.problem, watched.hint()) == (BluetoothProblem.SWITCHED_OFF, None)
    watched.standing.lost(None)
    assert (watched.status.problem, watched.hint()) == (None, None)


def test_lost_links_are_counted_by_their_cause() -> None:
    watched = Watched()
    for loss in (Loss.ENDED, Loss.REFUSED, Loss.ENDED, None):
        watched.link()
        watched.standing.lost(loss)
        watched.standing.searched(heard=True, stranger=False)
    assert watched.status.losses == ((Loss.ENDED, 2), (Loss.REFUSED, 1))


def test_a_link_that_ended_with_bluetooth_is_not_laid_to_the_strap() -> None:
    watched = Watched()
    watched.link()
    watched.standing.lost(Loss.ENDED)
    watched.standing.unavailable(BluetoothProblem.SWITCHED_OFF)
    watched.standing.unavailable(BluetoothProblem.SWITCHED_OFF)
    assert watched.status.losses == ((Loss.BLUETOOTH, 1),)


def test_what_was_known_of_one_strap_is_not_said_of_another() -> None:
    watched = Watched()
    watched.link()
    watched.standing.put_on("Polar H10", None)
    watched.hear(BEAT, 1)
    watched.standing.charged(80)
    watched.standing.told(Nameplate("Polar", "H10", "001"))
    watched.standing.put_on("TICKR", KnownStrap("A0", "TICKR", "T1", None, 0))
    status = watched.status
    assert (status.name, status.model, status.maker, status.serial) == ("TICKR", "T1", None, None)
    assert (status.battery_percent, status.last_beat_ms) == (None, None)


def test_what_is_remembered_of_a_strap_stays_where_it_does_not_answer() -> None:
    watched = Watched()
    watched.standing.put_on("TICKR", KnownStrap("A0", "TICKR", "T1", "7", 0))
    watched.standing.told(Nameplate("Wahoo", None, None))
    status = watched.status
    assert (status.maker, status.model, status.serial) == ("Wahoo", "T1", "7")
