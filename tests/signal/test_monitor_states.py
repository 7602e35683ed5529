from collections.abc import Iterator
from itertools import pairwise

from softfront_sensors.heart_rate import Contact
from softfront_sensors.packet import Packet
from softfront_signal.baseline import Baseline
from softfront_signal.moments import (
    MARK_MS,
    Missing,
    State,
)
from softfront_signal.monitor import Monitor

from .making import (
    START,
    between,
    decide,
    decided,
    packet,
    reasons,
    shift,
    slip,
    states,
    tick,
    without_motion,
)

HELD = frozenset({State.CANDIDATE})


def irregular(length_s: int) -> Iterator[Packet]:
    """Send beats that come in plenty, and no two alike."""
    for s in range(1, length_s):
        yield packet(s, *((400, 620), (1240,), (480, 900), (1100,))[s % 4])


def test_a_strap_put_on_warms_up_and_is_ready() -> None:
    calm = decided()
    assert states(between(calm, 60, 290)) == {State.WARMUP}
    assert reasons(between(calm, 60, 290)) == {"warmup"}
    assert states(between(calm, 310, 1800)) <= {State.READY, State.WATCH}


def test_a_strap_just_put_on_is_not_called_a_poor_signal() -> None:
    first = between(decided(), 0, 60)
    assert states(first) == {State.WARMUP}
    assert reasons(first) == {"warmup"}
    # And still no number is given.
    assert first[0].missing is Missing.POOR_SIGNAL


def test_a_poor_signal_is_called_so_after_the_first_minute() -> None:
    thin = [packet(s, 1024) for s in range(1, 300) if s % 6 > 2]
    assert states(between(decide(thin), 70, 290)) == {State.NO_SIGNAL}
    assert reasons(between(decide(thin), 70, 290)) == {"signal"}


def test_a_slipped_strap_is_off_and_its_numbers_wait_until_it_holds_again() -> None:
    slipped = decided(slip(900, 50))
    assert states(between(slipped, 905, 945)) == {State.CONTACT}
    assert {d.missing for d in between(slipped, 905, 945)} == {Missing.STRAP_OFF}
    assert states(between(slipped, 955, 990)) == {State.NO_SIGNAL}
    assert states(between(slipped, 1020, 1100)) <= {State.READY, State.WATCH}


def test_a_minute_off_the_skin_is_a_new_strap() -> None:
    slipped = decided(slip(900, 120))
    assert states(between(slipped, 1025, 1310)) == {State.WARMUP}
    assert states(between(slipped, 1330, 1800)) <= {State.READY, State.WATCH}


def test_packets_without_beats_are_a_strap_off_after_ten_seconds() -> None:
    off = decide([*(packet(s, 1024) for s in range(1, 100)), *(packet(s) for s in range(100, 150))])
    # The last beat came at 99 s.
    assert [d.missing is Missing.STRAP_OFF for d in between(off, 100, 115)] == [False, True, True]


def test_fifteen_seconds_without_a_packet_are_no_link() -> None:
    silent = decide([*shift(length_s=400), tick(500)])
    assert states(between(silent, 420, 500)) == {State.OFF}
    assert reasons(between(silent, 420, 500)) == {"silent_strap"}


def test_a_link_that_was_lost_may_come_back_within_the_hour() -> None:
    played = [r for r in shift() if not START + 900_000 < r.t_ms < START + 1_000_000]
    marks = [d.t_ms for d in decide(played)]
    assert {b - a for a, b in pairwise(marks)} == {MARK_MS}


def test_an_irregular_rhythm_gives_no_number_and_no_candidate() -> None:
    found = decide(list(irregular(900)))
    assert states(between(found, 90, 880)) == {State.NO_SIGNAL}
    assert reasons(between(found, 90, 880)) == {"irregular"}


def test_after_two_hours_of_silence_the_monitor_sleeps() -> None:
    played = shift(length_s=400)
    silent = decide([*played, *(tick(400 + 60 * n) for n in range(600))])
    assert 7195_000 <= silent[-1].t_ms - played[-1].t_ms <= 7200_000


def test_a_new_shift_wakes_the_monitor_and_warms_up() -> None:
    late = START + 10 * 3_600_000
    first = without_motion(shift(length_s=400))
    second = [Packet(1, 2, r.t_ms - START + late, 0, r.data) for r in first]
    found = [d for d in decide([*first, *second]) if d.t_ms >= late]
    assert found[0].t_ms == late + MARK_MS
    assert {d.state for d in found if d.t_ms < late + 290_000} == {State.WARMUP}


def test_when_the_strap_went_on_is_known() -> None:
    monitor = Monitor(Baseline())
    assert monitor.worn_since_ms is None
    for reading in shift(slip(300, 90), length_s=299):
        monitor.hear(reading)
    assert monitor.worn_since_ms is not None
    assert monitor.worn_since_ms - START < 3000


def test_contact_told_lost_is_strap_off_at_once() -> None:
    lost = packet(61, contact=Contact.LOST)
    found = decide([*(packet(s, 1024) for s in range(1, 61)), lost, tick(66)])
    assert found[-1].missing is Missing.STRAP_OFF
