"""An offer on the desktop: the same words for everything, and no value of a body."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from softfront_signal.moments import Answer

from ..errors import ApiError
from ..settings import Settings
from ..words import Language
from .saying import OFFERED, body, button, title

_log = logging.getLogger("softfront.api")


class Place(Protocol):
    """Where on a desktop one message can stand."""

    async def show(
        self, title: str, body: str, buttons: Mapping[str, Callable[[], None]], stands_s: int
    ) -> bool:
        """Show a message; say whether it got there."""
        ...

    async def hide(self) -> None:
        """Take the message away, where one stands."""
        ...

    async def close(self) -> None:
        """Let go of the desktop."""
        ...


@dataclass(frozen=True, slots=True)
class _Offer:
    prompt_id: str
    language: Language | None


@dataclass(frozen=True, slots=True)
class _Gone:
    prompt_id: str


@dataclass(frozen=True, slots=True)
class _Pressed:
    prompt_id: str
    answer: Answer


class Desktop:
    """Shows one offer at a time. Where there is no desktop it says so once, and stays silent."""

    def __init__(
        self,
        answer: Callable[[str, Answer], Awaitable[None]],
        place: Place | None = None,
        *,
        stands_s: int = 90,  # as long as an offer stands
    ) -> None:
        self._answer = answer
        self._place = place
        self._stands_s = stands_s
        self._heard: asyncio.Queue[_Offer | _Gone | _Pressed] = asyncio.Queue()
        self._standing: str | None = None
        self._until_s: float | None = None
        self._told = False

    def offer(self, prompt_id: str, settings: Settings) -> None:
        """Have an offer shown, where the desktop is wanted; returns at once."""
        if settings.desktop:
            self._heard.put_nowait(_Offer(prompt_id, settings.language))

    def withdraw(self, prompt_id: str) -> None:
        """Have it taken away: it was answered elsewhere; returns at once."""
        self._heard.put_nowait(_Gone(prompt_id))

    async def run(self) -> None:
        """Show, withdraw and pass on answers until cancelled; then nothing is left standing."""
        try:
            while True:
                await self._next()
        finally:
            await self._hide()
            if self._place:
                await self._place.close()

    async def _next(self) -> None:
        try:
            async with asyncio.timeout_at(self._until_s):
                heard = await self._heard.get()
        except TimeoutError:
            await self._hide()
            return
        match heard:
            case _Offer(prompt_id, language):
                await self._show(prompt_id, language)
            case _Gone(prompt_id) if prompt_id == self._standing:
                await self._hide()
            case _Pressed(prompt_id, answer) if prompt_id == self._standing:
                await self._hide()
                await self._pass_on(prompt_id, answer)

    async def _show(self, prompt_id: str, language: Language | None) -> None:
        await self._hide()
        place = self._place = self._place or _this_desktop()
        buttons = {button(a, language): self._press(prompt_id, a) for a in OFFERED}
        if await place.show(title(language), body(language), buttons, self._stands_s):
            self._standing = prompt_id
            self._until_s = asyncio.get_running_loop().time() + self._stands_s
        elif not self._told:
            self._told = True
            _log.info("There is no desktop to show offers on. The page shows them.")

    def _press(self, prompt_id: str, answer: Answer) -> Callable[[], None]:
        return lambda: self._heard.put_nowait(_Pressed(prompt_id, answer))

    async def _pass_on(self, prompt_id: str, answer: Answer) -> None:
        try:
            await self._answer(prompt_id, answer)
        except ApiError as error:
            _log.warning("An answer from the desktop was not kept: %s", error)

    async def _hide(self) -> None:
        if self._standing is not None and self._place:
            await self._place.hide()
        self._standing = self._until_s = None


def _this_desktop() -> Place:
    from .system import SystemDesktop  # needed where an offer is made, and slow to import

    return SystemDesktop()
