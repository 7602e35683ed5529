"""What is measured once its minutes are over, beside the day: no decision waits for it."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeAlias

from .diary import Diary, Occasion, StoredPause, StoredPractice
from .errors import DiaryError
from .outcomes import outcome, ready_ms
from .pause import LENGTH_S, spans
from .recorded import recorded, recorded_spans
from .results import result
from .shapes.practices import PracticeSession
from .traces import shape

_log = logging.getLogger(__name__)

Publish: TypeAlias = Callable[[str, Mapping[str, Any]], object]

# What could not be measured now is measured later; meanwhile all else goes on.
_TRY_AGAIN_MS = 60_000
# A few at a time: after a restart many may be due, and the day goes first.
_AT_ONCE = 2


class CatchingUp:
    """Waits for the minutes after pauses, practices and moments of chance, and fills them in."""

    def __init__(self, diary: Diary, publish: Publish) -> None:
        self._diary, self._publish = diary, publish
        self._waiting: dict[str, int] = {}
        """From when on the minutes around each can be told, by its id."""
        self._occasions: dict[str, Occasion] = {}
        self._practices: set[str] = set()
        self._work: asyncio.Task[None] | None = None

    def wait_for(self, pause: StoredPause) -> None:
        """Remember to fill in what comes after a pause that has ended."""
        if pause.ended_ms is None or pause.result is not None:
            return
        lasted_s = LENGTH_S if pause.lasted_s is None else pause.lasted_s
        self._waiting[pause.id] = spans(pause.started_ms, lasted_s, None).ready_ms

    def wait_for_practice(self, practice: StoredPractice) -> None:
        """Remember to record what lies around a practice that has ended."""
        if practice.ended_ms is None or practice.around is not None:
            return
        self._practices.add(practice.id)
        self._waiting[practice.id] = recorded_spans(practice).ready_ms

    def expect(self, occasion: Occasion) -> None:
        """Remember to measure around a moment at which chance chose."""
        self._occasions[occasion.id] = occasion
        self._waiting[occasion.id] = ready_ms(occasion.t_ms)

    def look(self, here_ms: int) -> None:
        """Begin with some of what is over and heard, unless that is at work already."""
        if self._work is not None and not self._work.done():
            return
        due = [name for name, ready in self._waiting.items() if here_ms >= ready][:_AT_ONCE]
        self._work = asyncio.create_task(self._fill_in(due, here_ms)) if due else None

    async def finish(self, here_ms: int) -> None:
        """Fill in all that is over and heard."""
        for _ in range(len(self._waiting) + 1):  # each is tried once
            if self._work is not None:
                await self._work
            self.look(here_ms)

    async def stop(self) -> None:
        """Leave off; what is not filled in is taken up again after a restart."""
        if self._work is not None:
            self._work.cancel()
            with suppress(asyncio.CancelledError):
                await self._work

    async def _fill_in(self, due: list[str], here_ms: int) -> None:
        for name in due:
            self._waiting[name] = here_ms + _TRY_AGAIN_MS
            try:
                if name in self._occasions:
                    await asyncio.to_thread(self._measure, self._occasions[name])
                elif name in self._practices:
                    await self._record(name)
                else:
                    await self._tell(name, here_ms)
            except DiaryError as unstored:
                _log.error("not filled in, to be tried again: %s", unstored)
            except Exception as failed:  # one moment that cannot be told must not end the day
                _log.error("not filled in, to be tried again:\n%s", shape(failed))
            else:
                del self._waiting[name]
                self._occasions.pop(name, None)
                self._practices.discard(name)

    def _measure(self, it: Occasion) -> None:
        measured = outcome(self._diary, it.t_ms, it.rise_ms)
        self._diary.store_outcome(it.id, measured.to_plain())

    async def _record(self, practice_id: str) -> None:
        """Store what lies around a practice, then show it."""
        practice = await asyncio.to_thread(recorded, self._diary, practice_id)
        if practice is not None:
            told = PracticeSession.of(practice)
            self._publish("practice", told.model_dump(mode="json", by_alias=True))

    async def _tell(self, pause_id: str, here_ms: int) -> None:
        """Store a pause's result, then show it."""
        body = await asyncio.to_thread(self._result, pause_id, here_ms)
        if body is not None:
            self._publish("pause", body)

    def _result(self, pause_id: str, here_ms: int) -> dict[str, Any] | None:
        pause = self._diary.pause(pause_id)
        if pause is None:
            return None
        body = result(self._diary, pause, here_ms).model_dump(mode="json", by_alias=True)
        self._diary.store_result(pause_id, body)
        return body
