from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from softfront_sensors.heart_rate import Contact, decode
from softfront_sensors.packet import Packet
from softfront_sensors.simulated import Person
from softfront_signal.beats import Beat, BeatClock

from .making import START, packet
from .wearing import Worn


def hear(*packets: Packet) -> list[Beat]:
    clock = BeatClock()
    return [beat for sent in packets for beat in clock.hear(sent, decode(sent.data))]


def runs(*packets: Packet) -> list[int]:
    return [beat.run for beat in hear(*packets)]


def steady(from_s: int, to_s: int, epoch: int = 1) -> list[Packet]:
    return [packet(s, 1024, epoch=epoch) for s in range(from_s, to_s)]


def simulated(delay_s: float, length_s: int = 600) -> tuple[list[float], list[Packet]]:
    """Send a simulated heart's beats once a second, each packet late by up to `delay_s`."""
    draw, beats, packets = Random(3), Person(7).beats(), []
    truth: list[float] = []
    t_s, rr = next(beats)
    arrival = 0.0
    for second in range(1, length_s):
        held = []
        while t_s <= second:
            truth.append(t_s)
            held.append(rr)
            t_s, rr = next(beats)
        arrival = max(arrival, second + draw.uniform(0, delay_s))
        packets.append(packet(arrival, *held))
    return truth, packets


def late_ms(delay_s: float, after: int = 60) -> list[float]:
    truth, packets = simulated(delay_s)
    found = hear(*packets)
    assert len(found) == len(truth)
    pairs = zip(found, truth, strict=True)
    return [beat.t_ms - START - 1000 * true for beat, true in pairs][after:]


def test_beats_end_with_the_packet_and_stand_an_interval_apart() -> None:
    one, two, three = hear(packet(10, 1024, 512, 2048))
    assert (one.t_ms, two.t_ms, three.t_ms) == (START + 7500, START + 8000, START + 10_000)


def test_a_steady_link_is_one_run() -> None:
    assert set(runs(*steady(1, 60))) == {1}


def test_a_new_link_cuts_the_run() -> None:
    assert runs(packet(1, 1024), packet(2, 1024, epoch=2)) == [1, 2]


def test_lost_contact_cuts_the_run_and_tells_no_beat() -> None:
    lost = packet(2, 1024, contact=Contact.LOST)
    assert runs(packet(1, 1024), lost, packet(3, 1024)) == [1, 2]


def test_a_packet_without_intervals_is_no_gap() -> None:
    # 40 beats a minute: every third packet holds none.
    beats_each_second = [(1536,), (), (1536,), (1536,), (), (1536,)] * 20
    sent = [packet(s, *rr) for s, rr in enumerate(beats_each_second, start=1)]
    assert set(runs(*sent)) == {1}


def test_a_long_silence_cuts_the_run() -> None:
    assert runs(packet(1, 1024), packet(90, 1024)) == [1, 2]


def test_five_lost_seconds_cut_at_once() -> None:
    assert runs(packet(1, 1024), packet(7.2, 1024)) == [1, 2]


def test_no_difference_reaches_across_three_lost_seconds() -> None:
    sent = [*steady(1, 10), *steady(13, 20)]
    assert runs(*sent) == [1] * 9 + [2] * 7


def test_three_lost_seconds_are_certain_with_the_second_packet_that_shows_them() -> None:
    times = [beat.t_ms for beat in hear(*steady(1, 10), *steady(13, 20))]
    assert times[8:12] == [START + 1000 * s for s in (9, 10, 14, 15)]


def test_one_packet_late_by_two_seconds_costs_a_difference_and_no_time() -> None:
    late = [packet(12.4, 1024), packet(12.5, 1024), packet(12.6, 1024)]
    found = hear(*steady(1, 10), *late, *steady(13, 30))
    assert [beat.run for beat in found] == [1] * 9 + [2] * 20
    assert [beat.t_ms for beat in found] == [START + 1000 * s for s in range(1, 30)]


def test_a_long_interval_is_not_lost_time() -> None:
    assert set(runs(packet(1, 1024), packet(4, 3072), packet(5, 1024))) == {1}


def test_runs_only_count_up() -> None:
    gaps = [packet(s, 1024) for s in (1, 2, 30, 31, 99, 100)]
    assert runs(*gaps) == [1, 1, 2, 2, 3, 3]


