"""What a person says back: to an offer, by a pause, in their settings."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from secrets import token_bytes
from uuid import uuid4

from softfront_signal.gates import EFFORT_MS
from softfront_signal.moments import Answer

from .diary import StoredPause, StoredPrompt, StoredSettings
from .doing import of_pause
from .errors import AnsweredAlready, NotInDiary
from .memory import remember_chance
from .pause import LENGTH_S
from .reasons import Text, utc
from .session import Session
from .settings import Settings
from .shapes.heard import FinishIn, PauseIn
from .tact import DISMISSED_MS, LATER_MS, LIFETIME_MS, REFRACTORY_MS, put_off

_SEED_BYTES = 16
# What each answer makes of an offer, and what it may be said after. A cause may be told later too.
_STATUS = {
    Answer.START: ("started", ("offered", "later", "expired")),
    Answer.LATER: ("later", ("offered",)),
    Answer.NOT_NOW: ("not_now", ("offered", "later")),
    Answer.OTHER_CAUSE: ("other_cause", None),
    Answer.WAS_MOVING: ("was_moving", None),
}


class Replies:
    """Take answers by the HTTP door into the day, stored before they are acknowledged."""

    def __init__(
        self,
        session: Session,
        on_pause: Callable[[float], None] = lambda length_s: None,
        seed: Callable[[], bytes] = lambda: token_bytes(_SEED_BYTES),
    ) -> None:
        """Let `on_pause` know of each pause: a simulated person breathes with it.

        `seed` is asked once in a diary's life, for what chance draws from.
        """
        self._session = session
        self._on_pause, self._seed = on_pause, seed

    async def answer(self, prompt_id: str, answer: Answer) -> tuple[StoredPrompt, Text | None]:
        """Keep an answer; said twice, it stands once.

        Raises `NotInDiary` or, where something else was answered before, `AnsweredAlready`.
        """
        session = self._session
        async with session.turn:
            prompt = await asyncio.to_thread(session.diary.prompt, prompt_id)
            if prompt is None:
                raise NotInDiary("prompt")
            if answer is Answer.LATER and prompt.expires_ms - LIFETIME_MS > prompt.t_ms:
                answer = Answer.NOT_NOW  # it came back once, and that was its once
            status, after = _STATUS[answer]
            if prompt.status != status:
                if after is not None and prompt.status not in after:
                    raise AnsweredAlready(prompt.status)
                prompt = await self._keep(prompt, status, answer)
            return prompt, _ack(answer, prompt)

    async def begin_pause(self, key: str, asked: PauseIn) -> StoredPause:
        """Keep that a pause has begun; begun twice with one key, it is one pause."""
        session = self._session
        now_ms = session.source.now_ms()
        if asked.prompt_id is not None:
            await self._start_from(asked.prompt_id)
        async with session.turn:
            name = uuid4().hex
            begun = StoredPause(
                id=name,
                key=key,
                started_ms=now_ms - 1000 * asked.started_ago_s,
                prompt_id=asked.prompt_id,
                session=session.source.session.id,
            )
            pause = await asyncio.to_thread(session.diary.begin_pause, begun)
            if pause.id == name:
                session.day.begin(of_pause(pause), now_ms)
                if asked.started_ago_s < LENGTH_S:
                    self._on_pause(LENGTH_S - asked.started_ago_s)
                await session.show_pause(pause)
            return pause

    async def finish_pause(self, pause_id: str, said: FinishIn) -> StoredPause:
        """Keep when a pause ended; told twice, the first stands."""
        session = self._session
        async with session.turn:
            ended_ms = session.source.now_ms() - 1000 * said.ended_ago_s
            pause = await asyncio.to_thread(
                session.diary.finish_pause, pause_id, ended_ms=ended_ms, lasted_s=said.lasted_s
            )
            session.day.end(pause.id)
            session.catching_up.wait_for(pause)
            await session.show_pause(pause)
            return pause

    async def change(self, settings: Settings, version: int) -> StoredSettings:
        """Put settings in place of those of `version`. Raises `SettingsConflict`."""
        session = self._session
        async with session.turn:
            day = session.day
            body = settings.model_dump(mode="json", by_alias=True)
            seed = day.seed or (self._seed() if settings.compare else None)
            state = remember_chance(seed) if seed and not day.seed else ()
            stored = await asyncio.to_thread(
                session.diary.put_settings, body, version=version, state=state
            )
            day.seed = seed
            day.change_settings(settings, session.source.now_ms())
            return stored

    async def _start_from(self, prompt_id: str) -> None:
        """Let a pause answer its offer; one begun offline may come after the offer has left."""
        try:
            await self.answer(prompt_id, Answer.START)
        except AnsweredAlready:
            return

    async def _keep(self, prompt: StoredPrompt, status: str, answer: Answer) -> StoredPrompt:
        session, day = self._session, self._session.day
        now_ms = session.source.now_ms()
        again_ms = now_ms + LATER_MS if answer is Answer.LATER else None
        if answer is Answer.LATER:
            day.tact = put_off(day.tact, prompt.id, now_ms)
        changed = replace(prompt, status=status, answered_ms=now_ms, again_ms=again_ms)
        day.hear_answer(answer, now_ms)
        day.change_offer(changed)
        await session.store()
        return changed


def _ack(answer: Answer, prompt: StoredPrompt) -> Text | None:
    """Say what happens next, and nothing else."""
    if answer is Answer.START:
        return None
    # Counted from when it was last made: an offer put off comes back.
    free_ms = prompt.expires_ms - LIFETIME_MS + REFRACTORY_MS
    if answer is Answer.LATER:
        free_ms = prompt.again_ms or free_ms
    if answer in (Answer.NOT_NOW, Answer.OTHER_CAUSE, Answer.WAS_MOVING):
        free_ms = max(free_ms, (prompt.answered_ms or 0) + DISMISSED_MS)
    if answer is Answer.WAS_MOVING:
        free_ms = max(free_ms, (prompt.answered_ms or 0) + EFFORT_MS)
    return Text(f"prompt.ack.{answer.value}", {"time": utc(free_ms)})
