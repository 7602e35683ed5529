import os
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from softfront_api.diary import (
    Diary,
    Entry,
    JournalLine,
    Judged,
    StoredPause,
    StoredPrompt,
    StoredWindow,
    decision_id,
    write_line,
)
from softfront_api.diary.opening import writer
from softfront_api.errors import (
    DamagedChunk,
    DatabaseForeign,
    DatabaseInUse,
    DatabaseMissing,
    DatabaseUnusable,
    DiaryFull,
    EntryRefused,
    FolderNotWritable,
    NotInDiary,
    SequenceGap,
    SettingsConflict,
)
from softfront_sensors.packet import Motion, Packet
from softfront_sensors.source import SessionInfo
from softfront_signal.moments import (
    PERCENTILES,
    Band,
    Decision,
    Gate,
    Missing,
    Route,
    Soothing,
    State,
    Stillness,
    Usual,
    Window,
    Wording,
)

NOON_MS = 1_767_614_400_000
HOUR_MS = 3_600_000
ALWAYS = (0, NOON_MS * 2)
SESSION = SessionInfo("s1", "simulated", NOON_MS, live=True)
USUAL = Usual(
    Band(64.1, 79.2, 71.3), Band(20.5, 41.7, 29.9), 3.2, 3.39, 0.17, 1.64, 1.7, 120, 13, True
)


def packet(seq: int) -> Packet:
    t_ms = NOON_MS + seq * 1000
    return Packet(seq, 1, t_ms, t_ms + seq % 3, bytes((0x10, 72, seq % 256, 3)))


def decision(t_ms: int, missing: Missing | None = None, learnt_ms: int | None = None) -> Decision:
    return Decision(
        t_ms=t_ms,
        state=State.READY,
        since_ms=t_ms,
        reason="in_range",
        window=Window(t_ms, 72.3, 31.25, 72, 70, 68, 0.97, 0.02),
        missing=missing,
        stillness=Stillness.STILL,
        still_s=2040,
        usual=USUAL,
        learnt_ms=learnt_ms,
        learnt_percent=55,
        z_hr=0.3,
        z_rmssd=None,
        route=None,
        held_s=0,
        needed_s=45,
        rise_ms=None,
        wording=Wording.PLAIN,
        gates=(Gate("signal", True, 97, 80, "%"), Gate("motion", False)),
        rule="combined",
        percentile=95,
        rule_version="1.0",
        eligible=True,
    )


def prompt(prompt_id: str = "p1", t_ms: int = NOON_MS) -> StoredPrompt:
    reason = {"id": "prompt.body.hr", "hold_s": 45}
    return StoredPrompt(prompt_id, "s1", t_ms, t_ms + 90_000, Wording.PLAIN, "offered", reason)


def pause(pause_id: str = "b1", key: str = "k1") -> StoredPause:
    return StoredPause(pause_id, key, NOON_MS, session="s1")


@pytest.fixture
def diary(tmp_path: Path) -> Iterator[Diary]:
    with Diary.open(tmp_path / "data", demo=False) as opened:
        opened.begin_session(SESSION)
        yield opened


# --- what is stored, and in what steps


def test_readings_come_back_as_they_came(diary: Diary) -> None:
    readings = (packet(1), Motion(2, 2, NOON_MS + 2000, NOON_MS - 9, 104), packet(3))
    diary.commit(Entry("s1", readings[:1]))
    diary.commit(Entry("s1", readings[1:]))
    assert tuple(stored.reading for stored in diary.readings(*ALWAYS)) == readings


def test_readings_already_stored_are_dropped(diary: Diary) -> None:
    diary.commit(Entry("s1", (packet(1), packet(2))))
    assert diary.commit(Entry("s1", (packet(1), packet(2), packet(3)))) == 3
    assert [stored.reading.seq for stored in diary.readings(*ALWAYS)] == [1, 2, 3]


def test_after_a_gap_nothing_of_the_entry_is_there(diary: Diary) -> None:
    with pytest.raises(SequenceGap) as gap:
        diary.commit(Entry("s1", (packet(2),), (Judged(decision(NOON_MS)),), state=(("a", {}),)))
    assert (gap.value.expected, gap.value.got) == (1, 2)
    assert (diary.last_seq("s1"), diary.windows(*ALWAYS), diary.state("a")) == (0, (), None)


