"""Everything deleted while a server runs, with the proof, and a house that then begins anew."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from .diary import Diary, Gone, begin_removal, held, remove_all
from .notify import Bus
from .shapes.removing import Removed


@dataclass(slots=True)
class Removal:
    """Lets all that is at work come to rest, and then lets nothing be left."""

    diary: Diary
    bus: Bus
    rest: Callable[[], Awaitable[None]]
    """Ends whatever writes; called once."""
    anew: Callable[[], None]
    """Is told when all is over, so that a new house can be begun."""
    wall_ms: Callable[[], int]
    begun: bool = False
    """From here on nobody is let in any more."""

    async def all(self) -> Removed:
        """Delete everything; what is begun is finished, if need be by the next start."""
        self.begun = True
        diary, folder = self.diary, self.diary.file.parent
        what = await asyncio.to_thread(held, diary)
        await asyncio.to_thread(begin_removal, folder, demo=diary.demo)
        await self.rest()
        gone = await asyncio.to_thread(_remove, diary, what.needles)
        told = Removed.of(what, gone, folder, self.wall_ms())
        self.bus.publish("deleted", {"deleted_at": told.deleted_at})
        self.anew()
        return told


def _remove(diary: Diary, needles: tuple[bytes, ...]) -> Gone:
    diary.let_go()
    return remove_all(diary.file.parent, demo=diary.demo, needles=needles)
