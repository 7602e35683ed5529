"""What SQLite complains of, in this house's words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError, IntegrityError

from ..errors import (
    DatabaseBusy,
    DatabaseUnusable,
    DiaryError,
    DiaryFull,
    FolderNotWritable,
)

_NOT_ALLOWED = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")


@contextmanager
def translated(file: Path) -> Iterator[None]:
    """Turn errors of the database into ours; a contradiction in the data passes through."""
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        raise named(file, error.orig) from error
    except sqlite3.Error as error:
        raise named(file, error) from error


def named(file: Path, error: BaseException | None) -> DiaryError:
    """Name what happened."""
    # ProgrammingError and the like carry no name: a slip of ours, and told as such.
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    if name.startswith("SQLITE_FULL"):
        return DiaryFull(file.parent)
    if name.startswith(_NOT_ALLOWED):
        return FolderNotWritable(file.parent)
    if name.startswith(_BUSY):
        return DatabaseBusy(file)
    return DatabaseUnusable(file, why=name)
