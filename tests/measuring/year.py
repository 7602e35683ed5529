"""What a year costs: `GET /trends` beside a bare read of its rows, and their summing up."""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
from fastapi import FastAPI
from starlette.types import ASGIApp

from softfront_api.app import make_app
from softfront_api.by_day import around
from softfront_api.diary import Diary, bare, sum_up
from softfront_api.guard import Door, Guard

from ..api.asking import HOST, house
from ..api.living import Home, a_shift, up_to_second
from .figure import Figure
from .turns import Side, costs

YEAR_MS = 365 * 86_400_000
BEGIN_MS = 1_735_689_600_000  # 2025-01-01
_DAY, _SPAN = "2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z"
# Five shifts of eight hours a week, early, late and night in turn; a mark each five seconds, and
# of three quarter-hours one is moved through.
_WINDOWS = """
WITH RECURSIVE day(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM day WHERE n < 364),
shift(begin_ms) AS (
  SELECT :begin_ms + n * 86400000 + (6 + n / 7 % 3 * 8) * 3600000 FROM day WHERE n % 7 < 5
),
mark(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM mark WHERE n < 5760)
INSERT INTO window (session, t_ms, hr_bpm, rmssd_ms, beats, valid, differences, coverage, flagged,
  missing, stillness, still_s, learnt, ln_rmssd_se, soothing)
SELECT 'year', begin_ms + n * 5000, 70 + random() % 50 / 10.0, 30 + random() % 150 / 10.0,
  70, 70, 69, 0.98, 0, CASE WHEN n / 180 % 3 = 2 THEN 'moving' END,
  CASE WHEN n / 180 % 3 = 2 THEN 'moving' ELSE 'still' END, 600, 0, 0.1, -3 + random() % 20 / 100.0
FROM shift JOIN mark
"""
_DECISIONS = """
INSERT INTO decision (session, t_ms, state, reason, verdict, learnt_percent, z_rmssd, held_s,
  wording, gates, rule, rule_version)
SELECT session, t_ms, 'ready', 'in_range', 'silent', 100, random() % 200 / 100.0, 0, 'plain', '[]',
  'combined', '1' FROM window WHERE session = 'year'
"""


def trends_of_a_year() -> Iterator[Figure]:
    """Ask for a year, again and again, in turn with who only reads its rows.

    Both come through the same door and the same web framework; the other reads all columns of the
    same rows by one SQL statement, and says how many there were.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        Home(Path(folder), up_to_second(a_shift(), 60)) as home,
    ):
        home.lives()
        _lay_in(home.diary)
        began = time.perf_counter()
        sum_up(home.diary, *around(BEGIN_MS, BEGIN_MS + YEAR_MS))
        yield Figure("a_year_of_marks_summed_up", time.perf_counter() - began, "s")
        with closing(asyncio.new_event_loop()) as loop:
            ours = _asks(loop, make_app(house(home), Door.at(80)), "trends")
            other = _asks(loop, Guard(_bare(home.diary), Door.at(80)), "bare")
            sides = [Side("ours", ours, 1), Side("other", other, 1)]
            sides.append(Side("sqlite", lambda: _sqlite(home.diary), 1))
            spent = costs(sides, clock=time.process_time)
    yield Figure("trends_of_a_year", 1000 * spent["ours"], "ms")
    yield Figure("trends_over_sql_read", spent["ours"] / spent["other"], "ratio", 3)
    yield Figure("trends_over_sqlite_alone", spent["ours"] / spent["sqlite"], "ratio")


def _lay_in(diary: Diary) -> None:
    with closing(sqlite3.connect(diary.file)) as other, other:
        row = ("year", "made", BEGIN_MS, 0, 0)
        other.execute(
            "INSERT INTO session (id, device, started_ms, live, demo) VALUES (?, ?, ?, ?, ?)", row
        )
        other.execute(_WINDOWS, {"begin_ms": BEGIN_MS})
        other.execute(_DECISIONS)


def _bare(diary: Diary) -> FastAPI:
    app = FastAPI()

    @app.get("/api/v1/bare")
    def read() -> int:
        return len(diary.all(bare(*around(BEGIN_MS, BEGIN_MS + YEAR_MS))))

    return app


def _asks(loop: asyncio.AbstractEventLoop, app: ASGIApp, path: str) -> Callable[[], object]:
    url = f"http://{HOST}:80"
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=f"{url}/api/v1/", headers={"origin": url}
    )

    async def ask() -> None:
        (await client.get(path, params={"from": _DAY, "to": _SPAN})).raise_for_status()

    return lambda: loop.run_until_complete(ask())


def _sqlite(diary: Diary) -> int:
    query = "SELECT * FROM quarter WHERE quarter BETWEEN ? AND ?"
    edges = [ms // 900_000 for ms in around(BEGIN_MS, BEGIN_MS + YEAR_MS)]
    with closing(sqlite3.connect(diary.file)) as other:
        return len(other.execute(query, edges).fetchall())