def test_a_mark_decided_twice_is_refused_with_all_that_came_beside_it(diary: Diary) -> None:
    diary.commit(Entry("s1", (packet(1),), (Judged(decision(NOON_MS)),)))
    with pytest.raises(EntryRefused):
        diary.commit(Entry("s1", (packet(2),), (Judged(decision(NOON_MS)),), state=(("a", {}),)))
    assert (diary.last_seq("s1"), diary.state("a")) == (1, None)
    assert diary.commit(Entry("s1", (packet(2),))) == 2


def test_marks_decided_before_stay_and_what_is_new_beside_them_is_kept(diary: Diary) -> None:
    first, again = decision(NOON_MS), replace(decision(NOON_MS), reason="short")
    diary.commit(Entry("s1", (packet(1),), (Judged(first),)))
    new = Judged(decision(NOON_MS + 5000), "prompted", f"s1.{NOON_MS + 5000}")
    offers = prompt(f"s1.{NOON_MS}"), prompt(f"s1.{NOON_MS + 5000}")
    entry, seq = diary.keep(Entry("s1", (packet(2),), (Judged(again), new), offers))
    assert (seq, entry.decisions, entry.prompts) == (2, (new,), offers[1:])
    kept = [(it.decision.t_ms, it.decision.reason) for it in diary.decisions(*ALWAYS)]
    assert kept == [(NOON_MS, "in_range"), (NOON_MS + 5000, "in_range")]


def test_an_entry_needs_a_session_that_was_begun(diary: Diary) -> None:
    with pytest.raises(NotInDiary):
        diary.commit(Entry("nobody", (packet(1),)))


def test_a_reopened_diary_goes_on_behind_what_it_holds(tmp_path: Path) -> None:
    for seq in (1, 2, 3):
        with Diary.open(tmp_path, demo=False) as diary:
            assert diary.begin_session(SESSION) == seq - 1
            diary.commit(Entry("s1", (packet(seq),)))
    with Diary.open(tmp_path, demo=False) as diary:
        assert [stored.reading for stored in diary.readings(*ALWAYS)] == [*map(packet, (1, 2, 3))]


def test_a_minute_of_single_packets_is_one_row(diary: Diary) -> None:
    for seq in range(1, 61):
        diary.commit(Entry("s1", (packet(seq),)))
    with sqlite3.connect(diary.file) as beside:
        assert beside.execute("SELECT count(*), sum(n) FROM chunk").fetchone() == (1, 60)
    beside.close()


def test_sessions_come_one_after_the_other_as_they_began(diary: Diary) -> None:
    diary.begin_session(SessionInfo("before", "a file", NOON_MS - 1, live=False))
    diary.commit(Entry("s1", (packet(1),)))
    diary.commit(Entry("before", (packet(1), packet(2))))
    assert [stored.session for stored in diary.readings(*ALWAYS)] == ["before", "before", "s1"]
    assert [stored.session for stored in diary.readings(*ALWAYS, session="s1")] == ["s1"]


def test_a_range_holds_its_first_moment_and_not_its_last(diary: Diary) -> None:
    diary.commit(Entry("s1", tuple(map(packet, range(1, 10)))))
    within = diary.readings(NOON_MS + 3000, NOON_MS + 6000)
    assert [stored.reading.seq for stored in within] == [3, 4, 5]


def test_a_damaged_chunk_is_named_and_no_value_of_it(diary: Diary) -> None:
    diary.commit(Entry("s1", (packet(1), packet(2))))
    with writer(diary.file).begin() as beside:
        beside.exec_driver_sql("UPDATE chunk SET blob = zeroblob(length(blob))")
    with pytest.raises(DamagedChunk, match=r"session s1 from number 1 on") as damaged:
        list(diary.readings(*ALWAYS))
    assert (damaged.value.session, damaged.value.seq0) == ("s1", 1)


# --- decisions and windows

