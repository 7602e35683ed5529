"""What a strap fills in, freezes or says twice; and how the verdict is kept."""

import json
from collections.abc import Callable, Iterable
from random import Random
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_sensors.heart_rate import Contact as Told
from softfront_sensors.heart_rate import decode, encode
from softfront_sensors.packet import Packet
from softfront_sensors.simulated import Person
from softfront_signal.audit import Audit, Verdict
from softfront_signal.contact import ContactSense
from softfront_signal.coverage import IMPOSSIBLE_ABOVE, MISSING_BELOW
from softfront_signal.unit import Unit

from .making import START
from .wearing import Worn

Change: TypeAlias = Callable[[list[int], Random], list[int]]


def sent(at_s: float, bpm: int, *words: int, epoch: int = 1) -> Packet:
    t_ms = START + round(1000 * at_s)
    return Packet(1, epoch, t_ms, t_ms, encode(bpm, words))


def audited(packets: Iterable[Packet], known: Unit | None = None) -> Audit:
    audit = Audit(known)
    for packet in packets:
        audit.hear(packet, decode(packet.data))
    return audit


def worn(change: Change, bpm: float = 70.0, length_s: int = 600) -> list[Packet]:
    """Send a heart's intervals once a second, changed by the strap; its rate moves a little."""
    draw, beats, packets = Random(1), Person(3, (), bpm).beats(), []
    at_s, rr = next(beats)
    for second in range(1, length_s):
        held = []
        while at_s <= second:
            held.append(rr)
            at_s, rr = next(beats)
        packets.append(sent(second, round(bpm) + second // 10 % 6, *change(held, draw)))
    return packets


def honest(held: list[int], draw: Random) -> list[int]:
    return held


def fills(one_in: int) -> Change:
    return lambda held, draw: [500 if draw.random() < 1 / one_in else rr for rr in held]


def freezes(held: list[int], draw: Random) -> list[int]:
    return [878 for _ in held]


def says_twice(held: list[int], draw: Random) -> list[int]:
    """Say each beat again, and every third a third time 34 ms beside it."""
    twin = [[rr, rr] if draw.random() < 2 / 3 else [rr, rr, rr - 35] for rr in held]
    return [rr for each in twin for rr in each]


@pytest.mark.parametrize("bpm", [50.0, 70.0, 118.0, 123.0, 150.0])
def test_an_honest_strap_is_found_honest(bpm: float) -> None:
    audit = audited(worn(honest, bpm))
    found = audit.verdict
    assert (found.filler, found.frozen, found.doubled) == (False, False, False)
    assert not audit.untrusted(START + 600_000)
    assert found.coverage is not None
    assert MISSING_BELOW < found.coverage < IMPOSSIBLE_ABOVE


@pytest.mark.parametrize("one_in", [20, 80])
def test_fillers_are_told_from_hearts(one_in: int) -> None:
    audit = audited(worn(fills(one_in)))
    assert audit.verdict.filler
    assert audit.verdict.fillers > 5
    assert audit.read(decode(sent(1, 70, 500).data))[1] == 500
    assert not audit.untrusted(START + 600_000)


def test_500_beside_a_rate_of_120_is_a_beat() -> None:
    assert not audited(worn(fills(3), 132.0)).verdict.filler
    assert audited(worn(fills(20))).read(decode(sent(1, 121, 500).data))[1] is None


def test_early_beats_that_fall_near_500_are_no_fillers() -> None:
    def early(held: list[int], draw: Random) -> list[int]:
        return [draw.randint(490, 510) if draw.random() < 0.4 else rr for rr in held]

    found = audited(worn(early)).verdict
    assert found.fillers >= 5
    assert not found.filler


def test_a_filler_of_500_ms_is_512_ticks() -> None:
    audit = audited(worn(fills(20)), known=Unit.MS)
    assert audit.verdict.unit is None
    assert audit.read(decode(sent(1, 70, 500).data))[1] == 512


def test_intervals_that_stay_while_the_rate_moves_are_frozen() -> None:
    packets = worn(freezes)
    assert audited(packets).verdict.frozen
    # 70 bpm for ten seconds, then one more each: after forty the rate has moved by four.
    assert not audited(packets[:35]).verdict.frozen
    assert audited(packets[:45]).verdict.frozen_beats >= 45


def test_a_minute_of_equal_intervals_is_frozen_whatever_the_rate_says() -> None:
    steady = [sent(s, 60, 1024) for s in range(1, 100)]
    assert not audited(steady[:59]).verdict.frozen
    assert audited(steady[:60]).verdict.frozen


def test_equal_neighbours_are_real() -> None:
    eights = [sent(s, 60 + s % 8, 1000 + s // 8) for s in range(1, 200)]
    found = audited(eights).verdict
    assert found.copies > 100
    assert not found.frozen


def test_what_was_frozen_is_not_trusted_until_a_minute_later() -> None:
    packets = [*worn(freezes, length_s=120), *(sent(s, 70, 800 + s) for s in range(120, 200))]
    audit = audited(packets)
    assert audit.untrusted(START + 178_000)
    assert not audit.untrusted(START + 181_000)
    assert audit.verdict.frozen


def test_beats_said_twice_are_found_by_their_sum() -> None:
    audit = audited(worn(says_twice))
    found = audit.verdict
    assert found.doubled
    assert found.coverage is not None
    assert 1.8 < found.coverage < 2.7
    assert found.copies > 0.4 * found.beats
    assert audit.untrusted(START + 600_000)


def test_a_third_too_much_is_impossible_and_not_called_double() -> None:
    def some_twice(held: list[int], draw: Random) -> list[int]:
        return [rr for each in held for rr in [each] * (1 + (draw.random() < 1 / 3))]

    found = audited(worn(some_twice)).verdict
    assert not found.doubled
    assert found.coverage is not None
    assert found.coverage > IMPOSSIBLE_ABOVE


def test_beats_said_twice_are_found_within_half_a_minute() -> None:
    assert audited(worn(says_twice, length_s=30)).verdict.doubled


def test_a_strap_that_empties_its_buffer_does_not_double() -> None:
    full = [sent(1, 70), sent(11, 70, *[870] * 9), *(sent(11 + s, 70, 1024) for s in range(1, 60))]
    assert not audited(full).verdict.doubled


def test_coverage_is_never_capped_and_tells_missing_beats() -> None:
    half = [packet for at, packet in enumerate(worn(honest)) if at % 2]
    share = audited(half).verdict.coverage
    assert share is not None
    assert share == pytest.approx(0.5, abs=0.03)


def test_a_new_link_begins_coverage_anew() -> None:
    first = [sent(s, 60, 1024) for s in range(1, 60)]
    again = [sent(s, 60, 1000 + s % 50, epoch=2) for s in range(300, 360)]
    assert audited(first).verdict.coverage == 1.0
    assert audited([*first, *again]).verdict.coverage == pytest.approx(1.0, abs=0.02)
    assert audited([*first, *again[:10]]).verdict.coverage is None


def test_a_rate_without_intervals_is_told_after_a_minute_and_while_it_is_fresh() -> None:
    audit = audited(sent(s, 60 + s % 5) for s in range(100))
    assert audit.only_rate(START + 59_000) is None
    assert audit.only_rate(START + 99_000) == 64
    assert audit.only_rate(START + 110_000) is None


def test_one_interval_is_enough_to_know_that_there_are_some() -> None:
    packets = [sent(0, 60, 1024), *(sent(s, 60) for s in range(1, 100))]
    assert audited(packets).only_rate(START + 99_000) is None


def test_the_unit_known_from_before_is_read_until_another_is_found() -> None:
    ms, ticks = (
        [packet for packet, _ in Worn(3, words_per_s=unit.per_s, length_s=120).packets()]
        for unit in (Unit.MS, Unit.TICKS)
    )
    said = decode(sent(1, 60, 1000).data)
    assert Audit(Unit.MS).read(said)[0].rr_ticks == (1024,)
    assert Audit().read(said)[0].rr_ticks == (1000,)
    assert audited(ms).read(said)[0].rr_ticks == (1024,)
    assert audited(ticks, known=Unit.MS).read(said)[0].rr_ticks == (1000,)


@pytest.mark.parametrize("change", [honest, freezes, says_twice, fills(20)])
def test_a_verdict_is_kept_as_plain_values(change: Change) -> None:
    found = audited(worn(change)).verdict
    assert Verdict.of_plain(json.loads(json.dumps(found.to_plain()))) == found
    assert Verdict.of_plain({"unit": "ms", "yet_unknown": 3}) == Verdict(unit=Unit.MS)


def test_the_audit_is_a_function_of_the_packets() -> None:
    packets = worn(fills(20))
    assert audited(packets).verdict == audited(packets).verdict


@given(
    st.lists(
        st.tuples(
            st.integers(0, 30_000),
            st.lists(st.integers(0, 0xFFFF), max_size=5),
            st.integers(0, 0xFFFF),
            st.sampled_from(Told),
            st.integers(1, 2),
        ),
        max_size=120,
    )
)
def test_any_packets_whatever_are_audited(
    told: list[tuple[int, list[int], int, Told, int]],
) -> None:
    audit, contact, t_ms = Audit(), ContactSense(), START
    for wait_ms, words, rate, skin, epoch in told:
        t_ms += wait_ms
        packet = Packet(1, epoch, t_ms, t_ms, encode(rate, words, skin))
        audit.hear(packet, decode(packet.data))
        contact.hear(packet, decode(packet.data))
        assert contact.state.value == skin.value or skin is Told.UNSUPPORTED
    assert Verdict.of_plain(audit.verdict.to_plain()) == audit.verdict


def test_the_audit_of_a_day_holds_no_more_than_that_of_a_minute() -> None:
    def held(thing: object) -> int:
        parts = list(vars(thing).values()) if hasattr(thing, "__dict__") else []
        return 1 + sum(held(p) for p in parts) + (len(thing) if hasattr(thing, "__len__") else 0)

    lossy = [packet for packet, _ in Worn(3, length_s=4000, lose=0.05).packets()]
    assert held(audited(lossy)) < 200
