"""One body, several senders: what is counted, what is only kept, and whose clock holds."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from softfront_api.demo import history
from softfront_api.diary import Diary, Entry, StoredDecision
from softfront_api.notify import Bus
from softfront_api.session import Session
from softfront_sensors.envelope import Envelope, Pending
from softfront_sensors.errors import FarAhead, NotTaken
from softfront_sensors.packet import Gap, Motion, Packet, Reading
from softfront_sensors.remote import Known, RemoteStrap
from softfront_sensors.several import Several
from softfront_sensors.simulated import Person, readings
from softfront_sensors.source import Rank, SessionInfo, StrapState

from .living import START, Home, Time, a_shift, from_second, up_to_second

SENT = a_shift()
FAR_OFF_MS = 40 * 365 * 86_400_000
"""A Pi without a clock of its own may think that this is 1986."""


class Ward:
    """A server that only takes what others send, on a real diary, with a clock moved by hand."""

    def __init__(self, folder: Path, time: Time) -> None:
        self.time = time
        self.diary = Diary.open(folder, demo=False)
        past = SessionInfo("past", "simulated", START - 15 * 86_400_000, live=False)
        self.diary.add_history(past, history(Person(20), START, past.id))
        self.remote = RemoteStrap(self._recall, lambda: time.now_ms, lambda: time.now_ms)
        source = Several((), self.remote, self.diary.counted_ms())
        self.session = Session(source, self.diary, Bus(), time.clock())
        self._run: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Ward":
        self._run = asyncio.create_task(self.session.run())
        while not self.session.taken_up:  # noqa: ASYNC110  a flag is read, not awaited
            await asyncio.sleep(0.001)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._run is not None
        await self.remote.close()
        await self._run
        self.diary.close()

    async def take(
        self, info: SessionInfo, sent: Sequence[Reading], behind_ms: int = 0, sent_ms: int = 0
    ) -> int:
        """Deliver readings as their sender would, so long after the last of them."""
        self.time.now_ms = max(self.time.now_ms, sent[-1].t_ms + behind_ms)
        return await self.remote.deliver(Envelope(info, sent_ms or self.time.now_ms, tuple(sent)))

    async def wear(self, info: SessionInfo, sent: Sequence[Reading]) -> None:
        for batch in pieces(sent):
            await self.take(info, batch)

    async def _recall(self, session: str) -> Known | None:
        stored = self.diary.session(session)
        return Known(stored.last_seq, stored.offset_ms) if stored else None

    def decided(self) -> list[StoredDecision]:
        return list(self.diary.decisions(START, START + 10**8))


def pieces(sent: Sequence[Reading], n: int = 20) -> Iterator[Sequence[Reading]]:
    for i in range(0, len(sent), n):
        yield sent[i : i + n]


def far(name: str, rank: Rank = Rank.COLLECTOR) -> SessionInfo:
    return SessionInfo(name, "Polar H10", START, live=True, rank=rank, strap=f"strap of {name}")


def thought(decided: Iterable[StoredDecision]) -> list[object]:
    """What a decision says of the body; which session it stands in is left out."""
    return [(d.decision.t_ms, d.decision.window, d.decision.missing) for d in decided]


@contextmanager
def at_home(folder: Path, sent: Sequence[Reading]) -> Iterator[Home]:
    """The same readings by a strap in the room."""
    with Home(folder, sent) as home:
        home.lives()
        yield home


def test_a_strap_far_away_gives_the_numbers_of_one_in_the_room(tmp_path: Path) -> None:
    async def wear() -> list[object]:
        async with Ward(tmp_path / "far", Time()) as ward:
            await ward.wear(far("one"), SENT)
            return thought(ward.decided())

    with at_home(tmp_path / "here", SENT) as home:
        here = thought(home.diary.decisions(START, START + 10**8))
    assert asyncio.run(wear()) == here
    assert len(here) > 250


def test_what_comes_late_fills_history_and_offers_nothing(tmp_path: Path) -> None:
    async def wear() -> tuple[list[object], set[str], int]:
        async with Ward(tmp_path / "far", Time()) as ward:
            await ward.wear(far("one"), up_to_second(SENT, 600))
            late = from_second_kept(SENT, 600)
            ward.time.now_ms += 3_600_000  # an hour without the network
            for batch in pieces(late, 300):
                await ward.take(far("one"), batch, behind_ms=0)
            reasons = {d.decision.reason for d in ward.decided()}
            return thought(ward.decided()), reasons, len(ward.diary.prompts())

    with at_home(tmp_path / "here", SENT) as home:
        here = thought(home.diary.decisions(START, START + 10**8))
    decided, reasons, offers = asyncio.run(wear())
    assert decided == here
    assert offers == 0
    assert "silent_strap" not in reasons


def from_second_kept(sent: Sequence[Reading], at_s: float) -> list[Reading]:
    return [reading for reading in sent if reading.t_ms >= START + 1000 * at_s]


def test_a_second_sender_is_kept_and_never_counted_beside_the_first(tmp_path: Path) -> None:
    phone = far("phone", Rank.APP)
    other = list(readings(Person(8), START + 200, 1500))

    async def wear(*, both: bool) -> tuple[list[object], int]:
        async with Ward(tmp_path / str(both), Time()) as ward:
            for mine, theirs in zip(pieces(SENT), pieces(other), strict=False):
                await ward.take(far("one"), mine)
                if both:
                    await ward.take(phone, theirs)
            kept = sum(s.session == "phone" for s in ward.diary.readings(0, 2**53, spares=True))
            assert [s for s in ward.diary.readings(0, 2**53) if s.session == "phone"] == []
            return thought(ward.decided()), kept

    alone, _ = asyncio.run(wear(both=False))
    beside, kept = asyncio.run(wear(both=True))
    assert beside == alone
    assert kept > 1000


def test_a_spare_takes_over_when_the_first_falls_silent_and_nothing_counts_twice(
    tmp_path: Path,
) -> None:
    spare, theirs = far("phone", Rank.APP), list(readings(Person(7), START + 200, 1500))

    async def wear(*, both: bool) -> dict[int, tuple[str, int]]:
        held: list[Reading] = []
        async with Ward(tmp_path / str(both), Time()) as ward:
            for mine, others in zip(pieces(SENT, 5), pieces(theirs, 5), strict=False):
                held += mine
                away = START + 600_000 < mine[0].t_ms < START + 800_000
                if not (both and away):  # out of reach for 200 s; then all of it comes
                    await ward.take(far("one"), held)
                    held = []
                if both:
                    await ward.take(spare, others)
            windows = ward.diary.windows(START, START + 10**8)
            return {w.window.t_ms: (w.session, w.window.beats) for w in windows}

    alone, both = asyncio.run(wear(both=False)), asyncio.run(wear(both=True))
    assert both.keys() == alone.keys()
    changed = [t_ms for t_ms in both if both[t_ms][0] == "phone"]
    assert 600_000 < changed[0] - START < 615_000
    assert 800_000 < changed[-1] - START < 815_000
    # One beat may stand at a window's edge, and one at the change itself, which a clock begun anew
    # places within an interval; over the whole shift none is counted twice.
    more = [both[t_ms][1] - alone[t_ms][1] for t_ms in both]
    assert max(more) <= 2
    assert min(more) >= -12
    assert sum(more[11::12]) <= 1  # minutes that share no beat


def test_steps_of_a_phone_are_heard_beside_the_strap(tmp_path: Path) -> None:
    beats = [r for r in SENT if isinstance(r, Packet)]
    beats = [replace(r, seq=i) for i, r in enumerate(beats, start=1)]
    steps = [r for r in SENT if isinstance(r, Motion)]
    steps = [replace(r, seq=i) for i, r in enumerate(steps, start=1)]
    walker = far("pedometer", Rank.RAW)

    async def wear() -> set[tuple[str, str]]:
        async with Ward(tmp_path, Time()) as ward:
            waiting = list(steps)
            for batch in pieces(beats):
                while waiting and waiting[0].t_ms <= batch[-1].t_ms:
                    await ward.take(walker, [waiting.pop(0)])
                await ward.take(far("one"), batch)
            return {(d.session, d.decision.stillness.value) for d in ward.decided()}

    stood = asyncio.run(wear())
    assert {session for session, _ in stood} == {"one"}
    assert {stillness for _, stillness in stood} >= {"still", "moving"}


def test_a_server_begun_again_goes_on_as_if_nothing_had_been(tmp_path: Path) -> None:
    async def wear(*stops: float) -> list[object]:
        time, rest = Time(), list(SENT)
        for stop_s in (*stops, 10**6):
            async with Ward(tmp_path / str(len(stops)), time) as ward:
                now = [r for r in rest if r.t_ms < START + 1000 * stop_s]
                await ward.wear(far("one"), now)
                rest = rest[len(now) :]
                decided = thought(ward.decided())
            time.now_ms += 120_000  # away for two minutes, while the collector goes on
        return decided

    assert asyncio.run(wear(400, 900, 1300)) == asyncio.run(wear())


@pytest.mark.parametrize("off_ms", [-FAR_OFF_MS, 90_000])
def test_a_sender_with_a_wrong_clock_is_placed_where_it_belongs(
    tmp_path: Path, off_ms: int
) -> None:
    sent = [replace(r, t_ms=r.t_ms + off_ms) for r in SENT[:200]]

    async def wear() -> tuple[int, int]:
        async with Ward(tmp_path, Time()) as ward:
            info = replace(far("one"), started_ms=START + off_ms)
            for batch in pieces(sent):
                ward.time.now_ms = batch[-1].t_ms - off_ms
                await ward.take(info, batch, behind_ms=-off_ms, sent_ms=batch[-1].t_ms)
            stored = ward.diary.session("one")
            assert stored is not None
            reach = ward.diary.reach("one")
            return stored.offset_ms, reach or 0

    offset_ms, reach = asyncio.run(wear())
    assert (offset_ms, reach) == (-off_ms, SENT[199].t_ms)


def test_a_restart_places_a_session_by_the_clock_it_began_with(tmp_path: Path) -> None:
    async def wear() -> int:
        time = Time()
        async with Ward(tmp_path, time) as ward:
            await ward.take(far("one"), SENT[:10], behind_ms=5000, sent_ms=SENT[9].t_ms)
        async with Ward(tmp_path, time) as ward:
            await ward.take(far("one"), SENT[10:20], behind_ms=9000, sent_ms=SENT[19].t_ms + 777)
            found = list(ward.diary.readings(0, 2**53))
            return found[-1].reading.t_ms - SENT[19].t_ms

    assert asyncio.run(wear()) == 5000


def test_a_clock_ahead_that_does_not_tell_by_how_much_is_refused(tmp_path: Path) -> None:
    async def wear() -> None:
        async with Ward(tmp_path, Time()) as ward:
            ahead = replace(SENT[0], t_ms=START + 3_600_000)
            with pytest.raises(FarAhead):
                await ward.remote.deliver(Envelope(far("one"), None, (ahead,)))

    asyncio.run(wear())


def test_what_does_not_follow_sends_the_sender_back(tmp_path: Path) -> None:
    async def wear() -> list[int]:
        async with Ward(tmp_path, Time()) as ward:
            return [
                await ward.take(far("one"), SENT[:10]),
                await ward.take(far("one"), SENT[15:20]),
                await ward.take(far("one"), SENT[5:20]),
                await ward.take(far("one"), SENT[:5]),
            ]

    assert asyncio.run(wear()) == [10, 10, 20, 20]


def test_a_gap_that_is_told_lets_the_rest_follow_and_is_kept(tmp_path: Path) -> None:
    async def wear() -> list[Reading]:
        async with Ward(tmp_path, Time()) as ward:
            await ward.take(far("one"), SENT[:10])
            lost = SENT[39]
            gap = Gap(lost.seq, 1, lost.t_ms, lost.wall_ms, 30)
            assert await ward.take(far("one"), [gap, *SENT[40:50]]) == 50
            return [stored.reading for stored in ward.diary.readings(0, 2**53)]

    kept = asyncio.run(wear())
    assert kept[10] == Gap(40, 1, SENT[39].t_ms, SENT[39].wall_ms, 30)
    assert [r.seq for r in kept[11:]] == list(range(41, 51))


def test_while_nothing_can_be_stored_the_sender_keeps_what_it_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("softfront_sensors.remote._PATIENCE_S", 0.1)
    monkeypatch.setattr("softfront_api.session._RETRY_S", 0.0)

    async def wear() -> int:
        async with Ward(tmp_path, Time()) as ward:
            await ward.take(far("one"), SENT[:10])
            commit = ward.diary.commit
            ward.diary.commit = full  # type: ignore[method-assign, assignment]  # the one fault
            with pytest.raises(NotTaken):
                await ward.take(far("one"), SENT[10:20])
            ward.diary.commit = commit  # type: ignore[method-assign]  # and its end
            return await ward.take(far("one"), SENT[10:25])

    def full(*_: object) -> int:
        from softfront_api.errors import DiaryFull

        raise DiaryFull(tmp_path)

    assert asyncio.run(wear()) == 25


def test_a_sender_out_of_reach_is_lost_and_its_last_offer_leaves(tmp_path: Path) -> None:
    async def wear() -> tuple[StrapState, StrapState, str | None]:
        async with Ward(tmp_path, Time()) as ward:
            await ward.wear(far("one"), SENT[:100])
            before = ward.session.source.status.state
            ward.time.now_ms += 20_000
            await asyncio.sleep(0.01)
            return before, ward.session.source.status.state, ward.session.now().missing

    assert asyncio.run(wear()) == (StrapState.LIVE, StrapState.LOST, "no_link")


def test_whoever_sends_learns_of_the_offer_that_waits(tmp_path: Path) -> None:
    async def wear() -> list[Pending | None]:
        told: list[Pending | None] = []
        async with Ward(tmp_path, Time()) as ward:
            for batch in pieces(SENT):
                await ward.take(far("one"), batch)
                told.append(ward.session.pending())
            (offer,) = ward.diary.prompts()
            waits = [each for each in told if each is not None]
            assert {(each.id, each.kind) for each in waits} == {(offer.id, "pause")}
            return told

    told = asyncio.run(wear())
    left = [each.expires_in_s for each in told if each is not None]
    assert left == sorted(left, reverse=True)
    assert 60 < left[0] <= 120
    assert (told[0], told[-1]) == (None, None)


def test_the_second_batch_of_a_new_run_is_not_the_first(tmp_path: Path) -> None:
    """A collector that was killed begins a session of its own; both are kept, in order."""

    async def wear() -> list[tuple[str, int]]:
        async with Ward(tmp_path, Time()) as ward:
            await ward.wear(far("one"), SENT[:50])
            await ward.wear(far("two"), from_second(SENT, 60)[:50])
            return [(s.session, s.reading.seq) for s in ward.diary.readings(0, 2**53)]

    kept = asyncio.run(wear())
    assert kept == [(name, seq) for name in ("one", "two") for seq in range(1, 51)]


def test_what_was_counted_before_a_restart_is_not_counted_from_another_after_it(
    tmp_path: Path,
) -> None:
    async def wear() -> tuple[set[str], int]:
        time = Time()
        async with Ward(tmp_path, time) as ward:
            await ward.wear(far("phone", Rank.APP), up_to_second(SENT, 600))
        async with Ward(tmp_path, time) as ward:  # a collector comes back with the same hour
            await ward.take(far("pi"), SENT[:300], behind_ms=0)
            counted = {stored.session for stored in ward.diary.readings(0, 2**53)}
            return counted, ward.diary.last_seq("pi")

    assert asyncio.run(wear()) == ({"phone"}, 300)


@pytest.mark.parametrize("ahead_ms", [60_000, 86_400_000, 2**52])
def test_a_reading_dated_ahead_silences_nobody(tmp_path: Path, ahead_ms: int) -> None:
    async def wear() -> tuple[list[str], int]:
        async with Ward(tmp_path, Time()) as ward:
            await ward.take(far("board", Rank.RAW), SENT[:2])
            odd = [replace(r, t_ms=r.t_ms + ahead_ms) for r in SENT[2:4]]
            await ward.remote.deliver(Envelope(far("board", Rank.RAW), START, tuple(odd)))
            ward.time.now_ms += 6_000
            await ward.wear(far("strap"), from_second(SENT, 10)[:100])
            kept = [stored.session for stored in ward.diary.readings(0, 2**53)]
            return kept, max(d.decision.t_ms for d in ward.decided()) - ward.time.now_ms

    kept, behind_ms = asyncio.run(wear())
    assert kept.count("strap") == 100
    assert -10_000 < behind_ms <= 0


def test_thoughts_that_contradict_the_diary_do_not_stop_the_readings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from softfront_api.errors import EntryRefused

    async def wear() -> int:
        async with Ward(tmp_path, Time()) as ward:
            commit = ward.diary.commit

            def refuses(entry: Entry) -> int:
                if entry.decisions:
                    raise EntryRefused(entry.session)
                return commit(entry)

            monkeypatch.setattr(ward.diary, "commit", refuses)
            await ward.wear(far("one"), SENT[:100])
            return ward.diary.last_seq("one")

    assert asyncio.run(wear()) == 100
