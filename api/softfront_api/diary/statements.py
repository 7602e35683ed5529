"""How the diary writes: statements made once, as building one costs more than running it."""

from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.dialects.sqlite import insert as upsert

from . import tables


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
PUT_STATE = _replacing(tables.state)
PUT_SETTINGS = _replacing(tables.settings)
PUT_WINDOW = _replacing(tables.window)
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
LEARNT = (
    update(tables.window)
    .where(tables.window.c.session == bindparam("of_session"))
    .where(tables.window.c.t_ms == bindparam("mark"))
    .values(learnt=True)
)
