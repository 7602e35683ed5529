from collections.abc import Iterable
from itertools import islice

import pytest

from softfront_sensors.heart_rate import TICKS_PER_S, decode, encode
from softfront_sensors.heart_rate import Contact as Told
from softfront_sensors.packet import Motion, Packet
from softfront_sensors.simulated import Person
from softfront_signal.contact import Contact, ContactSense

from .making import START
from .wearing import Worn

OFF_S = 60


def h10(at_s: float, bpm: int, *rr_ticks: int, told: Told = Told.UNSUPPORTED) -> Packet:
    t_ms = START + round(1000 * at_s)
    return Packet(1, 1, t_ms, t_ms, encode(bpm, rr_ticks, told))


def heard(packets: Iterable[Packet]) -> list[tuple[float, Contact]]:
    sense, states = ContactSense(), []
    for packet in packets:
        sense.hear(packet, decode(packet.data))
        states.append(((packet.t_ms - START) / 1000, sense.state))
    return states


def worn(bpm: float, seed: int = 3, until_s: int = OFF_S) -> list[Packet]:
    return [sent for sent, _ in Worn(seed, bpm=bpm, length_s=until_s).packets()]


def suspect_from_s(packets: Iterable[Packet]) -> float | None:
    return next((at for at, state in heard(packets) if state is Contact.SUSPECT), None)


@pytest.mark.parametrize("told", [Told.ON, Told.LOST])
def test_what_the_strap_says_holds(told: Told) -> None:
    assert heard([h10(1, 70, 900, told=told)]) == [(1, Contact(told.value))]


@pytest.mark.parametrize("bpm", [32, 38, 45, 52, 58, 60, 70, 100, 150])
@pytest.mark.parametrize("seed", range(5))
def test_worn_an_h10_is_plausible_at_any_rate(bpm: int, seed: int) -> None:
    assert {state for _, state in heard(worn(bpm, seed, 300))} == {Contact.PLAUSIBLE}


def test_a_strap_that_holds_its_intervals_for_four_seconds_is_plausible() -> None:
    beats = list(islice(Person(3, (), 48.0).beats(), 300))
    packets = []
    for second in range(1, 240):
        held = [rr for at_s, rr in beats if second - 4 <= at_s < second] if second % 4 == 0 else []
        packets.append(h10(second, 48, *held))
    assert {state for _, state in heard(packets)} == {Contact.PLAUSIBLE}


def test_lost_packets_are_not_lost_skin() -> None:
    thinned = [sent for at, sent in enumerate(worn(70, 3, 300)) if at % 20 not in (4, 5, 6, 7)]
    assert {state for _, state in heard(thinned)} == {Contact.PLAUSIBLE}


@pytest.mark.parametrize("bpm", [45, 60, 75, 120])
@pytest.mark.parametrize("frozen", [True, False])
def test_beats_that_stay_away_are_suspect_within_15_s(bpm: int, frozen: bool) -> None:
    off = [h10(OFF_S + s, bpm if frozen else bpm + s % 3) for s in range(1, 30)]
    noticed_s = suspect_from_s([*worn(bpm), *off])
    assert noticed_s is not None
    assert OFF_S + 3 < noticed_s <= OFF_S + 15


def test_half_the_beats_are_suspect_within_20_s() -> None:
    thin = [h10(OFF_S + s, 70, *([878] if s % 2 else [])) for s in range(1, 40)]
    noticed_s = suspect_from_s([*worn(70), *thin])
    assert noticed_s is not None
    assert noticed_s <= OFF_S + 20


def test_a_frozen_rate_and_a_still_body_are_hints_and_no_proof() -> None:
    frozen = [h10(s, 60, 1024 + s % 5) for s in range(1, 120)]
    assert {state for _, state in heard(frozen)} == {Contact.PLAUSIBLE}
    sense = ContactSense()
    for packet in worn(70):
        sense.hear_motion(Motion(1, 1, packet.t_ms, packet.t_ms, move_mg=0))
        sense.hear(packet, decode(packet.data))
        assert sense.state is Contact.PLAUSIBLE


def noticed_beside_s(move_mg: int) -> float:
    sense = ContactSense()
    for packet in [*worn(70), *(h10(OFF_S + s, 70 + s % 3) for s in range(1, 30))]:
        sense.hear_motion(Motion(1, 1, packet.t_ms, packet.t_ms, move_mg=move_mg))
        sense.hear(packet, decode(packet.data))
        if sense.state is Contact.SUSPECT:
            return (packet.t_ms - START) / 1000
    raise AssertionError


def test_a_still_body_makes_missing_beats_suspect_sooner() -> None:
    assert noticed_beside_s(move_mg=0) < noticed_beside_s(move_mg=40)


def test_beats_that_come_back_are_believed_within_15_s() -> None:
    off = [h10(OFF_S + s, 70) for s in range(1, 60)]
    back = [h10(OFF_S + 60 + s, 60, 1020 + s % 9) for s in range(60)]
    states = heard([*worn(70), *off, *back])
    assert [state for at, state in states if at > OFF_S + 75] == [Contact.PLAUSIBLE] * 44


def test_a_strap_that_never_tells_intervals_is_plausible_while_it_tells_a_rate() -> None:
    assert {state for _, state in heard(h10(s, 70) for s in range(100))} == {Contact.PLAUSIBLE}
    nothing = [*(h10(s, 70) for s in range(50)), *(h10(s, 0) for s in range(50, 70))]
    assert suspect_from_s(nothing) == 60


def test_ticks_are_counted_as_a_second_has_them() -> None:
    # A minute of beats that cover every second, told to the tick, owes nothing.
    assert suspect_from_s(h10(s, 60, TICKS_PER_S) for s in range(60)) is None