_marks = count(NOON_MS, 5000)
_finite = st.floats(allow_nan=False, allow_infinity=False)
_maybe = st.none() | _finite
_bands = st.builds(Band, _finite, _finite, _finite)
_counts = st.integers(0, 10_000)
_decisions = st.builds(
    Decision,
    t_ms=st.just(0),
    state=st.sampled_from(State),
    reason=st.text(st.characters(codec="utf-8")),
    window=st.builds(
        Window, st.just(0), _maybe, _maybe, _counts, _counts, _counts, _finite, _finite, _maybe
    ),
    missing=st.none() | st.sampled_from(Missing),
    stillness=st.sampled_from(Stillness),
    still_s=st.none() | _counts,
    usual=st.none()
    | st.builds(
        Usual,
        _bands,
        _bands,
        *(_finite,) * 5,
        _counts,
        _counts,
        soothing=st.none() | _bands,
        moved=_maybe,
        slope_bpm=_finite,
        mean_bpm=_maybe,
    ),
    learnt_ms=st.none() | _counts,
    learnt_percent=st.integers(0, 100),
    since_ms=st.integers(1, 2**53),
    needed_s=_counts,
    percentile=st.sampled_from(PERCENTILES),
    eligible=st.booleans(),
    moved=_maybe,
    z_hr=_maybe,
    z_rmssd=_maybe,
    route=st.none() | st.sampled_from(Route),
    held_s=_counts,
    rise_ms=st.none() | _counts,
    wording=st.sampled_from(Wording),
    gates=st.lists(
        st.builds(Gate, st.text("abc_"), st.booleans(), _maybe, _maybe, st.none() | st.just("%"))
    ).map(tuple),
    rule=st.just("combined"),
    rule_version=st.just("1.0"),
    soothing=st.none() | st.builds(Soothing, _finite, _finite, _finite, _finite),
)


@given(drawn=_decisions)
@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_decision_comes_back_as_it_was(diary: Diary, drawn: Decision) -> None:
    t_ms = next(_marks)
    it = replace(drawn, t_ms=t_ms, window=replace(drawn.window, t_ms=t_ms))
    diary.commit(Entry("s1", decisions=(Judged(it),)))
    (stored,) = diary.decisions(t_ms, t_ms + 1)
    assert (stored.decision, stored.verdict, stored.demo) == (it, "silent", False)
    assert stored.id == decision_id("s1", t_ms)


def test_a_prompted_decision_names_its_prompt(diary: Diary) -> None:
    judged = Judged(decision(NOON_MS), "prompted", "p1")
    diary.commit(Entry("s1", decisions=(judged,), prompts=(prompt(),)))
    (stored,) = diary.decisions(*ALWAYS)
    assert (stored.verdict, stored.prompt_id) == ("prompted", "p1")


def test_a_prompt_nobody_stored_is_refused(diary: Diary) -> None:
    with pytest.raises(EntryRefused):
        diary.commit(Entry("s1", decisions=(Judged(decision(NOON_MS), "prompted", "p9"),)))


def test_decisions_are_paged_without_a_hole(diary: Diary) -> None:
    marks = range(NOON_MS, NOON_MS + 50_000, 5000)
    diary.commit(Entry("s1", decisions=tuple(Judged(decision(t)) for t in marks)))
    seen: list[int] = []
    after = None
    while page := diary.decisions(*ALWAYS, limit=3, after=after):
        seen += [stored.decision.t_ms for stored in page]
        after = (page[-1].decision.t_ms, page[-1].session)
    assert seen == list(marks)


@pytest.mark.parametrize(
    ("asked_s", "found_s"), [(0, 0), (2, 0), (2.5, 5), (4, 5), (65, 5), (66, None), (-61, None)]
)
def test_the_nearest_decision_is_found(diary: Diary, asked_s: float, found_s: int | None) -> None:
    both = (Judged(decision(NOON_MS)), Judged(decision(NOON_MS + 5000)))
    diary.commit(Entry("s1", decisions=both))
    stored = diary.decision_near(NOON_MS + int(asked_s * 1000))
    assert (stored and stored.decision.t_ms) == (
        None if found_s is None else NOON_MS + found_s * 1000
    )


