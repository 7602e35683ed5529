"""A recording on its way into a diary: decided as it would have been, and never offered from."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from softfront_api.diary import Diary, StoredReading, arrivals
from softfront_api.taking_in import Taken, recordings, rederive, take_in
from softfront_api.taking_in.afterwards import HISTORY
from softfront_sensors.heart_rate import decode, encode
from softfront_sensors.packet import Packet, Reading
from softfront_sensors.simulated import Episode, Kind, Person, readings
from softfront_sensors.source import SessionInfo
from softfront_signal.moments import Missing, State

from .living import START, Home, Time, a_shift

LENGTH_S = 3000
CALM = list(readings(Person(7, (Episode(Kind.WALK, 150, 120),)), START, LENGTH_S))
STRAINED = a_shift(LENGTH_S, strain_s=2400)
DAY_MS = 24 * 3_600_000


@pytest.fixture
def diary(tmp_path: Path) -> Iterator[Diary]:
    with Diary.open(tmp_path / "own", demo=False) as opened:
        yield opened


def imported(diary: Diary, sent: Sequence[Reading], name: str = "file") -> Taken:
    info = SessionInfo(name, "strap.csv", sent[0].t_ms, live=False)
    return take_in(diary, info, sent[-1].t_ms, sent)


def later(sent: Iterable[Reading], by_ms: int, before: int = 0) -> list[Reading]:
    return [
        replace(r, seq=r.seq + before, t_ms=r.t_ms + by_ms, wall_ms=r.wall_ms + by_ms) for r in sent
    ]


def two_days() -> list[Reading]:
    """Record two days in one file."""
    return CALM + later(STRAINED, DAY_MS, CALM[-1].seq)


def rows(diary: Diary) -> tuple[object, ...]:
    """Tell everything that follows from readings, and the readings themselves."""
    whole = 0, 2**53
    heard = tuple(diary.readings(*whole, spares=True))
    return diary.windows(*whole), diary.decisions(*whole), heard, diary.prompts()


def test_it_is_decided_as_a_replay_decides(tmp_path: Path, diary: Diary) -> None:
    past = SessionInfo("past", "simulated", START - 15 * DAY_MS, live=False)
    with Home(tmp_path / "other", CALM, "file", live=False) as home:
        diary.add_history(past, home.diary.windows(0, START - 1))
        theirs = home.lives().diary.decisions(START, 2**53)
        learnt = [w for w in home.diary.windows(START, 2**53) if w.learnt]
    imported(diary, CALM)
    ours = diary.decisions(START, 2**53)
    assert len(ours) == len(theirs) > 500
    for here, there in zip(ours, theirs, strict=True):
        gates = tuple(
            g for g in there.decision.gates if g.id in {g.id for g in here.decision.gates}
        )
        assert here.decision == replace(there.decision, gates=gates)
    assert [w for w in diary.windows(START, 2**53) if w.learnt] == learnt != []


def test_what_would_have_been_offered_is_told_and_never_offered(diary: Diary) -> None:
    imported(diary, STRAINED)
    candidates = [d for d in diary.decisions(0, 2**53) if d.decision.state is State.CANDIDATE]
    assert candidates
    assert {d.decision.reason for d in candidates} == {HISTORY}
    assert {d.verdict for d in diary.decisions(0, 2**53)} == {"silent"}
    assert diary.prompts() == ()
    assert diary.state("tact") is None


def test_the_same_again_adds_nothing(diary: Diary) -> None:
    first = imported(diary, CALM)
    before = rows(diary)
    assert (first.before, first.readings) == (0, len(CALM))
    assert imported(diary, CALM) == Taken(CALM[-1].seq, 0, 0, 0)
    assert rows(diary) == before


@pytest.mark.parametrize("stops", [(2, 3), (11,)])
def test_broken_off_anywhere_it_goes_on_as_if_it_had_not_been(
    tmp_path: Path, diary: Diary, monkeypatch: pytest.MonkeyPatch, stops: tuple[int, ...]
) -> None:
    sent = two_days()
    with Diary.open(tmp_path / "undisturbed", demo=False) as other:
        imported(other, sent)
        undisturbed = rows(other)
    monkeypatch.setattr(recordings, "_AT_ONCE", 377)
    info = SessionInfo("file", "strap.csv", sent[0].t_ms, live=False)
    for stop in stops:
        turns = iter(range(stop))

        def pulls_the_plug(seq: int, turns: Iterator[int] = turns) -> None:
            if next(turns, None) is None:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            take_in(diary, info, sent[-1].t_ms, sent, pulls_the_plug)
    assert 0 < take_in(diary, info, sent[-1].t_ms, sent).before < sent[-1].seq
    assert rows(diary) == undisturbed


def test_only_what_is_thought_through_counts(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "_AT_ONCE", 377)

    def pulls_the_plug(seq: int) -> None:
        raise KeyboardInterrupt

    info = SessionInfo("file", "strap.csv", CALM[0].t_ms, live=False)
    with pytest.raises(KeyboardInterrupt):
        take_in(diary, info, CALM[-1].t_ms, CALM, pulls_the_plug)
    (waits,) = arrivals(diary)
    assert [it.reading.seq for it in diary.readings(0, 2**53)] == list(range(1, 378))
    assert (waits.done_seq, waits.last_seq) == (377, CALM[-1].seq)


def test_each_day_learns_from_those_before_it(diary: Diary) -> None:
    imported(diary, two_days())
    first, *_, last = [d.decision for d in diary.decisions(0, 2**53) if d.decision.usual]
    assert first.usual is not None
    assert last.usual is not None
    assert (first.usual.days, last.usual.days) == (1, 2)


def test_between_two_shifts_there_are_no_marks(diary: Diary) -> None:
    imported(diary, two_days())
    marks = [w.window.t_ms for w in diary.windows(0, 2**53)]
    assert {after - before for before, after in pairwise(marks)} - {5000} == {
        DAY_MS - LENGTH_S * 1000 + 5000
    }


def lived(folder: Path, from_s: float, to_s: float) -> Diary:
    """Leave a diary in which a live strap was heard for some minutes."""
    time = Time(START + round(1000 * from_s))
    sent = [r for r in STRAINED if from_s <= (r.t_ms - START) / 1000 < to_s]
    sent = [replace(r, seq=seq) for seq, r in enumerate(sent, start=1)]
    with Home(folder, sent, "live", time) as home:
        home.lives()
    return Diary.open(folder, demo=False)


def beats(heard: Iterable[StoredReading]) -> list[tuple[int, int]]:
    """Say from when to when the intervals of each packet reach."""
    found = []
    for it in heard:
        if isinstance(it.reading, Packet):
            ticks = sum(decode(it.reading.data).rr_ticks)
            found.append((it.reading.t_ms - ticks * 1000 // 1024, it.reading.t_ms))
    return sorted(found)


@pytest.mark.parametrize(("from_s", "to_s"), [(0, 3000), (600, 1500), (0, 900), (2000, 3000)])
def test_where_the_body_is_known_already_no_beat_counts_twice(
    tmp_path: Path, from_s: float, to_s: float
) -> None:
    with lived(tmp_path, from_s, to_s) as diary:
        before = list(diary.decisions(START, 2**53))
        taken = imported(diary, STRAINED)
        counted = list(diary.readings(START, 2**53))
        everything = list(diary.readings(START, 2**53, spares=True))
        after = diary.decisions(START, 2**53)
    assert taken.readings == len(STRAINED)
    assert len(everything) - len(counted) == taken.spare > (to_s - from_s) * 0.9
    last_of_live = max(end for _, end in beats(it for it in counted if it.session == "live"))
    for begin, _ in beats(it for it in counted if it.session == "file"):
        assert begin > last_of_live or begin < START + 1000 * from_s
    assert [d for d in after if d.session == "live"] == before
    assert len({d.decision.t_ms for d in after}) == len(after)
    # All of the time but the margin of half a minute on either side has its numbers.
    assert len(after) * 5 > LENGTH_S - 2 * 35


def test_a_recording_that_is_known_whole_is_kept_and_not_counted(tmp_path: Path) -> None:
    with lived(tmp_path, 0, LENGTH_S) as diary:
        taken = imported(diary, STRAINED)
        assert (taken.spare, taken.marks) == (len(STRAINED), 0)
        assert imported(diary, STRAINED).readings == 0


def test_broken_off_beside_what_is_known_it_goes_on_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = SessionInfo("file", "strap.csv", STRAINED[0].t_ms, live=False)
    with lived(tmp_path / "one", 600, 1500) as diary:
        imported(diary, STRAINED)
        undisturbed = rows(diary)
    monkeypatch.setattr(recordings, "_AT_ONCE", 611)

    def pulls_the_plug(seq: int) -> None:
        raise KeyboardInterrupt

    with lived(tmp_path / "other", 600, 1500) as diary:
        for _ in range(5):
            with pytest.raises(KeyboardInterrupt):
                take_in(diary, info, STRAINED[-1].t_ms, STRAINED, pulls_the_plug)
        imported(diary, STRAINED)
        assert rows(diary) == undisturbed


def test_broken_off_where_it_has_a_hole_it_invents_no_marks_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the hole something else was heard, and it had ended when the recording goes on."""
    hole = [r for r in STRAINED if not 1300 <= (r.t_ms - START) / 1000 < 1700]
    hole = [replace(r, seq=seq) for seq, r in enumerate(hole, start=1)]
    info = SessionInfo("file", "strap.csv", hole[0].t_ms, live=False)
    with lived(tmp_path / "one", 600, 1500) as diary:
        imported(diary, hole)
        undisturbed = rows(diary)

    def pulls_the_plug(seq: int) -> None:
        raise KeyboardInterrupt

    with lived(tmp_path / "other", 600, 1500) as diary:
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                take_in(diary, info, hole[-1].t_ms, hole, pulls_the_plug)
        imported(diary, hole)
        assert rows(diary) == undisturbed


