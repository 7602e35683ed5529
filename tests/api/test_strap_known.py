"""What is found out about a strap is stored with it, holds the next time, and is seen."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from softfront_api.diary import Diary
from softfront_api.shapes.moments import Now
from softfront_api.straps import known_unit, unit_of
from softfront_api.windows import windows
from softfront_sensors.heart_rate import Contact, decode, encode
from softfront_sensors.packet import Packet, Reading
from softfront_sensors.simulated import Person, readings
from softfront_sensors.source import SessionInfo
from softfront_signal.unit import Unit

from .living import START, Time
from .test_several_sources import Ward, far

RATE = 70


def in_ms(sent: Sequence[Reading]) -> list[Reading]:
    """Let a strap say milliseconds where 1/1024 s belong, as some do."""
    return [replace(r, data=_in_ms(r.data)) if isinstance(r, Packet) else r for r in sent]


def _in_ms(data: bytes) -> bytes:
    said = decode(data)
    words = [round(ticks * 1000 / 1024) for ticks in said.rr_ticks]
    return encode(said.hr_bpm or 0, words, said.contact)


def a_heart(seed: int, from_s: int, length_s: int) -> list[Reading]:
    return list(readings(Person(seed), START + 1000 * from_s, length_s))


def rates_alone(length_s: int) -> list[Reading]:
    data = encode(RATE)
    return [Packet(s, 1, START + 1000 * s, START + 1000 * s, data) for s in range(1, length_s)]


def without_contact(sent: Sequence[Reading]) -> list[Reading]:
    """Let a strap say nothing of the skin, as an H10 does."""
    changed = {r.seq: decode(r.data) for r in sent if isinstance(r, Packet)}
    return [
        replace(r, data=encode(said.hr_bpm or 0, said.rr_ticks, Contact.UNSUPPORTED))
        if isinstance(r, Packet) and (said := changed[r.seq])
        else r
        for r in sent
    ]


def of_one_strap(name: str) -> SessionInfo:
    return replace(far(name), strap="A0:00:00:00:00:01")


def worn(folder: Path, *sessions: tuple[SessionInfo, Sequence[Reading]]) -> Now:
    async def wear() -> Now:
        async with Ward(folder, Time()) as ward:
            for info, sent in sessions:
                await ward.wear(replace(info, started_ms=sent[0].t_ms), sent)
            return ward.session.now()

    return asyncio.run(wear())


def hr_bpm(folder: Path, session: str) -> list[float]:
    with Diary.peek(folder, demo=False) as diary:
        found = diary.windows(START, START + 10**8)
    return [w.window.hr_bpm for w in found if w.session == session and w.window.hr_bpm]


def test_a_strap_that_counts_in_milliseconds_is_found_out_and_known_the_next_time(
    tmp_path: Path,
) -> None:
    first, second = a_heart(7, 0, 240), a_heart(8, 300, 120)
    one, two = of_one_strap("one"), of_one_strap("two")
    worn(tmp_path / "ticks", (one, first), (two, second))
    seen = worn(tmp_path / "ms", (one, in_ms(first)), (two, in_ms(second)))
    assert hr_bpm(tmp_path / "ms", "two") == pytest.approx(hr_bpm(tmp_path / "ticks", "two"), 0.003)
    assert hr_bpm(tmp_path / "ms", "one")[-1] == pytest.approx(
        hr_bpm(tmp_path / "ticks", "one")[-1], 0.003
    )
    with Diary.peek(tmp_path / "ms", demo=False) as diary:
        stored = diary.session("one")
        assert stored is not None
        assert stored.audit is not None
        assert (stored.audit["unit"], stored.audit["slope"]) == (
            "ms",
            pytest.approx(1000, rel=0.01),
        )
        assert unit_of(diary, "two") is Unit.MS
        assert known_unit(diary, one) is None, "before the first session nothing was known"
    assert seen.heart_rate.value is not None


def test_another_strap_is_not_judged_by_this_ones_unit(tmp_path: Path) -> None:
    other = replace(far("two"), strap="A0:00:00:00:00:02")
    first, second = in_ms(a_heart(7, 0, 240)), a_heart(8, 300, 90)
    worn(tmp_path, (of_one_strap("one"), first), (other, second))
    with Diary.peek(tmp_path, demo=False) as diary:
        assert (unit_of(diary, "one"), unit_of(diary, "two")) == (Unit.MS, Unit.TICKS)


def test_what_was_found_is_told_in_a_sentence(tmp_path: Path) -> None:
    seen = worn(tmp_path, (of_one_strap("one"), in_ms(a_heart(7, 0, 240))))
    assert [found.id for found in seen.strap.audit] == ["strap.audit.ms"]


def test_a_heart_rate_alone_is_shown_compared_with_nothing_and_offers_nothing(
    tmp_path: Path,
) -> None:
    seen = worn(tmp_path, (far("watch"), rates_alone(180)))
    assert (seen.missing, seen.sentence.id) == ("no_intervals", "now.no_intervals")
    assert (seen.heart_rate.value, seen.rmssd.value) == (RATE, None)
    with Diary.peek(tmp_path, demo=False) as diary:
        assert diary.prompts() == ()
        told = windows(diary, START + 120_000, START + 170_000, 10)
        assert not diary.still_minutes(START)
    assert set(told.state) == {"no_intervals"}
    assert set(told.hr_bpm) == {RATE}
    assert set(told.rmssd_ms) == {None}


def test_of_a_strap_that_does_not_say_the_contact_is_judged_from_its_beats(tmp_path: Path) -> None:
    silent = without_contact(a_heart(7, 0, 120))
    assert worn(tmp_path / "h10", (far("one"), silent)).strap.contact == "plausible"
    assert worn(tmp_path / "h7", (far("one"), a_heart(7, 0, 120))).strap.contact == "on"


def test_after_a_restart_the_same_is_thought_of_such_a_strap(tmp_path: Path) -> None:
    sent = in_ms(a_heart(7, 0, 400))

    async def wear(*stops: int) -> list[object]:
        time, rest = Time(), list(sent)
        for stop_s in (*stops, 10**6):
            async with Ward(tmp_path / str(len(stops)), time) as ward:
                now = [r for r in rest if r.t_ms < START + 1000 * stop_s]
                await ward.wear(of_one_strap("one"), now)
                rest = rest[len(now) :]
                decided = [(d.decision.t_ms, d.decision.window) for d in ward.decided()]
        return list(decided)

    assert asyncio.run(wear(30, 150, 300)) == asyncio.run(wear())
