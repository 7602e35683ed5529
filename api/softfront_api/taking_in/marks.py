"""The marks of the past, each derived once more from all that was heard up to it."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from softfront_sensors.packet import Gap, Motion, Packet
from softfront_sensors.source import SessionInfo
from softfront_signal.moments import Decision
from softfront_signal.monitor import Event, Tick

from ..diary import Diary, StoredDecision, StoredWindow
from ..memory import BEFORE_SHIFT_MS, Ear, heard_again

# A live strap that is silent crosses marks a second late.
_SILENCE_MS = 1000
# A minute may be learnt two minutes after its mark; then it is known of each whether it was.
_LEARNT_WITHIN_MS = 5 * 60_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """A shift, or a piece of a long one."""

    from_ms: int
    reach_ms: int
    """Its last reading, or where it is cut."""
    until_ms: int
    """Where the next one begins."""
    begins: bool
    """It begins a shift."""
    ends: bool
    """It ends one."""
    before: tuple[int, int] | None
    """First and last reading of the shift before."""


@dataclass(frozen=True, slots=True)
class Derived:
    """A mark as it is stored, and what is thought of it now."""

    stored: StoredDecision
    window: StoredWindow
    decision: Decision
    learnt: bool


class Past:
    """Hears the past again, stretch after stretch, and decides the marks that were decided then.

    A mark at which nobody listened stays without a decision.
    """

    def __init__(self, diary: Diary) -> None:
        self._diary = diary
        self._ear: Ear | None = None
        self._heard_ms = 0
        self._infos: dict[str, SessionInfo | None] = {}
        self._stored: dict[int, StoredDecision] = {}
        self._windows: dict[tuple[str, int], StoredWindow] = {}
        self._decided: dict[int, Decision] = {}
        self._learnt: set[int] = set()

    def forget(self) -> None:
        """Hear nothing on from what was heard so far."""
        self._ear = None
        self._clear()

    def derive(self, stretch: Stretch) -> list[Derived] | None:
        """Return the marks of a stretch that are derived for good; those near a cut come later.

        `None` where one moment was decided twice: which was meant cannot be told.

        Raises:
            DamagedChunk: not all of it can be read.
        """
        if not self._look_up(stretch.from_ms, stretch.until_ms):
            return None
        heard = self._heard(stretch)
        if stretch.begins or self._ear is None:
            self._take_up(stretch, heard)
        self._hear(heard)
        return self._ripe(None if stretch.ends else stretch.reach_ms - _LEARNT_WITHIN_MS)

    def _clear(self) -> None:
        self._stored, self._windows, self._decided, self._learnt = {}, {}, {}, set()

    def _look_up(self, from_ms: int, until_ms: int) -> bool:
        stored = self._diary.decisions(from_ms, until_ms)
        self._stored.update((it.decision.t_ms, it) for it in stored)
        windows = self._diary.windows(from_ms, until_ms)
        self._windows.update(((it.session, it.window.t_ms), it) for it in windows)
        return len({it.decision.t_ms for it in stored}) == len(stored)

    def _heard(self, stretch: Stretch) -> list[tuple[str | None, Event]]:
        """Give what was heard, up to the last mark; before a shift movement may have been told."""
        from_ms = max(stretch.from_ms - BEFORE_SHIFT_MS, self._heard_ms + 1)
        to_ms = min(max(stretch.reach_ms, *self._stored, 0), stretch.until_ms - 1)
        readings = self._diary.readings(from_ms, to_ms + 1)
        self._heard_ms = to_ms
        return list(heard_again(self._diary, from_ms, to_ms, readings))

    def _take_up(self, stretch: Stretch, heard: Iterable[tuple[str | None, Event]]) -> None:
        """Begin as after a restart, unless it is the same live session that goes on."""
        first = next((of for of, event in heard if of and isinstance(event, Packet)), None)
        info = self._info(first) if first else None
        before = stretch.before
        goes_on = info and info.live and before and info.started_ms <= before[1]
        if not goes_on:
            self._ear = Ear(self._diary, stretch.from_ms - BEFORE_SHIFT_MS)
        elif self._ear is None and before:
            self._ear = Ear(self._diary, before[0] - BEFORE_SHIFT_MS)
            for of, event in heard_again(self._diary, *before):
                self._ear.hear(of, event, again=True)

    def _info(self, session: str) -> SessionInfo | None:
        if session not in self._infos:
            stored = self._diary.session(session)
            self._infos[session] = stored.info if stored else None
        return self._infos[session]

    def _hear(self, heard: Iterable[tuple[str | None, Event]]) -> None:
        """Hear everything, and settle each stored mark in its place."""
        ear = self._ear
        assert ear is not None
        due = deque(sorted(t_ms for t_ms in self._stored if t_ms not in self._decided))
        for of, event in heard:
            if isinstance(event, Packet | Motion | Gap):
                self._settle(ear, due, event.t_ms)
            elif self._crosses_silence(ear):
                self._settle(ear, due, event.t_ms - _SILENCE_MS)
            self._note(ear.hear(of, event))
        self._settle(ear, due, 1 + max(due, default=0))

    def _crosses_silence(self, ear: Ear) -> bool:
        info = self._info(ear.session) if ear.session else None
        return info is not None and info.live and not info.remote

    def _settle(self, ear: Ear, due: deque[int], t_ms: int) -> None:
        """Decide the stored marks before a moment, each for the session that spoke at it."""
        while due and due[0] < t_ms:
            mark = due.popleft()
            ear.listen_to(self._stored[mark].session)
            self._note(ear.hear(None, Tick(mark + 1)))

    def _note(self, decisions: Iterable[Decision]) -> None:
        for decision in decisions:
            if decision.t_ms in self._stored:
                self._decided[decision.t_ms] = decision
                if decision.learnt_ms is not None:
                    self._learnt.add(decision.learnt_ms)

    def _ripe(self, up_to_ms: int | None) -> list[Derived]:
        """Hand out what is decided up to a moment, or all of it."""
        ripe = [t_ms for t_ms in sorted(self._decided) if up_to_ms is None or t_ms <= up_to_ms]
        derived = []
        for t_ms in ripe:
            stored, decision = self._stored.pop(t_ms), self._decided.pop(t_ms)
            window = self._windows.pop((stored.session, t_ms))
            derived.append(Derived(stored, window, decision, t_ms in self._learnt))
        if up_to_ms is None:
            self._clear()
        return derived