def test_a_minute_is_marked_as_learnt_when_it_is(diary: Diary) -> None:
    diary.commit(Entry("s1", decisions=(Judged(decision(NOON_MS)),)))
    assert diary.still_minutes(0) == ()
    later = decision(NOON_MS + 120_000, learnt_ms=NOON_MS)
    diary.commit(Entry("s1", decisions=(Judged(later),)))
    assert [minute.t_ms for minute in diary.still_minutes(0)] == [NOON_MS]
    assert diary.still_minutes(NOON_MS + 1) == ()


def test_history_lies_beside_what_was_measured(diary: Diary) -> None:
    info = SessionInfo("older", "simulated", NOON_MS - 10 * HOUR_MS, live=False, demo=True)
    window = decision(NOON_MS - 9 * HOUR_MS).window
    laid_in = StoredWindow("older", window, None, Stillness.STILL, 600, learnt=True)
    for _ in range(2):
        diary.add_history(info, [laid_in])
    assert diary.windows(*ALWAYS) == (laid_in,)
    assert len(diary.still_minutes(0)) == 1


@pytest.mark.parametrize(
    ("worn_h", "off_h", "start_h"),
    [
        ([], [], None),
        ([-1, 0], [], -1),
        ([-9, -8, -6, -5, -3, -1, 0], [], -9),
        ([-9, -8, -5.9, -4, -2, 0], [], -5.9),
        ([-9, -8, -5, -4, -2, 0], [-7, -6], -5),
        ([-9, -8, -6, -4], [-2, -1, 0], None),
        ([-4, -3, -2], [], -4),
    ],
)
def test_a_shift_is_wear_without_a_gap_over_two_hours(
    diary: Diary, worn_h: list[float], off_h: list[float], start_h: float | None
) -> None:
    def at(hour: float) -> int:
        return NOON_MS + int(hour * HOUR_MS)

    marks = [decision(at(h)) for h in worn_h]
    marks += [
        decision(at(h), missing=missing)
        for h, missing in zip(off_h, [Missing.NO_LINK, Missing.STRAP_OFF] * 2, strict=False)
    ]
    diary.commit(Entry("s1", decisions=tuple(map(Judged, marks))))
    assert diary.shift_start(NOON_MS) == (None if start_h is None else at(start_h))


# --- offers, pauses, lines, state, settings


def test_an_answer_and_what_follows_from_it_are_kept_together(diary: Diary) -> None:
    diary.commit(Entry("s1", prompts=(prompt(),)))
    again_ms = NOON_MS + 600_000
    diary.record_answer(
        "p1",
        status="later",
        answered_ms=NOON_MS + 5,
        again_ms=again_ms,
        state=(("tact", {"n": 1}),),
    )
    stored = diary.prompt("p1")
    assert stored == replace(prompt(), status="later", answered_ms=NOON_MS + 5, again_ms=again_ms)
    assert diary.state("tact") == {"n": 1}


def test_an_answer_to_an_unknown_offer_is_refused(diary: Diary) -> None:
    with pytest.raises(NotInDiary, match="prompt"):
        diary.record_answer("p9", status="later", answered_ms=0)


