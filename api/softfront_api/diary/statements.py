"""How the diary writes: statements made once, as building one costs more than running it."""

from typing import Any

from sqlalchemy import bindparam, delete, insert, select, tuple_, update
from sqlalchemy.dialects.sqlite import insert as upsert

from . import tables
from .spans import NOTHING_HEARD


def _replacing(table: Any) -> Any:
    """Insert a row, or put it in place of the one with its key."""
    statement = upsert(table)
    changed = {c.name: statement.excluded[c.name] for c in table.c if not c.primary_key}
    return statement.on_conflict_do_update(index_elements=table.primary_key, set_=changed)


def _naming(table: Any) -> Any:
    """Insert a session; one that was begun before its strap was found is named."""
    statement = upsert(table)
    named = {name: statement.excluded[name] for name in ("device", "strap")}
    return statement.on_conflict_do_update(
        index_elements=table.primary_key, set_=named, where=statement.excluded.strap.is_not(None)
    )


PUT_CHUNK = _replacing(tables.chunk)
PUT_PROMPT = _replacing(tables.prompt)
PUT_OCCASION = _replacing(tables.occasion)
PUT_STATE = _replacing(tables.state)
PUT_SETTINGS = _replacing(tables.settings)
PUT_WINDOW = _replacing(tables.window)
PUT_DECISION = _replacing(tables.decision)
ADD_WINDOW = insert(tables.window)
ADD_DECISION = insert(tables.decision)
ADD_SESSION = _naming(tables.session)
ADD_PAUSE = upsert(tables.pause).on_conflict_do_nothing(index_elements=["key"])
STORED_UP_TO = (
    update(tables.session)
    .where(tables.session.c.id == bindparam("of_session"))
    .values(last_seq=bindparam("up_to"))
)
AUDITED = (
    update(tables.session)
    .where(tables.session.c.id == bindparam("of_session"))
    .values(audit=bindparam("found"))
)
TOLD = (
    update(tables.occasion)
    .where(tables.occasion.c.id == bindparam("of_occasion"), tables.occasion.c.outcome.is_(None))
    .values(outcome=bindparam("told"))
)
# A minute is learnt two minutes later: by then another session may speak.
LEARNT = (
    update(tables.window)
    .where(tables.window.c.t_ms == bindparam("mark"), tables.window.c.hr_bpm.is_not(None))
    .values(learnt=True)
)


def _giving_way(table: Any) -> Any:
    """Remove the marks of other sessions at which nothing was heard."""
    window = tables.window.c
    silent = select(window.session, window.t_ms).where(
        window.t_ms.between(bindparam("from_ms"), bindparam("to_ms")),
        window.session != bindparam("of_session"),
        window.missing.in_(NOTHING_HEARD),
    )
    return delete(table).where(tuple_(table.c.session, table.c.t_ms).in_(silent))


GIVE_WAY = _giving_way(tables.decision), _giving_way(tables.window)
"""Decisions first: it is their windows that tell which."""