def test_silence_gives_way_to_what_is_known_of_it_now(tmp_path: Path) -> None:
    """The link was lost for half an hour, and another device went on recording."""
    heard = [r for r in STRAINED if not 600 <= (r.t_ms - START) / 1000 < 2400]
    heard = [replace(r, seq=seq) for seq, r in enumerate(heard, start=1)]
    with Home(tmp_path, heard, "live") as home:
        home.lives()
    with Diary.open(tmp_path, demo=False) as diary:
        silent = [w for w in diary.windows(START, 2**53) if w.missing is Missing.NO_LINK]
        assert len(silent) > 350
        imported(diary, STRAINED)
        after = diary.windows(START, 2**53)
        assert [w.window.t_ms for w in after] == sorted({w.window.t_ms for w in after})
        left = [w for w in after if w.missing is Missing.NO_LINK]
        assert 0 < len(left) <= 4 * (30 + 5) / 5  # in the margins
        assert {w.session for w in left} == {"live"}
        assert len(diary.decisions(START, 2**53)) == len(after)
        # What was decided afterwards did not know of it yet.
        assert rederive(diary).otherwise > 0
        assert rederive(diary).changed == 0


def test_a_strap_that_counts_in_milliseconds_is_found_out_once(diary: Diary) -> None:
    def in_ms(reading: Reading) -> Reading:
        if not isinstance(reading, Packet):
            return reading
        said = decode(reading.data)
        ms = [tick * 1000 // 1024 for tick in said.rr_ticks]
        return replace(reading, data=encode(said.hr_bpm or 0, ms))

    imported(diary, [in_ms(r) for r in two_days()])
    session = diary.session("file")
    assert session is not None
    assert session.audit is not None
    assert session.audit["unit"] == "ms"
    second_day = diary.windows(START + DAY_MS, START + DAY_MS + 60_000)
    rates = [w.window.hr_bpm for w in second_day if w.window.hr_bpm]
    assert rates == pytest.approx([rates[-1]] * len(rates), rel=0.02)  # from its first beat on
    assert rederive(diary).changed == 0


def test_imported_days_are_derived_anew_to_the_last_byte(tmp_path: Path) -> None:
    with lived(tmp_path, 600, 1500) as diary:
        imported(diary, STRAINED)
        imported(diary, later(CALM, -DAY_MS), "earlier")
        rederive(diary)
        before = rows(diary)
        assert rederive(diary).changed == 0
        assert rows(diary) == before