def test_offers_are_paged_newest_first(diary: Diary) -> None:
    made = tuple(prompt(f"p{i}", NOON_MS + i // 2) for i in range(6))
    diary.commit(Entry("s1", prompts=made))
    first = diary.prompts(limit=3)
    rest = diary.prompts(limit=9, before=(first[-1].t_ms, first[-1].id))
    assert [it.id for it in first + rest] == ["p5", "p4", "p3", "p2", "p1", "p0"]


def test_a_pause_begun_twice_with_one_key_is_one(diary: Diary) -> None:
    first = diary.begin_pause(pause("b1"))
    assert diary.begin_pause(pause("b2")) == first == diary.pause("b1")
    assert diary.pause("b2") is None


def test_the_first_end_of_a_pause_stands(diary: Diary) -> None:
    diary.begin_pause(pause())
    diary.finish_pause("b1", ended_ms=NOON_MS + 90_000, lasted_s=90)
    again = diary.finish_pause("b1", ended_ms=NOON_MS + 95_000, lasted_s=10)
    assert (again.ended_ms, again.lasted_s) == (NOON_MS + 90_000, 90)
    assert diary.pauses(*ALWAYS) == (again,)


def test_a_result_is_kept_with_its_pause(diary: Diary) -> None:
    diary.begin_pause(pause())
    diary.store_result("b1", {"after": None, "during": {"hr_bpm": 71.25}})
    stored = diary.pause("b1")
    assert stored is not None
    assert stored.result == {"after": None, "during": {"hr_bpm": 71.25}}


def test_a_state_body_takes_the_place_of_the_one_before(diary: Diary) -> None:
    diary.commit(Entry("s1", state=(("tact", {"a": 1}), ("other", {}))))
    diary.commit(Entry("s1", state=(("tact", {"b": [1.5, None]}),)))
    assert (diary.state("tact"), diary.state("other")) == ({"b": [1.5, None]}, {})


def test_a_state_with_a_nan_is_refused_whole(diary: Diary) -> None:
    with pytest.raises(ValueError, match="JSON"):
        diary.commit(Entry("s1", (packet(1),), state=(("tact", {"a": float("nan")}),)))
    assert diary.last_seq("s1") == 0


def test_settings_are_changed_only_by_who_saw_the_last(diary: Diary) -> None:
    assert diary.settings().version == 0
    assert diary.put_settings({"offers": True}, version=0).version == 1
    with pytest.raises(SettingsConflict) as conflict:
        diary.put_settings({"offers": False}, version=0)
    assert conflict.value.version == 1
    assert dict(diary.settings().body) == {"offers": True}


# --- files, folders, other processes


def test_everything_is_for_its_owner_only(tmp_path: Path) -> None:
    with Diary.open(tmp_path / "a" / "b", demo=False) as diary:
        diary.begin_session(SESSION)
        modes = {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "a" / "b").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700


def test_what_is_acknowledged_survives_a_power_cut(diary: Diary) -> None:
    with writer(diary.file).connect() as same_kind:
        answers = [
            same_kind.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert answers == ["wal", 2, 1]


def test_a_second_server_is_told_who_has_the_diary(diary: Diary) -> None:
    with pytest.raises(DatabaseInUse) as taken:
        Diary.open(diary.file.parent, demo=False)
    assert taken.value.pid == os.getpid()
    assert str(diary.file) in str(taken.value)


def test_a_demo_stands_beside_a_persons_own(diary: Diary) -> None:
    with Diary.open(diary.file.parent, demo=True) as demo:
        demo.begin_session(replace(SESSION, demo=True))
        demo.commit(Entry("s1", (packet(1),)))
    assert diary.last_seq("s1") == 0


@pytest.mark.parametrize("demo", [True, False])
def test_a_demo_is_never_opened_as_a_persons_own_nor_the_reverse(
    tmp_path: Path, demo: bool
) -> None:
    Diary.open(tmp_path, demo=demo).close()
    names = ["demo.db", "diary.db"] if demo else ["diary.db", "demo.db"]
    wrong = (tmp_path / names[0]).rename(tmp_path / names[1])
    before = wrong.read_bytes()
    for opens in (Diary.open, Diary.peek):
        with pytest.raises(DatabaseForeign, match=wrong.name):
            opens(tmp_path, demo=not demo)
    assert wrong.read_bytes() == before


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "diary.db") as other:
        other.execute("CREATE TABLE shopping (item TEXT)")
    other.close()
    before = (tmp_path / "diary.db").read_bytes()
    with pytest.raises(DatabaseForeign):
        Diary.open(tmp_path, demo=False)
    assert (tmp_path / "diary.db").read_bytes() == before


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "diary.db").write_text("Dear diary, today I was a text file. " * 99)
    before = (tmp_path / "diary.db").read_bytes()
    with pytest.raises(DatabaseUnusable, match="NOTADB"):
        Diary.open(tmp_path, demo=False)
    assert (tmp_path / "diary.db").read_bytes() == before


def test_after_a_refusal_the_lock_is_free_again(tmp_path: Path) -> None:
    (tmp_path / "diary.db").write_text("x" * 9999)
    with pytest.raises(DatabaseUnusable):
        Diary.open(tmp_path, demo=False)
    (tmp_path / "diary.db").unlink()
    Diary.open(tmp_path, demo=False).close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FolderNotWritable, match="file/data"):
        Diary.open(tmp_path / "file" / "data", demo=False)


