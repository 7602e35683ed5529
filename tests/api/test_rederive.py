"""The past thought through anew: what stays, what changes, and that nothing is invented."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from softfront_api.diary import Diary, StoredDecision
from softfront_api.practising import Practising
from softfront_api.reasons import why
from softfront_api.settings import Settings
from softfront_api.shapes.heard import PauseIn
from softfront_api.shapes.practices import PracticeIn
from softfront_api.tact import GATES
from softfront_api.taking_in import again, rederive
from softfront_api.taking_in.afterwards import HISTORY
from softfront_api.words import say
from softfront_sensors.packet import Packet, Reading
from softfront_sensors.simulated import Episode, Kind
from softfront_sensors.source import Batch, SourceEnded
from softfront_signal import gates, indicator, mind
from softfront_signal.moments import Answer, Rule, State

from .living import START, Home, Time, a_shift, from_second, up_to_second

LENGTH_S = 2600
SHIFT = a_shift(
    LENGTH_S,
    Episode(Kind.SLIP, 900, 40),
    Episode(Kind.WALK, 1700, 60),
    Episode(Kind.STRAIN, 2450, 120),
)
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
TABLES = ("session", "chunk", "window", "decision", "prompt", "pause", "journal", "settings")
DERIVED = ("window", "decision")

OTHER_RULE = """
import os
from softfront_api.diary import putting
from softfront_signal import indicator, mind
indicator.HOLD_MS, mind.RULE_VERSION = 20_000, "2.1"
left, written = [{dies_at}], putting.anew
def anew(*what):
    written(*what)
    left[0] -= 1
    if left[0] == 0:
        os._exit(137)  # as a kill does: nothing is closed, nothing is committed
putting.anew = anew
from softfront_api.__main__ import main
main()
"""


async def pauses(home: Home) -> None:
    await home.replies.begin_pause("a-key-of-the-page", PauseIn())


async def practises(home: Home) -> None:
    await Practising(home.session).begin("morning", "key-of-the-morning", PracticeIn())


async def asks_for_more(home: Home) -> None:
    await home.replies.change(Settings(percentile=90), 0)


async def watches_the_rate_alone(home: Home) -> None:
    await home.replies.change(Settings(rule=Rule.HEART_RATE), 1)


async def was_moving(home: Home) -> None:
    await home.replies.answer(home.diary.prompts()[0].id, Answer.WAS_MOVING)


def later(sent: Sequence[Reading], by_ms: int, before: int = 0) -> list[Reading]:
    """Send the same on another day."""
    return [
        replace(r, seq=r.seq + before, t_ms=r.t_ms + by_ms, wall_ms=r.wall_ms + by_ms) for r in sent
    ]


def live(folder: Path) -> None:
    """Live two days: a restart in a shift, offer, answer, pause, practice, choices, and a gap."""
    time = Time()
    with Home(folder, up_to_second(SHIFT, 1200), "one", time) as home:
        home.says(503, asks_for_more).says(700, pauses).says(820, practises).lives()
    time.now_ms = START + 1_230_000
    gone = [r for r in from_second(SHIFT, 1230) if not 1900_000 <= r.t_ms - START < 1990_000]
    gone = [replace(r, seq=seq) for seq, r in enumerate(gone, start=1)]
    with Home(folder, gone, "two", time) as home:
        home.says(1450, was_moving).says(1707, watches_the_rate_alone).lives()
    time.now_ms = START + DAY_MS
    both = later(SHIFT, DAY_MS)
    both += later(up_to_second(SHIFT, 400), 2 * DAY_MS, both[-1].seq)
    with Home(folder, both, "three", time) as home:
        home.lives()


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lived")
    live(folder)
    return folder


@pytest.fixture
def folder(lived: Path, tmp_path: Path) -> Path:
    copy = sqlite3.connect(tmp_path / "diary.db")
    with closing(sqlite3.connect(lived / "diary.db")) as of, closing(copy):
        of.backup(copy)
    return tmp_path


@pytest.fixture
def diary(folder: Path) -> Iterator[Diary]:
    with Diary.open(folder, demo=False) as opened:
        yield opened


def kept(diary: Diary, tables: Sequence[str] = TABLES) -> dict[str, list[tuple[object, ...]]]:
    """Read whole tables, as they lie in the file."""
    with closing(sqlite3.connect(diary.file)) as file:
        return {
            name: file.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in tables
        }


def decisions(diary: Diary) -> tuple[StoredDecision, ...]:
    return diary.decisions(0, 2**53)


def test_the_same_rule_derives_the_same_past_to_the_last_byte(diary: Diary) -> None:
    before = kept(diary)
    told = rederive(diary)
    assert told.changed == told.otherwise == told.left == 0
    assert kept(diary) == before
    assert told.shifts == 3
    assert told.marks == len(decisions(diary)) > 1000
    chosen = {(it.decision.rule, it.decision.percentile) for it in decisions(diary)}
    assert chosen == {("combined", 95), ("combined", 90), ("heart-rate", 95)}
    assert told.offers == len([d for d in decisions(diary) if d.prompt_id]) > 1


@pytest.fixture
def other_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speak after twenty seconds, and say so."""
    monkeypatch.setattr(indicator, "HOLD_MS", 20_000)
    monkeypatch.setattr(mind, "RULE_VERSION", "2.1")


