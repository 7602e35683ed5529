"""What a person does by themselves: practices, what they notice, and lines of their own."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import uuid4

from softfront_signal.moments import Answer

from .diary import (
    Diary,
    Invitation,
    JournalLine,
    Noticed,
    StoredPractice,
    begin_practice,
    finish_practice,
    known_practice,
    line,
    mark_noticed,
    remove_line,
    take_back,
    tell_practice,
    write_line,
)
from .doing import length_s, of_practice
from .errors import AnsweredAlready, NotInDiary
from .inviting import Said
from .practice import Sign
from .session import Session
from .shapes.heard import JournalIn
from .shapes.practices import Guided, PracticeFinishIn, PracticeIn

# What each may be told of; anything else that is sent along is left out.
_ASKED: Mapping[str, tuple[str, ...]] = {
    "midday": ("choice", "signs"),
    "morning": ("difficult",),
}

_SAID: Mapping[Answer, Said] = {Answer.START: "start", Answer.LATER: "later"}


@dataclass(frozen=True, slots=True)
class Practising:
    """Takes what is done and written into the diary, stored before it is acknowledged."""

    session: Session

    async def begin(self, kind: Guided, key: str, asked: PracticeIn) -> StoredPractice:
        """Keep that a practice has begun; begun twice with one key, it is one practice."""
        session, name = self.session, uuid4().hex
        if asked.invitation_id is not None:
            await self._start_from(asked.invitation_id)
        async with session.turn:
            now_ms = session.source.now_ms()
            begun = StoredPractice(
                id=name,
                key=key,
                kind=kind,
                started_ms=now_ms - 1000 * asked.started_ago_s,
                session=session.source.session.id,
                invitation_id=asked.invitation_id,
            )
            practice = await asyncio.to_thread(begin_practice, session.diary, begun)
            if practice.id == name:
                session.day.begin(of_practice(practice), now_ms)
                session.show_practice(practice)
            return practice

    async def finish(self, kind: Guided, name: str, said: PracticeFinishIn) -> StoredPractice:
        """Keep when a practice ended, and what was said in it; told twice, the first stands."""
        session = self.session
        async with session.turn:
            begun = await self._of_kind(kind, name)
            told = {
                what: value
                for what in _ASKED.get(kind, ())
                if (value := getattr(said, what)) is not None
            }
            practice = await asyncio.to_thread(
                finish_practice,
                session.diary,
                begun.id,
                ended_ms=session.source.now_ms() - 1000 * said.ended_ago_s,
                lasted_s=min(said.lasted_s, length_s(begun)),
                said=told,
            )
            session.day.end(practice.id)
            session.catching_up.wait_for_practice(practice)
            session.show_practice(practice)
            return practice

    async def tell_signs(self, name: str, signs: list[Sign]) -> StoredPractice:
        """Keep which early signs fitted; what was said last stands."""
        session = self.session
        async with session.turn:
            begun = await self._of_kind("midday", name)
            told = {"signs": signs}
            practice = await asyncio.to_thread(tell_practice, session.diary, begun.id, told)
            session.show_practice(practice)
            return practice

    async def answer(self, name: str, said: Said) -> Invitation:
        """Keep an answer to an invitation; said twice, it stands once.

        Raises `NotInDiary` or, where something else was answered before, `AnsweredAlready`.
        """
        session = self.session
        async with session.turn:
            return await session.inviting.answer(name, said, session.source.now_ms())

    async def hear(self, name: str, answer: Answer) -> Invitation:
        """Take what a button outside the page says to an invitation. Raises as `answer`."""
        return await self.answer(name, _SAID.get(answer, "not_now"))

    async def notice(self, key: str, ago_s: int) -> Noticed:
        """Mark a moment; marked twice with one key, it is one."""
        noticed = Noticed(key, self.session.source.now_ms() - 1000 * ago_s)
        return await asyncio.to_thread(mark_noticed, self.session.diary, noticed)

    async def take_back(self, name: str) -> None:
        """Forget a moment that was marked."""
        await asyncio.to_thread(take_back, self.session.diary, name)

    async def write(self, key: str | None, said: JournalIn) -> JournalLine | None:
        """Keep a line; an empty one removes what stood in its place.

        A line that belongs nowhere and is sent twice with one key is one line: the first stands.
        """
        written_ms = self.session.source.now_ms() - 1000 * said.written_ago_s
        return await asyncio.to_thread(_write, self.session.diary, key, said, written_ms)

    async def remove(self, name: str) -> None:
        """Remove a line."""
        await asyncio.to_thread(remove_line, self.session.diary, name)

    async def _start_from(self, name: str) -> None:
        """Let a practice answer its invitation; one begun offline may come after it has left."""
        with suppress(AnsweredAlready):
            await self.answer(name, "start")

    async def _of_kind(self, kind: str, name: str) -> StoredPractice:
        practice = await asyncio.to_thread(known_practice, self.session.diary, name)
        if practice.kind != kind:
            raise NotInDiary("practice")
        return practice


def _write(diary: Diary, key: str | None, said: JournalIn, written_ms: int) -> JournalLine | None:
    name = said.id or key
    earlier = line(diary, name) if name else None
    if said.id is not None:
        if earlier is None:
            raise NotInDiary("line")
        return write_line(diary, replace(earlier, text=said.text))
    if earlier is not None:
        return earlier
    if said.pause_id is not None and diary.pause(said.pause_id) is None:
        raise NotInDiary("pause")
    named = said.practice_id or said.practice_key
    practice_id = known_practice(diary, named).id if named else None
    place = (said.pause_id, practice_id, said.question)
    return write_line(diary, JournalLine(key or uuid4().hex, written_ms, said.text, *place))