def test_beat_times_jitter_little_where_packets_jitter_much() -> None:
    late = late_ms(delay_s=0.9)
    assert max(late) - min(late) < 250
    # The packets themselves come up to two seconds after the beat.
    assert min(late) > -10
    assert max(late) < 300


def test_beat_times_are_close_where_packets_are_prompt() -> None:
    late = late_ms(delay_s=0.05)
    assert max(late) - min(late) < 100


def test_a_late_first_packet_is_made_good() -> None:
    sent = [packet(1.9, 1024), *steady(2, 60)]
    assert [beat.t_ms for beat in hear(*sent)][1:] == [START + 1000 * s for s in range(2, 60)]


def test_a_strap_whose_crystal_is_slow_is_followed_without_a_cut() -> None:
    # 100 parts per million: in an hour it falls a third of a second behind.
    sent = [packet(s * 1.0001, 1024) for s in range(1, 3600)]
    found = hear(*sent)
    assert {beat.run for beat in found} == {1}
    assert found[-1].t_ms > sent[-1].t_ms - 20


def test_a_clock_that_was_cut_is_as_one_that_begins() -> None:
    # Else a restart would move beats by a tick, and with them a mark's window.
    before, after = steady(1, 7), [packet(s + 0.001 * (s % 3), 1024) for s in range(100, 160)]
    cut = [beat.t_ms for beat in hear(*before, *after)[6:]]
    assert cut == [beat.t_ms for beat in hear(*after)]


def test_a_single_lost_beat_is_noticed_within_a_minute_and_its_time_made_good() -> None:
    heard = list(Worn(3, length_s=180).packets())
    del heard[90]
    found = hear(*(sent for sent, _ in heard))
    truth = [1000 * at_s for _, true_s in heard for at_s in true_s]
    off_ms = [b.t_ms - START - true_ms for b, true_ms in zip(found, truth, strict=True)]
    assert max(off_ms[110:114]) < -500
    assert found[118].uncertainty_ms > 500
    assert -50 < min(off_ms[-60:]) <= max(off_ms[-60:]) < 150
    assert {beat.run for beat in found} == {1}


def test_what_was_told_before_a_cut_is_not_told_again() -> None:
    # Another strap takes over and sends what it still holds: two beats are old.
    over = packet(60.875, 1024, 1024, 1024, epoch=2)
    found = hear(*steady(1, 61), over, packet(61.875, 1024, epoch=2))
    assert [beat.t_ms - START for beat in found[-3:]] == [60_000, 60_875, 61_875]
    assert [beat.run for beat in found[-3:]] == [1, 2, 2]


def test_a_first_packet_places_its_beats_late_and_so_the_middle_decides() -> None:
    # It comes 375 ms after its beat, which is the one the other strap told at 60 s.
    found = hear(*steady(1, 61), packet(60.375, 1024, epoch=2), packet(61.125, 1024, epoch=2))
    assert [beat.t_ms for beat in found[-2:]] == [START + 60_000, START + 61_125]


def test_within_a_run_every_interval_is_told() -> None:
    crowded = [packet(s / 4, 1024) for s in range(4, 60)]
    assert len(hear(*crowded)) == len(crowded)


def test_a_strap_that_says_each_beat_twice_stays_in_the_present() -> None:
    sent = [packet(s, 1024, 1024) for s in range(1, 60)]
    assert hear(*sent)[-1].t_ms == sent[-1].t_ms


@given(
    st.lists(
        st.tuples(
            st.integers(0, 20_000),
            st.lists(st.integers(0, 0xFFFF), max_size=5),
            st.sampled_from(Contact),
            st.integers(1, 2),
        ),
        max_size=40,
    )
)
def test_no_beat_lies_in_the_future_or_before_the_one_before(
    sent: list[tuple[int, list[int], Contact, int]],
) -> None:
    clock, at_ms = BeatClock(), 0
    told: list[Beat] = []
    for wait_ms, rr_ticks, contact, epoch in sent:
        at_ms += wait_ms
        one = packet(at_ms / 1000, *rr_ticks, epoch=epoch, contact=contact)
        heard = clock.hear(one, decode(one.data))
        assert all(beat.t_ms <= one.t_ms for beat in heard)
        # After a cut the oldest may be left out; from then on every interval is told.
        left = len(heard)
        assert [beat.rr_ticks for beat in heard] == rr_ticks[len(rr_ticks) - left :]
        if contact is Contact.LOST:
            assert left == 0
        told.extend(heard)
    assert all(a.t_ms <= b.t_ms and a.run <= b.run for a, b in pairwise(told))
