"""The demo: a simulated caregiver in the middle of a shift, by the real rules."""

import asyncio
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory
from uuid import uuid4

from softfront_sensors.simulated import SimulatedStrap
from softfront_sensors.source import SessionInfo, Source

from ..clock import Clock
from ..demo import DEVICE, WORN_S, caregiver, history
from ..demo.arriving import HISTORY, arrive, awaited_ms
from ..diary import Diary, StoredSession
from ..errors import DiaryError
from ..tact import REFRACTORY_MS
from .beyond import Opening
from .common import Exit, data_folder, sentence, stop
from .listening import HOST
from .opening import tell_url
from .room import known_in
from .serving import OnUrl, Place, Worn, serve

_DAYS_MS = 14 * 24 * 3_600_000


def demo(folder: Path | None, listener: socket, *, on_url: OnUrl) -> Exit:
    """Serve the demo from a diary of its own, in a folder or in one that is removed at the end.

    Once a strap is chosen on its page, the demo is over, and at the same address one's own day
    begins, in one's own diary: nothing of the one is ever in the other.
    """
    leaving = _Leaving(data_folder(folder))
    with listener, ExitStack() as stack:
        place = folder or Path(stack.enter_context(TemporaryDirectory(prefix="softfront-demo-")))
        # A copy: whoever comes between the two waits, and is not refused.
        ended = _show(place, listener.dup(), leaving, on_url)
        stack.close()
        return ended if leaving.strap is None else _go_on(leaving, listener)


def _go_on(leaving: "_Leaving", listener: socket) -> Exit:
    from .wearing import wear  # only where a strap is worn

    assert leaving.strap is not None
    straps, here = (leaving.strap,), Opening(HOST)
    return wear(leaving.own, listener, here, straps, None, on_url=tell_url, chosen=leaving.strap)


def _show(folder: Path, listener: socket, leaving: "_Leaving", on_url: OnUrl) -> Exit:
    """Show the demo until it ends.

    One that ran in this folder less than 45 min ago goes on, as a strap would that stayed on. Its
    two weeks are lived through while the page is open already; until then, still minutes of theirs
    say what is usual.
    """
    earlier, past_ms = _earlier(folder)
    known = known_in(leaving.own)
    return serve(
        Place(folder, listener, demo=True),
        # Once all is deleted there is nothing to go on with.
        lambda clock, diary: Worn(
            _strap(clock, earlier if diary.last_session() else None),
            known=known,
            leave=leaving.with_strap,
        ),
        on_url=on_url,
        on_pause=_breathe,
        meanwhile=None if past_ms is None else partial(arrive, folder=folder, now_ms=past_ms),
    )


class _Leaving:
    """The way from the demo to one's own day."""

    def __init__(self, own: Path) -> None:
        self.own = own
        self.strap: str | None = None

    async def with_strap(self, strap: str) -> None:
        """Remember what to go on with. Raises `DiaryError` where one's own diary does not open."""
        await asyncio.to_thread(self._open_once)
        self.strap = strap

    def _open_once(self) -> None:
        with Diary.open(self.own, demo=False):
            pass


def _strap(clock: Clock, earlier: StoredSession | None) -> Source:
    started_ms = earlier.started_ms if earlier else clock.wall_ms() - WORN_S * 1000
    name = earlier.id if earlier else str(uuid4())
    info = SessionInfo(name, DEVICE, started_ms, live=True, demo=True)
    return SimulatedStrap(caregiver(), info, clock.session_clock())


def _breathe(source: Source, length_s: float) -> None:
    if isinstance(source, SimulatedStrap):
        source.breathe_with_pause(length_s)


def _earlier(folder: Path) -> tuple[StoredSession | None, int | None]:
    """Find the demo to go on with, and the moment up to which its past is still to be lived."""
    now_ms = Clock().wall_ms()
    try:
        with Diary.open(folder, demo=True) as diary:
            last = diary.last_session()
            if last is None:
                _lay_in(diary, now_ms)
                return None, now_ms
            reach_ms = diary.reach(last.id)
            past_ms = awaited_ms(diary)
    except DiaryError as closed:
        stop(sentence(closed))
    lately = reach_ms is not None and 0 <= now_ms - reach_ms < REFRACTORY_MS
    return (last if lately else None), past_ms


def _lay_in(diary: Diary, now_ms: int) -> None:
    info = SessionInfo(HISTORY, DEVICE, now_ms - _DAYS_MS, live=False, demo=True)
    diary.add_history(info, history(caregiver(), now_ms, info.id))
