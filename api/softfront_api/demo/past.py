"""The two weeks before the demo, lived through by the whole house, in a process of its own."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from random import Random

from softfront_sensors.source import SessionInfo

from ..clock import Clock
from ..diary import Diary
from ..memory import remember_chance
from ..notify import Bus
from ..replies import Replies
from ..session import Session
from ..untreated import untreated
from .answering import Habits
from .arriving import DONE
from .caregiver import DEVICE, SEED
from .roster import Shift, roster
from .worn import PastStrap

# She let chance keep back some offers in these weeks; what it says is always the same.
_CHANCE = b"the demo's two weeks"
_MINUTE_MS = 60_000
# What is shown comes first.
_NICE = 10


def live(
    folder: Path,
    shifts: Iterable[Shift],
    now_ms: int,
    on_shift: Callable[[str], None] = lambda name: None,
) -> None:
    """Live shifts into a new diary in a folder; what follows from them is the house's doing."""
    with Diary.open(folder, demo=True) as diary:
        diary.put_settings({"compare": True}, version=0, state=remember_chance(_CHANCE))
        for shift in shifts:
            asyncio.run(_live(diary, shift))
            on_shift(shift.name)
        untreated(diary, now_ms)  # measured beforehand, so that no page waits for it


async def _live(diary: Diary, shift: Shift) -> None:
    info = SessionInfo(shift.name, DEVICE, shift.start_ms, live=False, demo=True)
    strap = PastStrap(shift.person, info, shift.length_s)
    # This day's clock is the strap's; how long the program has run goes on from shift to shift.
    clock = Clock(strap.now_ms, strap.now_ms)
    session = Session(strap, diary, Bus(), clock)
    replies = Replies(session, strap.breathe_with_pause)
    habits: Habits | None = None

    async def act() -> None:
        nonlocal habits
        if habits is None:
            session.day.monitor.look_every_ms = _MINUTE_MS
            habits = Habits(session, replies, Random(shift.person.seed), shift.length_s)
        await habits.act()

    strap.before_each = act
    await session.run()


def main() -> None:
    """Live them for whoever started this: in `argv` the folder and the moment."""
    with suppress(AttributeError, OSError):  # a system without this still gets its past
        os.nice(_NICE)
    parent = os.getppid()

    def tell(name: str) -> None:
        if os.getppid() != parent:  # nobody is there any more
            raise SystemExit(1)
        print(name, flush=True)

    now_ms = int(sys.argv[2])
    now = datetime.fromtimestamp(now_ms / 1000).astimezone()
    live(Path(sys.argv[1]), roster(now, SEED), now_ms, tell)
    tell(DONE)


if __name__ == "__main__":
    main()
