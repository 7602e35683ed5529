"""Open the right file, if it is the right one, and only once."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import OutboxError, OutboxForeign, OutboxFull, OutboxInUse, OutboxUnusable

# Written into the file's head: "SFob", and which tables it holds.
_MARK, _VERSION = 0x53466F62, 1
_TABLES = f"""
BEGIN IMMEDIATE;
CREATE TABLE run (
    n INTEGER PRIMARY KEY,
    session TEXT NOT NULL UNIQUE,
    info TEXT NOT NULL,
    last_seq INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    acked INTEGER NOT NULL,
    kept INTEGER NOT NULL
);
CREATE TABLE reading (
    run INTEGER NOT NULL REFERENCES run,
    seq INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (run, seq)
) WITHOUT ROWID;
PRAGMA application_id = {_MARK};
PRAGMA user_version = {_VERSION};
COMMIT;
"""


def connect(file: Path) -> sqlite3.Connection:
    """Open a spool, made where it is missing, for its owner only and for this process alone.

    Raises:
        OutboxInUse, OutboxForeign, OutboxFull, OutboxUnusable
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise OutboxUnusable(file, error.strerror or "it cannot be opened") from error
    made = sqlite3.connect(file, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        with translated(file):
            _make_ready(made, file)
    except BaseException:
        made.close()
        raise
    return made


def _make_ready(made: sqlite3.Connection, file: Path) -> None:
    # Held until it is closed or the process dies: the spool is one process's.
    made.execute("PRAGMA locking_mode = EXCLUSIVE")
    found = [made.execute(f"PRAGMA {name}").fetchone()[0] for name in _HEAD]
    empty = made.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if not (found == [_MARK, _VERSION] or (empty and found == [0, 0])):
        raise OutboxForeign(file)
    made.execute("PRAGMA journal_mode = WAL")
    made.execute("PRAGMA synchronous = FULL")  # what was taken survives a power cut
    if empty:
        made.executescript(_TABLES)
    made.execute("BEGIN IMMEDIATE")  # takes the lock, whether something was made or not
    made.execute("COMMIT")


_HEAD = ("application_id", "user_version")


@contextmanager
def translated(file: Path) -> Iterator[None]:
    """Turn errors of SQLite into ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise _named(file, error) from error


def _named(file: Path, error: sqlite3.Error) -> OutboxError:
    # ProgrammingError and the like carry no name: a slip of ours, and told as such.
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    if name.startswith("SQLITE_FULL"):
        return OutboxFull(file.parent)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return OutboxInUse(file)
    if name.startswith("SQLITE_NOTADB"):
        return OutboxForeign(file)
    return OutboxUnusable(file, name)
