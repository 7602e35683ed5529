"""The demo's two weeks come in: lived in another process, moved in shift by shift."""

import asyncio
import logging
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from ..diary import Diary, move_in, take_place_of
from ..errors import DiaryError

_log = logging.getLogger(__name__)

HISTORY = "demo-history"
"""The session of still minutes that stand in for the shifts until they are lived."""
DONE = "done"
"""What is said behind the last shift."""
_DAYS_MS = 14 * 24 * 3_600_000


def awaited_ms(diary: Diary) -> int | None:
    """Say before which moment the two weeks lie that still have to be lived; `None` is none."""
    laid_in = diary.session(HISTORY)
    return laid_in.started_ms + _DAYS_MS if laid_in else None


async def arrive(diary: Diary, *, folder: Path, now_ms: int) -> None:
    """Let the shifts before a moment be lived, and move each in when it is over.

    Whatever keeps them away is logged: a demo without a past is a demo.
    """
    with TemporaryDirectory(prefix="past-", dir=folder) as own:
        try:
            await _live_beside(diary, Path(own), now_ms)
        except (OSError, DiaryError) as failed:
            _log.error("the demo's two weeks did not come in: %s", failed)


async def _live_beside(diary: Diary, own: Path, now_ms: int) -> None:
    command = (sys.executable, "-P", "-m", "softfront_api.demo.past", str(own), str(now_ms))
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=DEVNULL)
    try:
        assert process.stdout is not None
        async for line in process.stdout:
            name = line.decode().strip()
            if name == DONE:
                await asyncio.to_thread(take_place_of, diary, own / "demo.db", HISTORY, "untreated")
            else:
                await asyncio.to_thread(move_in, diary, own / "demo.db", name)
        await process.wait()
    finally:
        await _end(process)


async def _end(process: Process) -> None:
    """Let nothing go on behind a demo that is over."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
