"""What was lived into another diary moves into this one, run by run."""

from pathlib import Path

from .diary import Diary

_OF_SESSION = ("chunk", "window", "prompt", "decision", "occasion", "pause", "practice")
"""In this order: decisions and pauses point at offers."""
_LINES = """
    INSERT OR IGNORE INTO main.journal SELECT * FROM other.journal AS line
    WHERE line.pause_id IS NULL OR line.pause_id IN (SELECT id FROM main.pause)
"""


def move_in(diary: Diary, file: Path, session: str) -> None:
    """Take over a run of another diary with all that came of it; what is here already stays."""
    with diary.beside(file) as connection:
        of = {"of": session}
        connection.exec_driver_sql(
            "INSERT OR IGNORE INTO main.session SELECT * FROM other.session WHERE id = :of", of
        )
        for table in _OF_SESSION:
            connection.exec_driver_sql(
                f"INSERT OR IGNORE INTO main.{table} "
                f"SELECT * FROM other.{table} WHERE session = :of",
                of,
            )
        connection.exec_driver_sql(_LINES)
        connection.exec_driver_sql("INSERT OR IGNORE INTO main.noticed SELECT * FROM other.noticed")


def take_place_of(diary: Diary, file: Path, laid_in: str, state: str) -> None:
    """Let what has moved in take the place of numbers that were laid in; take over one body."""
    with diary.beside(file) as connection:
        of = {"of": laid_in, "name": state}
        connection.exec_driver_sql("DELETE FROM main.window WHERE session = :of", of)
        connection.exec_driver_sql("DELETE FROM main.session WHERE id = :of", of)
        connection.exec_driver_sql(
            "INSERT OR REPLACE INTO main.state SELECT * FROM other.state WHERE name = :name", of
        )
