"""An offer on the phone, for as long as it stands; its buttons answer from afar."""

import asyncio
import logging
import secrets
import ssl
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

from softfront_sensors.address import trust
from softfront_signal.moments import Answer

from ..addresses import topic
from ..errors import ApiError
from ..reasons import Text
from ..settings import Settings
from ..words import Language, say
from .calling import NotSent, Timings
from .messengers import Messenger
from .ntfy import Ntfy, Words
from .saying import OFFERED, body, button, title

_log = logging.getLogger("softfront.api")

# A stream that breaks is taken up again so often, within the life of one offer.
_STREAMS, _BETWEEN_S = 5, 2.0
# Nobody waits longer for a message to be taken away, least of all a server that is told to end.
_FAREWELL_S = 3.0


@dataclass(frozen=True, slots=True)
class _Offer:
    id: str
    url: str
    steps: bool
    language: Language | None


@dataclass(frozen=True, slots=True)
class _Gone:
    id: str


class Phone:
    """Lets one offer stand at a time, sent once; what goes wrong is told, and not tried again."""

    def __init__(
        self,
        answer: Callable[[str, Answer], Awaitable[None]],
        answers: Callable[[], str],
        *,
        trusted: ssl.SSLContext | None = None,
        timings: Timings | None = None,
        stands_s: float = 90,  # as long as an offer stands
    ) -> None:
        """Ask `answers` for what the topic of answers ends with, once it is needed."""
        self._answer, self._answers = answer, answers
        self._trusted, self._timings, self._stands_s = trusted, timings, stands_s
        self._heard: asyncio.Queue[_Offer | _Gone] = asyncio.Queue()
        self._standing: str | None = None
        self._task: asyncio.Task[None] | None = None
        self._url: str | None = None
        self.problem: Text | None = None
        """What kept the last message from getting out, or its answer from coming in."""

    def offer(self, offer_id: str, settings: Settings) -> None:
        """Have an offer sent, where there is a phone; returns at once."""
        if settings.phone_url is not None:
            self._heard.put_nowait(
                _Offer(offer_id, settings.phone_url, settings.phone_steps, settings.language)
            )

    def problem_with(self, settings: Settings) -> Text | None:
        """Tell that problem, where it is one of the address that is set now."""
        return self.problem if settings.phone_url == self._url else None

    def withdraw(self, offer_id: str) -> None:
        """Have it taken away: it was answered elsewhere; returns at once."""
        self._heard.put_nowait(_Gone(offer_id))

    async def run(self) -> None:
        """Send, withdraw and pass on answers until cancelled; then nothing is left standing."""
        try:
            while True:
                match await self._heard.get():
                    case _Offer() as offer:
                        await self._end()
                        self._standing = offer.id
                        self._task = asyncio.create_task(self._stand(offer))
                    case _Gone(offer_id) if offer_id == self._standing:
                        await self._end()
        finally:
            await self._end()

    async def try_out(self, settings: Settings) -> Text:
        """Send a message that looks like every other one; tell what became of it."""
        url, language = settings.phone_url, settings.language
        if url is None:
            return Text("settings.notify.none")
        self._url = url
        trial = say("notify.test.body", language=language)
        try:
            if (ntfy := self._ntfy(url)) is None:
                await Messenger(url).send(title(language), trial)
            else:
                await ntfy.send(_words(trial, "try", language), secrets.token_hex(8))
                await ntfy.check_answers()
        except NotSent as why:
            self.problem = why.text
            return why.text
        self.problem = None
        return Text("settings.notify.sent")

    async def reach(self, url: str) -> None:
        """Ask whether messages could be sent; none is.

        Raises:
            NotSent
        """
        await (self._ntfy(url) or Messenger(url)).reach()

    async def _end(self) -> None:
        task, self._task, self._standing = self._task, None, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _stand(self, offer: _Offer) -> None:
        """Let one offer stand; what goes wrong with it is told where someone looks for it."""
        said: Answer | None = None
        self._url = offer.url
        try:
            if (ntfy := self._ntfy(offer.url)) is None:
                await Messenger(offer.url).send(*_told(offer))
                self.problem = None
            else:
                said = await self._ask(ntfy, offer)
        except NotSent as why:
            self._note(why)
        if said is not None:
            self._standing = None  # the answer itself withdraws the offer; that is not to end it
            await self._pass_on(offer.id, said)

    async def _ask(self, ntfy: Ntfy, offer: _Offer) -> Answer | None:
        """Send an offer, and wait for an answer as long as it stands; then take it away."""
        sequence = secrets.token_hex(8)
        try:
            async with asyncio.timeout(self._stands_s):
                at_s = await ntfy.send(_words(_told(offer)[1], offer.id, offer.language), sequence)
                self.problem = None
                return await self._wait(ntfy, at_s, offer.id)
        except TimeoutError:
            return None
        finally:
            await _within(_FAREWELL_S, ntfy.take_back(sequence))

    async def _wait(self, ntfy: Ntfy, since_s: int, offer_id: str) -> Answer:
        answers = {_says(answer, offer_id): answer for answer in OFFERED}
        for _ in range(_STREAMS):
            try:
                async with aclosing(ntfy.hear(since_s)) as heard:
                    async for said in heard:
                        if said in answers:
                            return answers[said]
            except NotSent as broken:
                self._note(broken)
            await asyncio.sleep(_BETWEEN_S)
        return await asyncio.Future()  # deaf, and still it stands for its time

    def _note(self, why: NotSent) -> None:
        if why.text != self.problem:
            _log.info("The phone: %s", say(why.text.id, values=why.text.values))
        self.problem = why.text

    async def _pass_on(self, offer_id: str, answer: Answer) -> None:
        try:
            await self._answer(offer_id, answer)
        except ApiError as error:
            _log.warning("An answer from the phone was not kept: %s", error)

    def _ntfy(self, url: str) -> Ntfy | None:
        address = topic(url)
        if address is None:
            return None
        trusted = self._trusted or (trust(None) if address.secure else None)
        return Ntfy(address, self._answers(), trusted, self._timings)


async def _within(seconds: float, work: Awaitable[None]) -> None:
    try:
        async with asyncio.timeout(seconds):
            await work
    except TimeoutError:
        return


def _told(offer: _Offer) -> tuple[str, str]:
    return title(offer.language), body(offer.language, steps=offer.steps)


def _words(text: str, offer_id: str, language: Language | None) -> Words:
    buttons = {button(each, language): _says(each, offer_id) for each in OFFERED}
    return Words(title(language), text, buttons)


def _says(answer: Answer, offer_id: str) -> str:
    """Write what a button posts."""
    return f"{answer.value} {offer_id}"
