"""Everything deleted while a server runs, with the proof, and a house that then begins anew."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from .diary import Diary, Gone, begin_removal, remove_all
from .errors import FolderNotWritable
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
        """Delete everything; what is begun is finished, if need be by the next start.

        Raises:
            FolderNotWritable: nothing was begun, and all goes on.
        """
        folder, demo = self.diary.file.parent, self.diary.demo
        try:
            await asyncio.to_thread(begin_removal, folder, demo=demo)
        except OSError as error:
            raise FolderNotWritable(folder) from error
        self.begun = True
        try:
            await self.rest()
            gone = await asyncio.to_thread(_remove, self.diary)
            told = Removed.of(gone, folder, self.wall_ms())
            self.bus.publish("deleted", {"deleted_at": told.deleted_at})
            return told
        finally:  # whatever went wrong, the next house finishes it as it opens
            self.anew()


def _remove(diary: Diary) -> Gone:
    diary.let_go()
    return remove_all(diary.file.parent, demo=diary.demo)
