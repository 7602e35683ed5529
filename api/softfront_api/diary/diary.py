"""What is remembered: readings, decisions, offers, pauses."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock as ThreadLock
from typing import Self, TypeVar

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError

from softfront_sensors.source import SessionInfo

from ..errors import EntryRefused, NotInDiary, SettingsConflict
from . import marks, putting, rows, spans, statements, tables
from .chunks import fill, fresh
from .failing import translated
from .lock import Lock
from .opening import file_in, make_ready, removal_mark, secure, writer
from .packing import Chunk
from .reading import Reader
from .removal import remove_all
from .stored import (
    Entry,
    Json,
    StoredDecision,
    StoredPause,
    StoredPrompt,
    StoredSettings,
    StoredWindow,
)

_log = logging.getLogger(__name__)

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Tail:
    """Where the stored readings of a session end."""

    last_seq: int
    chunk: Chunk | None = None
    """The one that still grows; after a restart a new one is begun."""
    spare: bool = False

    def growing(self, *, spare: bool) -> Chunk | None:
        return self.chunk if spare == self.spare else None

    def after(self, filled: list[Chunk], *, spare: bool) -> "_Tail":
        return _Tail(filled[-1].last.seq, filled[-1], spare) if filled else self


class Diary(Reader):
    """A diary to write in, from one thread at a time; every method is one transaction."""

    def __init__(self, file: Path, lock: Lock, *, demo: bool) -> None:
        super().__init__(file, demo=demo)
        self._lock = lock
        self._engine = writer(file)
        self._connection = self._engine.connect()
        self._turn = ThreadLock()
        self._tails: dict[str, _Tail] = {}

    @classmethod
    def open(cls, folder: Path, *, demo: bool) -> Self:
        """Open the diary in a folder, made or brought up to date where needed, for this process.

        Raises:
            FolderNotWritable, DatabaseInUse, DatabaseForeign, DatabaseNewer, DatabaseUnusable
        """
        lock = secure(folder, demo=demo)
        file = file_in(folder, demo=demo)
        try:
            if removal_mark(folder, demo=demo).exists():
                remove_all(folder, demo=demo)
            make_ready(file, demo=demo)
            with translated(file):
                return cls(file, lock, demo=demo)
        except BaseException:
            lock.release()
            raise

    @staticmethod
    def peek(folder: Path, *, demo: bool) -> Reader:
        """Open for reading only, without a lock. As `Reader.look_into`."""
        return Reader.look_into(folder, demo=demo)

    def let_go(self) -> None:
        """Close the file once nobody writes, and still keep others out."""
        with self._turn:
            super().close()
            self._connection.close()
            self._engine.dispose()

    def close(self) -> None:
        """Close the file and let the next one in."""
        self.let_go()
        self._lock.release()

    def begin_session(self, info: SessionInfo) -> int:
        """Make a session known, before its first entry; say up to where it is stored already."""
        with self._writing(info.id) as connection:
            connection.execute(statements.ADD_SESSION, [rows.session_columns(info)])
        return self._tail(info.id).last_seq

    def commit(self, entry: Entry) -> int:
        """Store an entry whole; what `seq` is now the last. Readings already stored are dropped.

        Raises:
            SequenceGap: readings do not follow on what is stored; nothing was written.
            EntryRefused: a mark was decided before, or a prompt is unknown; nothing was written.
            NotInDiary: the session was not begun.
            DiaryFull, FolderNotWritable, DatabaseBusy, DatabaseUnusable: nothing was written.
        """
        tail = self._tail(entry.session)
        filled = fill(fresh(entry.readings, tail.last_seq), tail.growing(spare=entry.spare))
        tail = tail.after(filled, spare=entry.spare)
        with self._writing(entry.session) as connection:
            putting.readings(connection, entry, filled, tail.last_seq)
            if entry.fills_in:
                putting.way(connection, entry)
            putting.decisions(connection, entry)
            putting.states(connection, entry.state)
        self._tails[entry.session] = tail
        return tail.last_seq

    def keep(self, entry: Entry) -> tuple[Entry, int]:
        """Store an entry; marks that were decided before stay as they were decided then.

        Where its thoughts contradict what is stored otherwise, its readings are stored alone.
        Return what was stored, and what `seq` is now the last. Raises: as `commit`, else.
        """
        # Asked again it would be refused again, and nothing would ever be stored any more.
        for least in (self._still_undecided, _readings_alone):
            try:
                return entry, self.commit(entry)
            except EntryRefused as refused:
                _log.error("not all that was thought is kept, the readings are: %s", refused)
                entry = least(entry)
        return entry, self.commit(entry)

    def counted(self, from_ms: int, to_ms: int, *, besides: str) -> Iterator[tuple[int, int]]:
        """Give back when sessions other than one spoke for the body, about minute by minute."""
        for row in self.all(spans.counted(from_ms, to_ms, besides)):
            yield row.t0_ms, row.t1_ms

    def derive_anew(
        self,
        decisions: Iterable[StoredDecision],
        windows: Iterable[StoredWindow],
        state: putting.States = (),
    ) -> None:
        """Put what readings mean in place of what they were thought to mean: all, or nothing."""
        with self._writing("") as connection:
            putting.anew(connection, decisions, windows)
            putting.states(connection, state)

    def record_answer(
        self,
        prompt_id: str,
        *,
        status: str,
        answered_ms: int,
        again_ms: int | None = None,
        state: putting.States = (),
    ) -> StoredPrompt:
        """Keep what was answered to an offer, with the state that follows from it."""
        prompt = _known(self.prompt(prompt_id), "prompt")
        prompt = replace(prompt, status=status, answered_ms=answered_ms, again_ms=again_ms)
        with self._writing(prompt.session) as connection:
            connection.execute(statements.PUT_PROMPT, [rows.prompt_columns(prompt)])
            putting.states(connection, state)
        return prompt

    def begin_pause(self, pause: StoredPause, *, state: putting.States = ()) -> StoredPause:
        """Keep a pause that begins; where its key is known, give back the one that stands."""
        with self._writing(pause.session or "") as connection:
            added = connection.execute(statements.ADD_PAUSE, [rows.pause_columns(pause)])
            if added.rowcount == 1:
                putting.states(connection, state)
            row = connection.execute(
                select(tables.pause).where(tables.pause.c.key == pause.key)
            ).one()
        return rows.pause(row)

    def finish_pause(
        self, pause_id: str, *, ended_ms: int, lasted_s: int, state: putting.States = ()
    ) -> StoredPause:
        """Keep when a pause ended; told twice, the first stands."""
        pause = _known(self.pause(pause_id), "pause")
        if pause.ended_ms is not None:
            return pause
        pause = replace(pause, ended_ms=ended_ms, lasted_s=lasted_s)
        self._put_pause(pause, state)
        return pause

    def store_result(self, pause_id: str, result: Json) -> StoredPause:
        """Keep what the body did around a pause."""
        pause = replace(_known(self.pause(pause_id), "pause"), result=result)
        self._put_pause(pause)
        return pause

    def store_outcome(self, occasion_id: str, outcome: Json) -> None:
        """Keep what was measured around a moment at which chance chose; told twice, the first."""
        told = {"of_occasion": occasion_id, "told": rows.to_json(outcome)}
        with self._writing("") as connection:
            connection.execute(statements.TOLD, [told])

    def put_state(self, state: putting.States) -> None:
        """Keep bodies by name, each in place of the one before."""
        with self._writing("") as connection:
            putting.states(connection, state)

    def put_settings(
        self, body: Json, *, version: int, state: putting.States = ()
    ) -> StoredSettings:
        """Put settings in place of those of `version`, with the state that follows from them.

        Raises:
            SettingsConflict: that version no longer stands.
        """
        with self._writing("") as connection:
            stands = connection.execute(select(tables.settings.c.version)).scalar() or 0
            if stands != version:
                raise SettingsConflict(stands)
            row = {"id": 1, "version": version + 1, "body": rows.to_json(body)}
            connection.execute(statements.PUT_SETTINGS, [row])
            putting.states(connection, state)
        return StoredSettings(version + 1, dict(body))

    def add_history(self, info: SessionInfo, windows: Iterable[StoredWindow]) -> None:
        """Lay in numbers without readings behind them; the same marks again replace themselves."""
        columns = [marks.window_columns(window) for window in windows]
        with self._writing(info.id) as connection:
            connection.execute(statements.ADD_SESSION, [rows.session_columns(info)])
            if columns:
                connection.execute(statements.PUT_WINDOW, columns)

    @contextmanager
    def beside(self, file: Path) -> Iterator[Connection]:
        """One transaction in which another diary's file can be read, under the name `other`."""
        raw = self._connection.connection.driver_connection
        assert raw is not None
        with self._turn, translated(self.file):
            raw.execute("ATTACH DATABASE ? AS other", (str(file),))
            try:
                with self._connection.begin():
                    yield self._connection
            finally:
                raw.execute("DETACH DATABASE other")

    def writing(self) -> AbstractContextManager[Connection]:
        """Open one transaction for another room of the diary: all of it is stored, or none."""
        return self._writing("")

    def look_anew(self, session: str) -> None:
        """Ask the file again where a session ends: another room of the diary has added to it."""
        self._tails.pop(session, None)

    def _put_pause(self, pause: StoredPause, state: putting.States = ()) -> None:
        statement = update(tables.pause).where(tables.pause.c.id == pause.id)
        with self._writing(pause.session or "") as connection:
            connection.execute(statement, rows.pause_columns(pause))
            putting.states(connection, state)

    def _tail(self, session: str) -> _Tail:
        if session not in self._tails:
            self._tails[session] = _Tail(_known(self.session(session), "session").last_seq)
        return self._tails[session]

    def _still_undecided(self, entry: Entry) -> Entry:
        """Leave of an entry what is new: a clock that was set back tells of marks once more."""
        marks = [judged.decision.t_ms for judged in entry.decisions]
        stored = self.decisions(min(marks, default=0), max(marks, default=0) + 1)
        return putting.less(entry, {it.id for it in stored if it.session == entry.session})

    @contextmanager
    def _writing(self, session: str) -> Iterator[Connection]:
        """One transaction: all of it is stored for good, or none."""
        with self._turn, translated(self.file):
            try:
                with self._connection.begin():
                    yield self._connection
            except IntegrityError as error:
                raise EntryRefused(session) from error


def _readings_alone(entry: Entry) -> Entry:
    return replace(entry, decisions=(), prompts=(), occasions=())


def _known(found: _T | None, kind: str) -> _T:
    if found is None:
        raise NotInDiary(kind)
    return found
