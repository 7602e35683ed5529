"""What she said to each offer, when she took a pause of her own, and what she wrote."""

from collections.abc import Awaitable, Callable
from functools import partial
from random import Random

from softfront_signal.moments import Answer

from ..pause import LENGTH_S
from ..practice import PRACTICES, Choice
from ..practising import Practising
from ..replies import Replies
from ..session import Session
from ..shapes.heard import FinishIn, JournalIn, PauseIn
from ..shapes.practices import Guided, PracticeFinishIn, PracticeIn
from ..words import say

_S = 1000
# As people answer whom nobody urges: half of the time not by a pause.
_ANSWERS: tuple[tuple[Answer | None, int], ...] = (
    (Answer.START, 50),
    (Answer.LATER, 14),
    (Answer.NOT_NOW, 12),
    (None, 12),
    (Answer.OTHER_CAUSE, 7),
    (Answer.WAS_MOVING, 5),
)
_EARLY, _WRITES = 0.12, 0.4
_CHOICES: tuple[Choice | None, ...] = ("resonance", "warmth", "warmth", None)
_LINES = ("demo.line.1", "demo.line.2", "demo.line.3", "demo.line.4", "demo.line.5")

Deed = Callable[[], Awaitable[object]]


class Habits:
    """A person's own, drawn from chance; she does all by the replies that a page would send."""

    def __init__(self, session: Session, replies: Replies, draw: Random, length_s: int) -> None:
        self._session, self._replies, self._draw = session, replies, draw
        self._shift = session.source.session.id
        self._practising = Practising(session)
        self._due: list[tuple[int, Deed]] = []
        self._met: set[tuple[str, int]] = set()
        """Offers she has seen, each time they were made."""
        self._pauses = 0
        for share, at, deed in _OF_A_DAY:
            if draw.random() < share:
                at_s = (at + draw.uniform(-0.03, 0.03)) * length_s
                self._later(session.source.now_ms() + round(at_s * _S), partial(deed, self))

    async def act(self) -> None:
        """Do what is due, and make up her mind about an offer that has come."""
        self._meet()
        now_ms = self._session.source.now_ms()
        due = [deed for at_ms, deed in self._due if at_ms <= now_ms]
        self._due = [it for it in self._due if it[0] > now_ms]
        for deed in due:
            await deed()

    def _meet(self) -> None:
        offer = self._session.day.offer
        if offer is None or offer.status != "offered" or offer.session != self._shift:
            return
        seen = offer.id, offer.expires_ms
        if seen in self._met:
            return
        self._met.add(seen)
        names, weights = zip(*_ANSWERS, strict=True)
        answer = self._draw.choices(names, weights)[0]
        at_ms = self._session.source.now_ms() + round(self._draw.uniform(4, 50) * _S)
        if answer is Answer.START:
            self._later(at_ms, lambda: self._pause(offer.id))
        elif answer is not None:
            self._later(at_ms, lambda: self._replies.answer(offer.id, answer))

    async def _pause(self, prompt_id: str | None = None) -> None:
        self._pauses += 1
        key = f"{self._shift}-pause-{self._pauses}"
        pause = await self._replies.begin_pause(key, PauseIn(prompt_id=prompt_id))
        early = self._draw.random() < _EARLY
        lasted_s = self._draw.randrange(25, 60) if early else LENGTH_S
        line = self._draw.choice(_LINES) if self._draw.random() < _WRITES else None

        async def end() -> None:
            await self._replies.finish_pause(pause.id, FinishIn(lasted_s=lasted_s))
            if line is not None:
                told = JournalIn(text=say(line), pause_id=pause.id)
                await self._practising.write(f"{key}-line", told)

        self._later(self._session.source.now_ms() + lasted_s * _S, end)

    async def _practise(self, kind: Guided) -> None:
        key = f"{self._shift}-{kind}"
        begun = await self._practising.begin(kind, key, PracticeIn())
        lasted_s = PRACTICES[kind].length_s

        async def end() -> None:
            said = PracticeFinishIn(lasted_s=lasted_s, choice=self._draw.choice(_CHOICES))
            await self._practising.finish(kind, begun.id, said)

        self._later(self._session.source.now_ms() + lasted_s * _S, end)

    async def _morning(self) -> None:
        await self._practise("morning")

    async def _midday(self) -> None:
        await self._practise("midday")

    async def _evening(self) -> None:
        await self._practise("evening")

    async def _notice(self) -> None:
        await self._practising.notice(f"{self._shift}-noticed", 0)

    def _later(self, at_ms: int, deed: Deed) -> None:
        self._due.append((at_ms, deed))


_OF_A_DAY: tuple[tuple[float, float, Callable[[Habits], Awaitable[None]]], ...] = (
    (0.5, 0.06, Habits._morning),
    (0.4, 0.3, Habits._pause),
    (0.6, 0.5, Habits._midday),
    (0.5, 0.7, Habits._notice),
    (0.4, 0.9, Habits._evening),
)
"""How likely she does something by herself, and at which part of a shift."""
