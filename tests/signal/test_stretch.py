from collections.abc import Sequence
from itertools import pairwise
from math import sqrt
from statistics import mean

import pytest

from softfront_sensors.heart_rate import Contact, decode
from softfront_sensors.packet import Packet
from softfront_signal.artefacts import settled
from softfront_signal.beats import BeatClock
from softfront_signal.moments import Missing
from softfront_signal.stretch import Stretch, measure_stretch
from softfront_signal.unit import Unit

from .making import START, packet, shift, slip, strain, walk, without_motion

CALM = without_motion(shift(length_s=700))
FROM_S, TO_S = 120.0, 420.0


def ms(at_s: float) -> int:
    return START + round(1000 * at_s)


def measured(
    sent: Sequence[Packet] = CALM,
    without: Sequence[tuple[float, Missing]] = (),
    from_s: float = FROM_S,
    to_s: float = TO_S,
) -> Stretch:
    marks = [(ms(at_s), why) for at_s, why in without]
    return measure_stretch([sent], marks, ms(from_s), ms(to_s))


def every_mark(from_s: int, to_s: int, why: Missing) -> list[tuple[float, Missing]]:
    return [(float(at_s), why) for at_s in range(from_s + 5, to_s + 1, 5)]


def naive(sent: Sequence[Packet], spans: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Count heart rate and RMSSD the long way round, over some stretches of one calm run."""
    clock = BeatClock()
    judged = list(settled(b for p in sent for b in clock.hear(p, decode(p.data))))
    beats, steps = [], []
    for from_s, to_s in spans:
        inside = [j for j in judged if ms(from_s) < j.beat.t_ms <= ms(to_s)]
        beats += [j.beat.rr_ticks for j in inside if j.is_nn]
        pairs = pairwise(inside)
        steps += [b.beat.rr_ticks - a.beat.rr_ticks for a, b in pairs if a.is_nn and b.is_nn]
    return 60 * 1024 / mean(beats), sqrt(mean(s * s for s in steps)) * 1000 / 1024


def test_a_stretch_is_its_beats_counted_over_the_whole_of_it() -> None:
    rate, variation = naive(CALM, [(FROM_S, TO_S)])
    found = measured()
    assert found.heart_rate is not None
    assert found.rmssd is not None
    assert found.heart_rate.value == pytest.approx(rate, rel=1e-12)
    assert found.rmssd.value == pytest.approx(variation, rel=1e-12)
    assert found.excluded == ()


def test_what_is_left_out_counts_for_nothing_and_no_difference_reaches_over_it() -> None:
    rate, variation = naive(CALM, [(FROM_S, 200), (260, TO_S)])
    found = measured(without=every_mark(200, 260, Missing.MOVING))
    assert found.heart_rate is not None
    assert found.rmssd is not None
    assert found.heart_rate.value == pytest.approx(rate, rel=1e-12)
    assert found.rmssd.value == pytest.approx(variation, rel=1e-12)
    assert found.excluded == ((Missing.MOVING, 60),)


def test_what_was_left_out_is_named_the_most_first() -> None:
    without = every_mark(150, 170, Missing.STRAP_OFF) + every_mark(300, 340, Missing.MOVING)
    found = measured(without=without)
    assert found.excluded == ((Missing.MOVING, 40), (Missing.STRAP_OFF, 20))


def test_only_the_seconds_inside_a_stretch_are_left_out_of_it() -> None:
    found = measured(without=every_mark(100, 500, Missing.MOVING), from_s=122, to_s=129)
    assert found.excluded == ((Missing.MOVING, 7),)
    assert measured(without=[(FROM_S, Missing.MOVING), (TO_S + 5, Missing.MOVING)]).excluded == ()


def test_a_stretch_less_than_half_covered_has_no_number() -> None:
    scarce = measured(without=every_mark(120, 280, Missing.STRAP_OFF))
    plenty = measured(without=every_mark(120, 260, Missing.STRAP_OFF))
    assert (scarce.heart_rate, scarce.rmssd) == (None, None)
    assert scarce.beats > 0
    assert plenty.heart_rate is not None


def test_beats_of_two_sessions_are_no_neighbours() -> None:
    # A steady 800 ms, then a steady 600 ms: within each there is no difference at all.
    slow = [packet(0.8 * i, 819) for i in range(1, 400)]
    fast = [packet(320 + 0.6 * i, 614) for i in range(1, 400)]
    apart = measure_stretch([slow, fast], (), ms(100), ms(500))
    assert apart.rmssd is not None
    assert apart.rmssd.value == 0.0


def test_a_session_that_ends_in_a_spoilt_beat_takes_none_from_the_next() -> None:
    # Within one run a beat too many spoils two intervals: its own and its partner.
    one = [packet(0.8 * i, 819) for i in range(1, 300)] + [packet(239.6, 205)]
    other = [packet(241 + 0.8 * i, 819) for i in range(1, 300)]
    apart = measure_stretch([one, other], (), ms(-10), ms(500))
    together = measure_stretch([[*one, packet(240.4, 819)]], (), ms(-10), ms(245))
    assert apart.beats == 299 + 299
    assert together.beats == 299


def test_each_session_is_read_in_its_own_unit() -> None:
    # A steady 800 ms, told in ticks and then in milliseconds.
    ticks = [packet(0.8 * i, 819) for i in range(1, 250)]
    ms_told = [packet(200 + 0.8 * i, 800) for i in range(1, 250)]
    told = measure_stretch([ticks, ms_told], (), ms(100), ms(300), [None, Unit.MS])
    untold = measure_stretch([ticks, ms_told], (), ms(100), ms(300))
    assert told.heart_rate is not None
    assert untold.heart_rate is not None
    assert told.heart_rate.value == pytest.approx(75, abs=0.05)
    assert untold.heart_rate.value == pytest.approx(75.9, abs=0.1)


def test_a_slipped_strap_adds_no_beats() -> None:
    worn = without_motion(shift(slip(200, 60), length_s=500))
    assert measured(worn).beats < measured().beats
    off = [packet(float(s), contact=Contact.LOST) for s in range(700)]
    assert measured(off).heart_rate is None
    assert measured([]).beats == 0


def test_the_spread_lies_around_the_value() -> None:
    for sent in (CALM, without_motion(shift(strain(200, 60), walk(300, 40), length_s=500))):
        found = measured(sent)
        for number in (found.heart_rate, found.rmssd):
            assert number is not None
            assert number.low <= number.value <= number.high


@pytest.mark.parametrize("length_s", [0, 1, 12])
def test_a_moment_is_measured_without_a_fault(length_s: int) -> None:
    found = measured(from_s=300, to_s=300 + length_s)
    assert found.rmssd is None
    assert found.beats <= 2 * length_s
