"""What a button says that is pressed far from the page: on the desktop, the phone, at home."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from uuid import uuid4

from softfront_signal.moments import Answer

from .errors import AnsweredAlready, NotInDiary, SettingsConflict
from .notify import Bus
from .pause import LENGTH_S
from .practising import Practising
from .reasons import utc
from .replies import Replies
from .session import Session
from .settings import Settings
from .shapes.heard import FinishIn, PauseIn

_MINUTE_MS = 60_000
_TRIES = 3


class Buttons:
    """Turns what is pressed into answers, pauses and settings, as the page would."""

    def __init__(
        self, session: Session, replies: Replies, bus: Bus, length_s: float = LENGTH_S
    ) -> None:
        """Let pages hear of a pause that begins here, so that one that is open can guide it."""
        self._session, self._replies, self._bus = session, replies, bus
        self._length_s = length_s
        self._begun: asyncio.Queue[tuple[str, float]] = asyncio.Queue()

    async def answer(self, offer_id: str, answer: Answer) -> None:
        """Answer an offer; one that was answered or has left before stays as it is."""
        with suppress(AnsweredAlready, NotInDiary):
            try:
                await self._replies.answer(offer_id, answer)
            except NotInDiary:  # then it is an invitation to a practice
                await Practising(self._session).hear(offer_id, answer)
                return
            if answer is Answer.START:
                await self._begin(offer_id)

    async def pause(self) -> None:
        """Begin a pause: by hand, or by the offer that waits."""
        waits = self._session.pending()
        if waits is not None:
            await self.answer(waits.id, Answer.START)
        else:
            await self._begin(None)

    async def with_someone(self, *, on: bool) -> None:
        """Set or take back that the wearer is with someone."""
        now_ms = self._session.source.now_ms()
        for _ in range(_TRIES):
            stored = await asyncio.to_thread(self._session.diary.settings)
            settings = Settings.read(dict(stored.body))
            until_ms = now_ms + _MINUTE_MS * settings.with_someone_min
            until = datetime.fromtimestamp(until_ms / 1000, UTC) if on else None
            with suppress(SettingsConflict):
                changed = settings.model_copy(update={"with_someone_until": until})
                await self._replies.change(changed, stored.version)
                return

    async def run(self) -> None:
        """End each pause that began here, unless a page has ended it before."""
        loop = asyncio.get_running_loop()
        while True:
            pause_id, over_s = await self._begun.get()
            await asyncio.sleep(over_s - loop.time())
            with suppress(NotInDiary):
                await self._replies.finish_pause(pause_id, FinishIn(lasted_s=LENGTH_S))

    async def _begin(self, prompt_id: str | None) -> None:
        if self._session.day.busy(self._session.source.now_ms()):  # it goes on
            return
        over_s = asyncio.get_running_loop().time() + self._length_s
        pause = await self._replies.begin_pause(uuid4().hex, PauseIn(prompt_id=prompt_id))
        self._begun.put_nowait((pause.id, over_s))
        self._bus.publish("begun", {"id": pause.id, "started_at": utc(pause.started_ms)})
