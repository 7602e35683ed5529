"""A diary that holds something of every kind, and all of its rows side by side."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from softfront_api.diary import Diary, Reader
from softfront_api.diary.tables import SUMMED_UP
from softfront_api.exchange.everything import everything
from softfront_api.settings import Settings

from .living import START, Home, a_shift

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
Rows = dict[str, list[tuple[object, ...]]]


def lived(folder: Path) -> Path:
    """Live a shift with an offer, a pause and a line; lay a row into each table besides."""
    with Home(folder, a_shift(1700)) as home:
        home.lives()
        diary = home.diary
        assert diary.prompts()
        diary.put_settings(Settings().model_dump(mode="json", by_alias=True), version=0)
        for statement in (
            "INSERT INTO pause VALUES ('p1','key-1',NULL,'one',%d,%d,90,'{\"a\":0.1}')",
            "INSERT INTO journal (id,t_ms,text,pause_id)"
            " VALUES ('j1',%d + 0*%d,'=1+1 ü\n“so”','p1')",
            "INSERT INTO practice (id,key,kind,started_ms,ended_ms)"
            " VALUES ('r','k','morning',%d,%d)",
            "INSERT INTO invitation VALUES ('i','morning','2026-06-09',%d,%d,'offered',NULL)",
            "INSERT INTO noticed VALUES ('n',%d + 0*%d)",
            "INSERT INTO occasion VALUES"
            " ('o','one',%d,%d,1,0.6,0.123456789012345678,1.5,'change',NULL)",
        ):
            with diary.writing() as connection:
                connection.exec_driver_sql(statement % (START + 900_000, START + 990_000))
    return folder


def zipped(reader: Reader, to: Path) -> Path:
    """Write everything out."""
    with to.open("wb") as out:
        for piece in everything(reader, NOW):
            out.write(piece)
    return to


def backup_of(folder: Path, to: Path) -> Path:
    with Diary.peek(folder, demo=False) as reader:
        return zipped(reader, to)


def all_rows(folder: Path) -> Rows:
    """Tell every table of a diary, cell by cell, as SQLite holds it."""
    with closing(sqlite3.connect(folder / "diary.db")) as opened:
        return {name: sorted(_rows(opened, name), key=repr) for name in _tables(opened)}


def _tables(opened: sqlite3.Connection) -> Iterator[str]:
    found = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    yield from (name for (name,) in found if name not in ("alembic_version", *SUMMED_UP))


def _rows(opened: sqlite3.Connection, name: str) -> list[tuple[object, ...]]:
    return opened.execute(f"SELECT * FROM {name}").fetchall()
