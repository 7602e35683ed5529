"""What the diary can be asked, from any thread."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Select, func, select, tuple_

from softfront_sensors.source import SessionInfo
from softfront_signal.baseline import StillMinute
from softfront_signal.moments import Choice, Rule
from softfront_signal.threshold import Gone

from ..errors import DamagedChunk
from . import marks, queries, rows, tables
from .failing import translated
from .opening import check, file_in, reader
from .packing import Unreadable, unpack
from .rows import AnyRow
from .spans import rule_versions, shift_edges
from .stored import (
    Json,
    Occasion,
    Place,
    StoredDecision,
    StoredPause,
    StoredPrompt,
    StoredReading,
    StoredSession,
    StoredSettings,
    StoredWindow,
)

_AUDITS_MOST = 20
"""A strap that twenty shifts told nothing of has nothing to tell."""

_chunk, _window, _decision = tables.chunk.c, tables.window.c, tables.decision.c
_prompt, _pause = tables.prompt.c, tables.pause.c


class Reader:
    """A diary to look into. Every range holds its first moment and not its last."""

    def __init__(self, file: Path, *, demo: bool) -> None:
        self.file = file
        self.demo = demo
        self._reads = reader(file)

    @classmethod
    def look_into(cls, folder: Path, *, demo: bool) -> Self:
        """Open a diary without a lock, while a server may be writing in it.

        Raises:
            DatabaseMissing, DatabaseNewer, DatabaseOlder, DatabaseForeign, DatabaseUnusable
        """
        file = file_in(folder, demo=demo)
        check(file, demo=demo)
        return cls(file, demo=demo)

    def close(self) -> None:
        """Let go of the file."""
        self._reads.dispose()

    def __enter__(self) -> Self:
        """Hand out itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of the file."""
        self.close()

    def session(self, session: str) -> StoredSession | None:
        """Find a run of readings."""
        row = self.one(select(tables.session).where(tables.session.c.id == session))
        return rows.session(row) if row else None

    def last_session(self) -> StoredSession | None:
        """Find the run of readings that began last."""
        began = tables.session.c
        query = select(tables.session).order_by(began.started_ms.desc(), began.id).limit(1)
        row = self.one(query)
        return rows.session(row) if row else None

    def last_heard(self) -> SessionInfo | None:
        """Find the session whose readings were the last to be counted."""
        query = (
            select(tables.session)
            .join(tables.chunk)
            .where(~_chunk.spare)
            .order_by(_chunk.t1_ms.desc())
            .limit(1)
        )
        row = self.one(query)
        return rows.session(row).info if row else None

    def counted_ms(self) -> int:
        """Say up to when readings were counted, by whichever session; 0 is none."""
        row = self.one(select(func.max(_chunk.t1_ms).label("reach")).where(~_chunk.spare))
        return (row.reach if row else None) or 0

    def audits(self, strap: str, before_ms: int) -> Iterator[Json]:
        """Give back what a strap was found to be like before a moment, the latest first."""
        of = tables.session.c
        query = (
            select(of.audit)
            .where(of.strap == strap, of.audit.is_not(None), of.started_ms < before_ms)
            .order_by(of.started_ms.desc())
            .limit(_AUDITS_MOST)
        )
        yield from (rows.from_json(row.audit) for row in self.all(query))

    def last_seq(self, session: str) -> int:
        """Say up to which reading a session is stored for good; 0 is none."""
        stored = self.session(session)
        return stored.last_seq if stored else 0

    def readings(
        self, from_ms: int, to_ms: int, session: str | None = None, *, spares: bool = False
    ) -> Iterator[StoredReading]:
        """Give back what was received, session after session as they began, by seq within.

        Readings that were kept and not counted come with `spares` only.

        Raises:
            DamagedChunk: where this is met; what came before it has been given.
        """
        query = (
            select(_chunk.session, _chunk.seq0, _chunk.n, _chunk.blob, _chunk.crc32)
            .join(tables.session)
            .where(_chunk.t1_ms >= from_ms, _chunk.t0_ms < to_ms)
            .order_by(tables.session.c.started_ms, _chunk.session, _chunk.seq0)
        )
        if session is not None:
            query = query.where(_chunk.session == session)
        if not spares:
            query = query.where(~_chunk.spare)
        for row in self.all(query):
            try:
                for reading in unpack(row.seq0, row.n, row.blob, row.crc32):
                    if from_ms <= reading.t_ms < to_ms:
                        yield StoredReading(row.session, reading)
            except Unreadable:
                raise DamagedChunk(row.session, row.seq0) from None

    def reach(self, session: str) -> int | None:
        """Say when the latest reading stored of a session arrived; `None` before the first."""
        row = self.one(
            select(func.max(_chunk.t1_ms).label("reach")).where(_chunk.session == session)
        )
        return row.reach if row else None

    def windows(self, from_ms: int, to_ms: int) -> tuple[StoredWindow, ...]:
        """Give back the numbers of every mark in the range, oldest first."""
        query = (
            select(tables.window)
            .where(_window.t_ms >= from_ms, _window.t_ms < to_ms)
            .order_by(_window.t_ms, _window.session)
        )
        return tuple(map(marks.window, self.all(query)))

    def still_minutes(self, since_ms: int) -> tuple[StillMinute, ...]:
        """Give back the windows the usual range is made of, oldest first."""
        query = (
            select(*(_window[name] for name in marks.STILL_MINUTE))
            .where(_window.t_ms >= since_ms, _window.learnt)
            .where(_window.hr_bpm.is_not(None), _window.rmssd_ms.is_not(None))
            .order_by(_window.t_ms, _window.session)
        )
        return tuple(map(marks.still_minute, self.all(query)))

    def gone(self, from_ms: int, to_ms: int) -> tuple[Gone, ...]:
        """Give how far from the usual the minutes lay in which an offer would have been allowed."""
        return tuple(map(marks.gone, self.all(queries.gone(from_ms, to_ms))))

    def choices(self, from_ms: int, to_ms: int) -> Iterator[tuple[int, Choice]]:
        """Give the marks from which on the wearer had chosen otherwise, the first among them."""
        for row in self.all(queries.choices(from_ms, to_ms)):
            yield row.t_ms, Choice(Rule(row.rule), row.percentile)

    def occasions(self, from_ms: int, to_ms: int) -> tuple[Occasion, ...]:
        """Give back the moments at which chance chose, oldest first."""
        of = tables.occasion.c
        query = select(tables.occasion).where(of.t_ms >= from_ms, of.t_ms < to_ms)
        return tuple(map(rows.occasion, self.all(query.order_by(of.t_ms, of.id))))

    def decisions(
        self, from_ms: int, to_ms: int, *, limit: int | None = None, after: Place | None = None
    ) -> tuple[StoredDecision, ...]:
        """Give back decisions, oldest first; `after` is the time and session of the last seen."""
        place = tuple_(_decision.t_ms, _decision.session)
        query = queries.DECISIONS.where(_decision.t_ms >= from_ms, _decision.t_ms < to_ms)
        if after is not None:
            query = query.where(place > after)
        query = query.order_by(_decision.t_ms, _decision.session).limit(limit)
        return tuple(map(marks.decision, self.all(query)))

    def decision_near(self, t_ms: int, within_ms: int = 60_000) -> StoredDecision | None:
        """Find the decision whose mark is nearest, the later of two."""
        query = (
            queries.DECISIONS.where(_decision.t_ms.between(t_ms - within_ms, t_ms + within_ms))
            .order_by(func.abs(_decision.t_ms - t_ms), _decision.t_ms.desc(), _decision.session)
            .limit(1)
        )
        row = self.one(query)
        return marks.decision(row) if row else None

    def prompts(self, *, limit: int = 50, before: Place | None = None) -> tuple[StoredPrompt, ...]:
        """Give back offers, newest first; `before` is the time and id of the last seen."""
        query = select(tables.prompt).order_by(_prompt.t_ms.desc(), _prompt.id.desc()).limit(limit)
        if before is not None:
            query = query.where(tuple_(_prompt.t_ms, _prompt.id) < before)
        return tuple(map(rows.prompt, self.all(query)))

    def prompt(self, prompt_id: str) -> StoredPrompt | None:
        """Find an offer."""
        row = self.one(select(tables.prompt).where(_prompt.id == prompt_id))
        return rows.prompt(row) if row else None

    def pauses(self, from_ms: int, to_ms: int) -> tuple[StoredPause, ...]:
        """Give back the pauses that began in the range, oldest first."""
        query = (
            select(tables.pause)
            .where(_pause.started_ms >= from_ms, _pause.started_ms < to_ms)
            .order_by(_pause.started_ms, _pause.id)
        )
        return tuple(map(rows.pause, self.all(query)))

    def pause(self, pause_id: str) -> StoredPause | None:
        """Find a pause."""
        row = self.one(select(tables.pause).where(_pause.id == pause_id))
        return rows.pause(row) if row else None

    def state(self, name: str) -> dict[str, Any] | None:
        """Find a body by its name."""
        row = self.one(select(tables.state.c.body).where(tables.state.c.name == name))
        return rows.from_json(row.body) if row else None

    def settings(self) -> StoredSettings:
        """Give back the settings; version 0 where nobody has changed any."""
        row = self.one(select(tables.settings))
        return (
            StoredSettings(row.version, rows.from_json(row.body)) if row else StoredSettings(0, {})
        )

    def shift_start(self, now_ms: int) -> int | None:
        """Say since when the strap is worn without a gap over 2 h; `None` when it is not."""
        row = self.one(queries.shift(now_ms))
        if row is None or row.last is None or now_ms - row.last > queries.SHIFT_GAP_MS:
            return None
        return int(row.start)

    def shifts(self, from_ms: int = 0) -> tuple[tuple[int, int], ...]:
        """Give the first and the last reading of each shift that reaches past a moment."""
        edges = self.all(shift_edges(from_ms))
        return tuple((a.begins, b.until) for a, b in pairwise(edges))

    def rule_versions(self) -> frozenset[str]:
        """Say which versions of the rule what is stored was decided by."""
        ends = self.all(rule_versions())
        return frozenset(version for row in ends for version in row if version is not None)

    def connected(self) -> Connection:
        """Open a way to the file for another room of the diary."""
        return self._reads.connect()

    def all(self, query: Select[*tuple[Any, ...]]) -> list[AnyRow]:
        """Ask a question of this room."""
        with translated(self.file), self._reads.connect() as connection:
            return list(connection.execute(query).all())

    def plain(self, query: Select[*tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Ask for many rows, as the database itself gives them: that takes a third less time."""
        with translated(self.file), self._reads.connect() as connection:
            cursor = connection.execute(query).cursor
            return list(cursor.fetchall()) if cursor else []

    def one(self, query: Select[*tuple[Any, ...]]) -> AnyRow | None:
        """Ask a question of this room that has one answer."""
        with translated(self.file), self._reads.connect() as connection:
            return connection.execute(query).first()
