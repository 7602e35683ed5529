"""When each beat fell: held against the truth, over many hearts."""

from collections.abc import Sequence
from functools import cache
from statistics import fmean, median, pstdev

import pytest

from softfront_sensors.heart_rate import TICKS_PER_S, decode
from softfront_sensors.packet import Packet
from softfront_signal.beats import Beat, BeatClock

from .making import START, packet
from .wearing import Worn

SEEDS = range(40)
TEN_MIN = 600


@cache
def worn(seed: int, at_70: bool = False) -> list[tuple[Packet, list[float]]]:
    return list(Worn.of(seed, length_s=TEN_MIN, **({"bpm": 70.0} if at_70 else {})).packets())


def told(packets: Sequence[tuple[Packet, list[float]]]) -> list[tuple[Beat, float]]:
    """Pair each beat with how far its stamp lies from where it truly fell, in milliseconds."""
    clock, pairs = BeatClock(), []
    for sent, true_s in packets:
        beats = clock.hear(sent, decode(sent.data))
        for beat, at_s in zip(beats, true_s, strict=True):
            pairs.append((beat, beat.t_ms - START - 1000 * at_s))
    return pairs


def off_ms(packets: Sequence[tuple[Packet, list[float]]]) -> list[float]:
    return [off for _, off in told(packets)]


def back_dated_off_ms(packets: Sequence[tuple[Packet, list[float]]]) -> list[float]:
    """Stamp the beats of each packet from its arrival alone, as the control."""
    found = []
    for sent, true_s in packets:
        at_ms: float = sent.t_ms - START
        for rr, at_s in reversed(list(zip(decode(sent.data).rr_ticks, true_s, strict=True))):
            found.append(at_ms - 1000 * at_s)
            at_ms -= rr * 1000 / TICKS_PER_S
    return found


def jitter_ms(off: Sequence[float]) -> float:
    """Give the standard deviation after the first minute or so; no constant offset is in it."""
    return pstdev(off[120:])


def from_middle_ms(off: Sequence[float]) -> float:
    """Give the median distance from the median, the first minute included."""
    return median(abs(each - median(off)) for each in off)


@pytest.mark.parametrize("at_70", [True, False])
def test_beat_stamps_jitter_by_at_most_20_ms(at_70: bool) -> None:
    offs = [off_ms(worn(seed, at_70)) for seed in SEEDS]
    assert median(map(jitter_ms, offs)) <= 20
    assert median(map(from_middle_ms, offs)) <= 20


def test_back_dated_from_each_packet_they_would_jitter_by_a_quarter_second() -> None:
    found = median(jitter_ms(back_dated_off_ms(worn(seed, at_70=True))) for seed in SEEDS)
    assert 200 <= found <= 300


@cache
def errors() -> list[tuple[float, Beat, float]]:
    """Gather seconds worn, beat and error; what is held back from all alike is not in it."""
    found = []
    for seed in SEEDS:
        held_back_ms = 1000 * Worn.of(seed).latency_s
        for beat, off in told(worn(seed)):
            found.append(((beat.t_ms - START) / 1000, beat, abs(off - held_back_ms)))
    return found


@pytest.mark.parametrize(("from_s", "to_s"), [(0, 10), (10, 60), (60, 180), (180, TEN_MIN)])
def test_the_truth_lies_within_the_uncertainty_95_times_in_100(from_s: int, to_s: int) -> None:
    within = [e <= beat.uncertainty_ms for at_s, beat, e in errors() if from_s <= at_s < to_s]
    assert fmean(within) >= 0.95


def test_the_uncertainty_is_no_larger_than_it_must_be() -> None:
    late = [(beat.uncertainty_ms, e) for at_s, beat, e in errors() if at_s > 180]
    largest_95 = sorted(e for _, e in late)[round(0.95 * len(late))]
    assert median(within for within, _ in late) < 2 * largest_95


def test_the_uncertainty_shrinks_as_a_run_goes_on() -> None:
    by_minute = [
        median(beat.uncertainty_ms for at_s, beat, _ in errors() if from_s <= at_s < from_s + 10)
        for from_s in (0, 10, 30, 60, 180)
    ]
    assert by_minute == sorted(by_minute, reverse=True)
    assert by_minute[0] > 500
    assert by_minute[-1] < 150


def test_after_a_cut_nothing_is_certain_again() -> None:
    clock = BeatClock()
    before = [b for sent, _ in worn(3)[:300] for b in clock.hear(sent, decode(sent.data))]
    clock.cut()
    after = [b for sent, _ in worn(3)[300:] for b in clock.hear(sent, decode(sent.data))]
    assert before[-1].uncertainty_ms < 150
    assert after[0].uncertainty_ms > 1000


def test_the_age_of_a_beat_is_how_old_it_was_when_its_packet_arrived() -> None:
    clock = BeatClock()
    for s in range(1, 60):
        clock.hear(packet(s, 1024), decode(packet(s, 1024).data))
    late = packet(63.4, 1024, 512)
    assert [beat.age_ms for beat in clock.hear(late, decode(late.data))] == [3400, 2900]
