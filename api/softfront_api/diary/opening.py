"""Open the right file, if it is the right one, and only once."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from ..errors import (
    DatabaseForeign,
    DatabaseInUse,
    DatabaseMissing,
    DatabaseNewer,
    DatabaseOlder,
    FolderNotWritable,
)
from .failing import translated
from .lock import Lock, Taken

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
"""Every step of `migrations`, the newest last: known here so that alembic need not be asked."""

# Written into the file's head: "SFdi" and "SFde".
_OWN_MARK, _DEMO_MARK = 0x53466469, 0x53466465

_PATIENCE_S = 5
"""A copy or a backup program holds the file for moments, not longer."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a file says of itself."""

    mark: int
    tables: bool
    revision: str | None


def file_in(folder: Path, *, demo: bool) -> Path:
    """Say where the diary lies."""
    return folder / ("demo.db" if demo else "diary.db")


def removal_mark(folder: Path, *, demo: bool) -> Path:
    """Say what lies in a folder while all in it is being deleted."""
    return file_in(folder, demo=demo).with_suffix(".deleting")


def secure(folder: Path, *, demo: bool) -> Lock:
    """Make the folder where it is missing, and take the lock of its diary.

    Raises:
        FolderNotWritable, DatabaseInUse
    """
    file = file_in(folder, demo=demo)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = Lock(file.with_suffix(".lock"))
    except Taken as taken:
        raise DatabaseInUse(file, taken.pid) from None
    except OSError as error:
        raise FolderNotWritable(folder) from error
    return lock


def make_ready(file: Path, *, demo: bool) -> None:
    """Bring a file up to date or make it; a foreign or newer one is refused, untouched."""
    with translated(file):
        found = look(file, locked=True)
        _recognise(file, found, demo=demo)
        if found.revision == REVISIONS[-1]:
            return
        from .migrating import upgrade  # alembic takes a second to import, and is seldom needed

        _create(file, _mark(demo=demo))
        upgrade(file, found.revision)


def check(file: Path, *, demo: bool) -> None:
    """Refuse a file that cannot just be read as it is."""
    if not file.exists() or removal_mark(file.parent, demo=demo).exists():
        raise DatabaseMissing(file)  # what is to be deleted is shown to nobody any more
    with translated(file):
        found = look(file, locked=False)
        _recognise(file, found, demo=demo)
        if found.revision is None:
            raise DatabaseMissing(file)
        if found.revision != REVISIONS[-1]:
            raise DatabaseOlder(file)


def refuse_foreign(file: Path, *, demo: bool) -> None:
    """Refuse a file that another program made; one that cannot be read at all is nobody's."""
    try:
        found = look(file, locked=True)
    except sqlite3.DatabaseError:
        return
    if found.tables and found.mark != _mark(demo=demo):
        raise DatabaseForeign(file)


def look(file: Path, *, locked: bool) -> Found:
    """Read what a file says of itself, without touching it."""
    if not file.exists() or file.stat().st_size == 0:
        return Found(0, tables=False, revision=None)
    # Only where nobody writes may SQLite be told so; then it leaves no files beside this one.
    alone = locked and not file.with_name(f"{file.name}-wal").exists()
    with closing(_connect(file, "ro&immutable=1" if alone else "ro")) as found:
        (mark,) = found.execute("PRAGMA application_id").fetchone()
        names = {name for (name,) in found.execute("SELECT name FROM sqlite_master")}
        query = "SELECT version_num FROM alembic_version"
        row = found.execute(query).fetchone() if "alembic_version" in names else None
    return Found(mark, bool(names - {"alembic_version"}), row[0] if row else None)


def _recognise(file: Path, found: Found, *, demo: bool) -> None:
    empty = not found.tables and found.mark == 0
    if not empty and found.mark != _mark(demo=demo):
        raise DatabaseForeign(file)
    if found.revision is not None and found.revision not in REVISIONS:
        raise DatabaseNewer(file, found.revision)


def _mark(*, demo: bool) -> int:
    return _DEMO_MARK if demo else _OWN_MARK


def _create(file: Path, mark: int) -> None:
    """Make the file, for its owner only, and say in its head what it is."""
    try:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise FolderNotWritable(file.parent) from error
    with closing(_connect(file, "rw")) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute(f"PRAGMA application_id={mark}")


def _connect(file: Path, mode: str) -> sqlite3.Connection:
    uri = f"{file.absolute().as_uri()}?mode={mode}"
    made = sqlite3.connect(
        uri, uri=True, timeout=_PATIENCE_S, isolation_level=None, check_same_thread=False
    )
    if mode == "rw":
        made.execute("PRAGMA synchronous=FULL")  # what is acknowledged survives a power cut
        made.execute("PRAGMA foreign_keys=ON")
    return made


def writer(file: Path) -> Engine:
    """Open for writing; each transaction takes its place in the queue as it begins."""
    engine = create_engine(
        "sqlite://",
        creator=lambda: _connect(file, "rw"),
        poolclass=QueuePool,
        pool_size=1,
        hide_parameters=True,  # an error must not carry what a body said into a log
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def reader(file: Path) -> Engine:
    """Open for reading only, from any thread."""
    return create_engine(
        "sqlite://",
        creator=lambda: _connect(file, "ro"),
        poolclass=QueuePool,
        hide_parameters=True,
    )


@contextmanager
def disposed(engine: Engine) -> Iterator[Engine]:
    """Close all connections of an engine at the end."""
    try:
        yield engine
    finally:
        engine.dispose()