def test_looking_while_a_server_writes_sees_what_is_committed(diary: Diary) -> None:
    diary.commit(Entry("s1", (packet(1),)))
    with Diary.peek(diary.file.parent, demo=False) as looking:
        assert looking.last_seq("s1") == 1
        diary.commit(Entry("s1", (packet(2),)))
        assert looking.last_seq("s1") == 2


def test_there_is_nothing_to_look_at_before_the_first_day(tmp_path: Path) -> None:
    with pytest.raises(DatabaseMissing):
        Diary.peek(tmp_path, demo=False)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_loses_nothing_and_the_diary_goes_on(diary: Diary) -> None:
    diary.commit(Entry("s1", (packet(1),)))
    _limit_pages(diary, 1)
    big = (("big", {"x": "y" * 99_999}),)
    with pytest.raises(DiaryFull, match="has no room left"):
        diary.commit(Entry("s1", (packet(2),), state=big))
    assert diary.last_seq("s1") == 1
    _limit_pages(diary, 1_000_000)
    assert diary.commit(Entry("s1", (packet(2),), state=big)) == 2
    assert [stored.reading.seq for stored in diary.readings(*ALWAYS)] == [1, 2]


def test_a_diary_gone_read_only_says_so_and_goes_on_afterwards(diary: Diary) -> None:
    _pragma(diary, "query_only=1")
    with pytest.raises(FolderNotWritable):
        diary.commit(Entry("s1", (packet(1),)))
    _pragma(diary, "query_only=0")
    assert diary.commit(Entry("s1", (packet(1),))) == 1


def test_no_error_of_the_database_carries_a_value(diary: Diary) -> None:
    _limit_pages(diary, 1)
    with pytest.raises(DiaryFull) as failed:
        write_line(diary, JournalLine("j1", 1, "the secret sentence " * 9999))
    told = ""
    error: BaseException | None = failed.value
    while error is not None:
        told, error = told + str(error), error.__cause__
    assert "INSERT" in told
    assert "secret" not in told


def test_reading_from_many_threads_while_one_writes(diary: Diary) -> None:
    seen: list[int] = []
    failed: list[BaseException] = []

    def look() -> None:
        try:
            seen.extend(sum(1 for _ in diary.readings(*ALWAYS)) for _ in range(30))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for seq in range(1, 121):
        diary.commit(Entry("s1", (packet(seq),)))
    for thread in threads:
        thread.join(30)
    assert failed == []
    assert all(0 <= n <= 120 for n in seen)


CHILD = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from softfront_api.diary import Diary, Entry
    from softfront_sensors.packet import Packet
    from softfront_sensors.source import SessionInfo

    diary = Diary.open(Path(sys.argv[1]), demo=False)
    seq = diary.begin_session(SessionInfo("s1", "simulated", 0, live=True))
    while True:
        seq += 1
        reading = Packet(seq, 1, seq * 1000, seq * 1000, seq.to_bytes(4, "big"))
        print(diary.commit(Entry("s1", (reading,), state=(("at", {"seq": seq}),))), flush=True)
    """
)


def test_what_was_acknowledged_is_there_after_kill_9(tmp_path: Path) -> None:
    acknowledged = 0
    for round_ in range(3):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        for _ in range(40 + 7 * round_):
            acknowledged = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        rest = child.communicate(timeout=10)[0].split()
        acknowledged = int(rest[-1]) if rest else acknowledged
    with Diary.open(tmp_path, demo=False) as diary:
        last_seq = diary.last_seq("s1")
        readings = [stored.reading for stored in diary.readings(0, 10**9)]
        state = diary.state("at")
    assert last_seq in (acknowledged, acknowledged + 1)  # the last may not have been told any more
    assert [reading.seq for reading in readings] == list(range(1, last_seq + 1))
    assert state == {"seq": last_seq}


def _pragma(diary: Diary, what: str) -> None:
    diary._connection.exec_driver_sql(f"PRAGMA {what}")
    diary._connection.commit()


def _limit_pages(diary: Diary, pages: int) -> None:
    _pragma(diary, f"max_page_count={pages}")