def test_another_rule_changes_what_was_thought_and_nothing_that_happened(
    diary: Diary, other_rule: None
) -> None:
    before, thought = kept(diary), decisions(diary)
    told = rederive(diary)
    after, anew = kept(diary), decisions(diary)
    assert {name for name in TABLES if after[name] != before[name]} <= set(DERIVED)
    assert 0 < told.otherwise < told.changed == told.marks - told.offers
    assert {d.decision.rule_version for d in anew if not d.prompt_id} == {"2.1"}
    assert [d for d in anew if d.prompt_id] == [d for d in thought if d.prompt_id]
    assert [d.decision.t_ms for d in anew] == [d.decision.t_ms for d in thought]


def test_what_would_have_been_offered_is_kept_back_by_the_past(
    diary: Diary, other_rule: None
) -> None:
    rederive(diary)
    silent = [
        d for d in decisions(diary) if d.decision.state is State.CANDIDATE and not d.prompt_id
    ]
    reasons = {d.decision.reason for d in silent}
    assert HISTORY in reasons
    assert reasons <= {HISTORY, *GATES}
    for stored in silent:
        closed = [gate.id for gate in stored.decision.gates if not gate.open]
        assert closed[0] == stored.decision.reason
        told = why(stored.decision, stored.verdict)
        assert say(told.id, values=told.values).startswith("No offer")


