"""What an entry writes, table by table, within one transaction."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from sqlalchemy import Connection

from . import marks, rows, statements
from .packing import Chunk
from .stored import Entry, Json, Judged, StoredDecision, StoredWindow, decision_id

States: TypeAlias = tuple[tuple[str, Json], ...]
"""Bodies by name, each in place of the one before."""


def less(entry: Entry, stood: Collection[str]) -> Entry:
    """Leave out of an entry the decisions of these names, with what would come of them."""
    return replace(
        entry,
        decisions=tuple(
            it
            for it in entry.decisions
            if decision_id(entry.session, it.decision.t_ms) not in stood
        ),
        prompts=tuple(it for it in entry.prompts if it.id not in stood),
        occasions=tuple(it for it in entry.occasions if it.id not in stood),
    )


def readings(connection: Connection, entry: Entry, filled: list[Chunk], last_seq: int) -> None:
    """Write what was received, and what the strap is found to be like."""
    if filled:
        connection.execute(statements.PUT_CHUNK, [_chunk_columns(entry, chunk) for chunk in filled])
        connection.execute(
            statements.STORED_UP_TO, [{"of_session": entry.session, "up_to": last_seq}]
        )
    if entry.audit is not None:
        audit = {"of_session": entry.session, "found": rows.to_json(entry.audit)}
        connection.execute(statements.AUDITED, [audit])


def decisions(connection: Connection, entry: Entry) -> None:
    """Write what was thought, with the offers that came of it and what was learnt."""
    if entry.prompts:  # first: decisions point at them
        connection.execute(statements.PUT_PROMPT, [rows.prompt_columns(p) for p in entry.prompts])
    if entry.decisions:
        of = [marks.window_of(entry.session, judged.decision) for judged in entry.decisions]
        connection.execute(statements.ADD_WINDOW, [marks.window_columns(window) for window in of])
        columns = [marks.decision_columns(entry.session, judged) for judged in entry.decisions]
        connection.execute(statements.ADD_DECISION, columns)
    if entry.occasions:
        columns = [rows.occasion_columns(occasion) for occasion in entry.occasions]
        connection.execute(statements.PUT_OCCASION, columns)
    minutes = [judged.decision.learnt_ms for judged in entry.decisions]
    learnt = [{"mark": minute} for minute in minutes if minute is not None]
    if learnt:
        connection.execute(statements.LEARNT, learnt)


def way(connection: Connection, entry: Entry) -> None:
    """Take away marks of other sessions at which nothing was heard: now it is known what was."""
    times = [judged.decision.t_ms for judged in entry.decisions]
    if times:
        where = {"of_session": entry.session, "from_ms": min(times), "to_ms": max(times)}
        for statement in statements.GIVE_WAY:
            connection.execute(statement, where)


def anew(
    connection: Connection, derived: Iterable[StoredDecision], windows: Iterable[StoredWindow]
) -> None:
    """Put what readings mean in place of what they were thought to mean."""
    judged = [
        (it.session, Judged(it.decision, it.verdict, it.prompt_id, it.stance)) for it in derived
    ]
    for statement, columns in (
        (statements.PUT_WINDOW, [marks.window_columns(window) for window in windows]),
        (statements.PUT_DECISION, [marks.decision_columns(*of) for of in judged]),
    ):
        if columns:
            connection.execute(statement, columns)


def states(connection: Connection, state: States) -> None:
    """Write what must be remembered."""
    if state:
        columns = [{"name": name, "body": rows.to_json(body)} for name, body in state]
        connection.execute(statements.PUT_STATE, columns)


def _chunk_columns(entry: Entry, chunk: Chunk) -> Mapping[str, Any]:
    names = ("seq0", "n", "t0_ms", "t1_ms", "blob", "crc32")
    of = {"session": entry.session, "spare": entry.spare}
    return {**of, **{name: getattr(chunk, name) for name in names}}
