"""What the monitor makes of straps that are not what they seem."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import TypeAlias

import pytest

from softfront_sensors.heart_rate import Contact as Told
from softfront_sensors.heart_rate import decode, encode
from softfront_sensors.packet import Gap, Motion, Packet
from softfront_signal.contact import Contact
from softfront_signal.moments import Decision, Missing, State
from softfront_signal.monitor import Event, Monitor
from softfront_signal.unit import Unit

from .making import (
    START,
    between,
    candidates_s,
    decide,
    reasons,
    shift,
    states,
    still_minutes,
    strain,
    tick,
    without_motion,
)

Change: TypeAlias = Callable[[Sequence[int]], Sequence[int]]
CALM = without_motion(shift(length_s=900))


def same(words: Sequence[int]) -> Sequence[int]:
    return words


def in_ms(words: Sequence[int]) -> Sequence[int]:
    return [round(word * 1000 / 1024) for word in words]


def twice(words: Sequence[int]) -> Sequence[int]:
    return [word for each in words for word in (each, each)]


def resent(
    packets: Iterable[Packet], change: Change = same, told: Told = Told.ON, from_s: float = 0
) -> list[Packet]:
    """Send the same readings as another strap would."""
    sent = []
    for packet in packets:
        said = decode(packet.data)
        words = change(said.rr_ticks) if packet.t_ms >= START + 1000 * from_s else said.rr_ticks
        sent.append(replace(packet, data=encode(said.hr_bpm or 0, words, told)))
    return sent


def begun(events: Iterable[Event], unit: Unit | None = None) -> tuple[Monitor, list[Decision]]:
    monitor = Monitor(still_minutes(14))
    monitor.begin(unit)
    return monitor, [decision for event in events for decision in monitor.hear(event)]


def numbers(decisions: Iterable[Decision]) -> list[tuple[float, float]]:
    return [(d.window.hr_bpm or 0, d.window.rmssd_ms or 0) for d in decisions]


def test_milliseconds_known_from_before_are_read_as_such_from_the_first_beat() -> None:
    _, ticks = begun(CALM)
    _, ms = begun(resent(CALM, in_ms), Unit.MS)
    pairs = list(zip(numbers(ticks), numbers(ms), strict=True))
    assert all(a == pytest.approx(b, abs=0.3) for a, b in pairs)
    assert [d.state for d in ms] == [d.state for d in ticks]


def test_milliseconds_are_found_out_and_read_as_such_from_then_on() -> None:
    monitor, found = begun(resent(CALM, in_ms))
    _, ticks = begun(CALM)
    assert monitor.verdict.unit is Unit.MS
    early, late = between(found, 40, 55), between(found, 180, 900)
    assert numbers(early)[0][0] / numbers(between(ticks, 40, 55))[0][0] > 1.02
    pairs = list(zip(numbers(late), numbers(between(ticks, 180, 900)), strict=True))
    assert all(a == pytest.approx(b, abs=0.3) for a, b in pairs)


def test_no_difference_is_taken_between_two_readings_of_one_heart() -> None:
    # A heart like a clock: any difference but a tick or so would be one of reading.
    steady = [replace(p, data=encode(60, (1000 - at % 2,))) for at, p in enumerate(_every_s(300))]
    monitor, found = begun(steady)
    assert monitor.verdict.unit is Unit.MS
    assert max(d.window.rmssd_ms or 0 for d in found) < 2


def _every_s(length_s: int) -> list[Packet]:
    jitter = Random(3)
    times = [START + 1000 * s + round(jitter.expovariate(1 / 80)) for s in range(1, length_s)]
    return [Packet(at, 1, t_ms, t_ms, b"") for at, t_ms in enumerate(times, start=1)]


def test_a_strap_of_the_standard_is_found_to_be_one_and_nothing_changes() -> None:
    monitor, found = begun(CALM)
    assert monitor.verdict.unit is Unit.TICKS
    assert not monitor.verdict.filler
    assert decide(CALM) == found


def test_what_is_found_now_counts_for_more_than_what_was_known() -> None:
    monitor, found = begun(CALM, Unit.MS)
    _, known = begun(CALM, Unit.TICKS)
    assert monitor.verdict.unit is Unit.TICKS
    assert numbers(between(found, 180, 900)) == numbers(between(known, 180, 900))


def test_a_new_session_is_judged_anew() -> None:
    monitor, _ = begun(resent(CALM, in_ms))
    monitor.begin(Unit.MS)
    assert monitor.verdict.unit is None
    assert monitor.verdict.packets == 0
    assert monitor.contact is Contact.PLAUSIBLE


def test_readings_that_were_lost_on_the_way_break_the_run_of_a_verdict() -> None:
    monitor, _ = begun(CALM[:30])
    end = CALM[29]
    monitor.hear(Gap(end.seq + 1, 1, end.t_ms + 1, end.wall_ms + 1, count=1))
    for packet in CALM[30:70]:
        monitor.hear(packet)
    assert monitor.verdict.unit is None
    for packet in CALM[70:100]:
        monitor.hear(packet)
    assert monitor.verdict.unit is Unit.TICKS


def test_beats_said_twice_give_no_number() -> None:
    monitor, found = begun(resent(without_motion(shift(strain(400, 300))), twice))
    assert monitor.verdict.doubled
    late = between(found, 60, 890)
    assert {d.missing for d in late} == {Missing.POOR_SIGNAL}
    assert reasons(late) == {"signal"}
    assert not candidates_s(found)


def test_a_closed_gate_says_that_nothing_of_a_strap_that_makes_up_beats_counts() -> None:
    late = between(decide(resent(CALM, twice)), 300, 890)
    assert min(d.window.coverage for d in late) == 1.0
    assert {(g.open, g.value) for d in late for g in d.gates if g.id == "signal"} == {(False, 0.0)}


def test_a_frozen_strap_gives_no_number_until_a_minute_after_it_thawed() -> None:
    frozen = resent(CALM, lambda words: [900 for _ in words], from_s=300)
    thawed = [*frozen[:500], *CALM[500:]]
    found = decide(thawed)
    assert {d.missing for d in between(found, 400, 500)} == {Missing.POOR_SIGNAL}
    # The jump back to the heart's own level is judged like any other.
    assert {d.missing for d in between(found, 580, 890)} == {None}


def fills(one_in: int) -> Change:
    draw = Random(2)
    return lambda words: [500 if draw.randrange(one_in) == 0 else word for word in words]


def test_fillers_are_flagged_and_not_removed() -> None:
    monitor, found = begun(resent(CALM, fills(12)))
    assert monitor.verdict.filler
    sent = resent(CALM, fills(12))
    filled = [p.t_ms for p in sent for word in decode(p.data).rr_ticks if word == 500]
    for d in between(found, 300, 890):
        # A filler is shorter than what it stands for, and its beats some seconds early.
        inside = sum(d.t_ms - 55_000 < t_ms <= d.t_ms for t_ms in filled)
        assert d.window.beats - d.window.valid >= inside
        assert d.missing in (None, Missing.POOR_SIGNAL)


def test_fillers_in_a_row_are_no_faster_heart() -> None:
    row = [
        replace(p, data=encode(decode(p.data).hr_bpm or 0, [500] * len(decode(p.data).rr_ticks)))
        if at % 40 < 7
        else p
        for at, p in enumerate(CALM)
    ]
    filled, true = (numbers(between(decide(sent), 300, 890)) for sent in (row, CALM))
    assert all(abs(a[0] - b[0]) < 2 for a, b in zip(filled, true, strict=True))


def test_many_fillers_are_a_poor_signal_and_no_irregular_rhythm() -> None:
    late = between(decide(resent(CALM, fills(3))), 300, 890)
    assert {d.missing for d in late} == {Missing.POOR_SIGNAL}


def off_skin(from_s: int, to_s: int) -> list[Packet]:
    """Send what an H10 sends for a while when it is taken off: a rate, and no beat."""
    worn = resent(CALM[:from_s], told=Told.UNSUPPORTED)
    return [*worn, *(replace(p, data=encode(68)) for p in CALM[from_s:to_s])]


def test_a_strap_that_does_not_say_is_suspect_before_it_is_off() -> None:
    found = decide(off_skin(400, 440))
    assert {d.missing for d in between(found, 380, 404)} == {None}
    suspect = between(found, 406, 411)
    assert [(d.missing, d.window.coverage >= 0.8) for d in suspect] == [(Missing.POOR_SIGNAL, True)]
    assert {d.missing for d in between(found, 415, 435)} == {Missing.STRAP_OFF}


def test_contact_can_be_read() -> None:
    assert begun(CALM)[0].contact is Contact.ON
    assert begun(resent(CALM, told=Told.UNSUPPORTED))[0].contact is Contact.PLAUSIBLE
    assert begun(off_skin(400, 410))[0].contact is Contact.SUSPECT
    assert begun(resent(CALM[:9], told=Told.LOST))[0].contact is Contact.LOST


def test_a_strap_on_a_table_is_suspect_sooner() -> None:
    at_ms = START + 400_000
    still, moved = (
        begun([*off_skin(400, 405), Motion(1, 1, at_ms, at_ms, move_mg=mg)])[0].contact
        for mg in (0, 30)
    )
    assert (still, moved) == (Contact.SUSPECT, Contact.PLAUSIBLE)


def only_rate(from_s: int, to_s: int, told: Told = Told.UNSUPPORTED) -> list[Packet]:
    return [replace(p, data=encode(70 + p.seq % 3, (), told)) for p in CALM[from_s:to_s]]


def test_a_sender_of_rates_alone_is_told_so_after_a_minute() -> None:
    found = decide(only_rate(0, 300))
    assert {d.missing for d in between(found, 15, 60)} == {Missing.STRAP_OFF}
    late = between(found, 66, 290)
    assert {d.missing for d in late} == {Missing.NO_INTERVALS}
    assert states(late) == {State.NO_SIGNAL}
    assert reasons(late) == {"no_intervals"}


@pytest.mark.parametrize("told", [Told.UNSUPPORTED, Told.ON])
def test_its_rate_is_shown_and_nothing_is_made_of_it(told: Told) -> None:
    late = between(decide(only_rate(0, 300, told)), 66, 290)
    assert {d.window.hr_bpm for d in late} <= {70, 71, 72}
    assert {(d.window.rmssd_ms, d.window.beats, d.window.coverage) for d in late} == {(None, 0, 0)}
    assert {d.learnt_ms for d in late} == {None}
    assert {(d.z_hr, d.route) for d in late} == {(None, None)}
    assert not any(g.open for d in late for g in d.gates if g.id in ("signal", "warmup"))


def test_a_sender_of_rates_that_says_it_lost_the_skin_is_off() -> None:
    found = decide([*only_rate(0, 100), *only_rate(100, 300, Told.LOST)])
    assert {d.missing for d in between(found, 105, 290)} == {Missing.STRAP_OFF}


def test_intervals_after_all_make_it_a_strap() -> None:
    found = decide([*only_rate(0, 200), *CALM[200:300]])
    assert {d.missing for d in between(found, 260, 290)} == {None}
    assert Missing.NO_INTERVALS not in {d.missing for d in between(found, 205, 290)}


def test_a_strap_that_told_intervals_and_tells_none_any_more_is_off() -> None:
    found = decide([*CALM[:200], *only_rate(200, 400)])
    assert {d.missing for d in between(found, 215, 390)} == {Missing.STRAP_OFF}


def test_another_sender_may_be_one_of_rates_alone() -> None:
    monitor, _ = begun(CALM[:200])
    monitor.begin()
    found = [d for event in only_rate(200, 400) for d in monitor.hear(event)]
    assert {d.missing for d in between(found, 270, 390)} == {Missing.NO_INTERVALS}


def test_a_rate_that_is_old_is_not_shown() -> None:
    found = decide([*only_rate(0, 100), *(tick(s) for s in range(101, 130))])
    assert between(found, 112, 116)[0].missing is Missing.STRAP_OFF
    assert between(found, 120, 125)[0].missing is Missing.NO_LINK
    assert {d.window.hr_bpm for d in between(found, 112, 130)} == {None}


@pytest.mark.parametrize("change", [same, in_ms, twice, fills(12)])
def test_the_same_packets_give_the_same_decisions(change: Change) -> None:
    sent = resent(CALM, change)
    assert repr(decide(sent)) == repr(decide(sent))


def test_a_packet_is_never_changed() -> None:
    sent = resent(CALM, in_ms)
    before = [packet.data for packet in sent]
    begun(sent, Unit.MS)
    assert [packet.data for packet in sent] == before
    assert all(a.t_ms <= b.t_ms for a, b in pairwise(sent))


def test_the_latest_beat_tells_its_age_and_how_far_it_may_be_off() -> None:
    monitor, _ = begun(CALM[:1])
    early = monitor.last_beat
    assert early is not None
    for packet in CALM[1:300]:
        monitor.hear(packet)
    late = monitor.last_beat
    assert late is not None
    assert 0 <= late.age_ms < 1500
    assert late.uncertainty_ms < 150 < early.uncertainty_ms