def test_going_back_to_the_first_rule_gives_back_the_first_past(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept(diary)
    with monkeypatch.context() as changed:
        changed.setattr(indicator, "HOLD_MS", 20_000)
        changed.setattr(gates, "SHADOW_S", 600)
        assert rederive(diary).otherwise > 0
    rederive(diary)
    assert kept(diary) == before


def test_a_second_time_changes_nothing(diary: Diary, other_rule: None) -> None:
    rederive(diary)
    before = kept(diary, (*TABLES, "state"))
    assert rederive(diary).changed == 0
    assert kept(diary, (*TABLES, "state")) == before


def test_each_shift_learns_from_those_before_it_as_they_are_derived_now(
    diary: Diary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A life under the new rule from the start has the same windows and decisions."""
    monkeypatch.setattr(gates, "SHADOW_S", 7 * 60)
    live(tmp_path / "anew")
    with Diary.peek(tmp_path / "anew", demo=False) as anew:
        lived = anew.decisions(0, 2**53)
        learnt = [w.window.t_ms for w in anew.windows(0, 2**53) if w.learnt]
        offers = [offer.t_ms for offer in anew.prompts()]
    assert [offer.t_ms for offer in diary.prompts()] == offers
    assert rederive(diary).changed > 0
    assert [w.window.t_ms for w in diary.windows(0, 2**53) if w.learnt] == learnt
    here = decisions(diary)
    assert [d for d in here if not d.prompt_id] == [d for d in lived if not d.prompt_id]


@pytest.mark.parametrize("after", [0, 1])
def test_broken_off_it_leaves_whole_shifts_and_goes_on_from_there(
    diary: Diary, tmp_path: Path, other_rule: None, after: int
) -> None:
    rest: list[int] = []

    def pulls_the_plug(done: int, of: int) -> None:
        if done > after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rederive(diary, on_shift=pulls_the_plug)
    mixed = {d.decision.rule_version for d in decisions(diary) if not d.prompt_id}
    assert mixed == {"2.0", "2.1"}
    rederive(diary, on_shift=lambda done, of: rest.append(of))
    assert rest == [2 - after] * (2 - after)
    half = kept(diary)
    assert rederive(diary).changed == 0
    assert kept(diary) == half


def test_a_range_derives_the_shifts_that_reach_into_it(diary: Diary, other_rule: None) -> None:
    told = rederive(diary, START + DAY_MS, START + DAY_MS + HOUR_MS)
    assert told.shifts == 1
    new = {d.decision.t_ms for d in decisions(diary) if d.decision.rule_version == "2.1"}
    assert START + DAY_MS <= min(new) < max(new) < START + 2 * DAY_MS
    alone = {d for d in decisions(diary) if d.decision.t_ms >= START + 2 * DAY_MS}
    assert {d.decision.rule_version for d in alone} == {"2.0"}


def test_a_range_in_the_midst_of_a_life_derives_it_as_the_whole_does(diary: Diary) -> None:
    before = kept(diary)
    for day in range(3):
        begins = START + day * DAY_MS
        told = rederive(diary, begins, begins + HOUR_MS)
        assert (told.shifts, told.changed) == (1, 0)
    assert kept(diary) == before


def test_a_long_shift_is_derived_in_pieces_and_is_the_same(
    diary: Diary, other_rule: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole = rederive(diary)
    before = kept(diary)
    monkeypatch.setattr(again, "_PIECE_MS", 613_000)
    told = rederive(diary)
    assert (told.marks, told.changed) == (whole.marks, 0)
    monkeypatch.setattr(indicator, "HOLD_MS", 45_000)
    rederive(diary)
    monkeypatch.setattr(indicator, "HOLD_MS", 20_000)
    rederive(diary)
    assert kept(diary) == before


def test_a_shift_whose_readings_are_damaged_stays_as_it_was(diary: Diary, other_rule: None) -> None:
    with closing(sqlite3.connect(diary.file)) as file, file:
        file.execute("UPDATE chunk SET crc32 = crc32 + 1 WHERE session = 'two' AND seq0 = 1")
    told = rederive(diary)
    assert (told.shifts, told.left) == (3, 1)
    versions = {d.session: d.decision.rule_version for d in decisions(diary)}
    assert versions == {"one": "2.0", "two": "2.0", "three": "2.1"}


@pytest.mark.parametrize("dies_at", [1, 2, 3])
def test_killed_while_it_writes_each_shift_is_the_old_or_the_new_one(
    folder: Path, other_rule: None, dies_at: int
) -> None:
    for dies in (dies_at, 0):
        code = OTHER_RULE.format(dies_at=dies)
        command = [sys.executable, "-P", "-c", code, "rederive", "--data", str(folder)]
        ran = subprocess.run(command, capture_output=True, timeout=60)
        assert ran.returncode == (137 if dies else 0)
        with Diary.open(folder, demo=False) as looked:
            silent = [d for d in decisions(looked) if not d.prompt_id]
            days = {(d.decision.t_ms - START) // DAY_MS: d.decision.rule_version for d in silent}
            new = dies_at - 1 if dies else 3
            assert days == dict(enumerate(["2.1"] * new + ["2.0"] * (3 - new)))
            assert len({d.decision.rule_version for d in silent}) == (1 if new in (0, 3) else 2)
    with Diary.open(folder, demo=False) as looked:
        before = kept(looked)
        assert rederive(looked).changed == 0
        assert kept(looked) == before


def test_what_a_new_start_saw_of_a_strap_that_had_come_off_is_seen_again(tmp_path: Path) -> None:
    """The strap came off, the house began anew, and nothing more was heard."""
    time, worn = Time(), up_to_second(SHIFT, 400)
    packet = next(r for r in reversed(worn) if isinstance(r, Packet))
    off: list[Reading] = [
        replace(packet, seq=worn[-1].seq + n, t_ms=packet.t_ms + n * 1000, data=b"\x04\x00")
        for n in (1, 2, 3)
    ]
    with Home(tmp_path, [*worn, *off], "one", time) as home:
        home.lives()
    with Home(tmp_path, [], "two", time) as home:
        home.source.poll = silent(time, 12)  # type: ignore[method-assign]  # a strap that is not found
        home.lives()
        before = kept(home.diary)
        assert [d.session for d in decisions(home.diary)].count("two") >= 2
    with Diary.open(tmp_path, demo=False) as diary:
        assert rederive(diary).changed == 0
        assert kept(diary) == before


def test_of_a_silence_between_two_sessions_the_one_before_is_asked(tmp_path: Path) -> None:
    """The strap came off and the house began anew: what came before is not what it wakes to."""
    time = Time()
    slips = a_shift(2000, Episode(Kind.SLIP, 1096, 40))
    with Home(tmp_path, up_to_second(slips, 1100), "one", time) as home:
        home.lives()
    time.now_ms = START + 1_250_000
    with Home(tmp_path, from_second(slips, 1250), "two", time) as home:
        home.lives()
        before = kept(home.diary)
        assert rederive(home.diary).changed == 0
        assert kept(home.diary) == before


def silent(time: Time, turns: int) -> Callable[[], Coroutine[Any, Any, tuple[Batch, ...]]]:
    """Let seconds pass in which nothing comes."""
    left = iter(range(turns))

    async def poll() -> tuple[Batch, ...]:
        if next(left, None) is None:
            raise SourceEnded
        time.now_ms += 1000
        return ()

    return poll


def test_the_word_of_tact_stands_where_a_mark_still_is_a_candidate(
    diary: Diary, other_rule: None
) -> None:
    """An offer that comes back passes over some gates; which one held it is told only once."""
    rederive(diary)
    found = next(d for d in decisions(diary) if d.decision.reason == "refractory")
    stood = tuple(replace(g, open=g.open and g.id != "quiet") for g in found.decision.gates)
    said = replace(found, decision=replace(found.decision, reason="quiet", gates=stood))
    diary.derive_anew((said,), ())
    assert rederive(diary).changed == 0
    assert said in decisions(diary)


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [("expired", "silent"), ("with_patient", "deferred"), ("silent_control", "silent_control")],
)
def test_the_word_of_tact_stands_where_a_rise_waited(
    diary: Diary, other_rule: None, reason: str, verdict: str
) -> None:
    rederive(diary)
    found = next(d for d in decisions(diary) if d.decision.state is State.WATCH)
    said = replace(found, decision=replace(found.decision, reason=reason), verdict=verdict)
    diary.derive_anew((said,), ())
    assert rederive(diary).changed == 0
    assert said in decisions(diary)
