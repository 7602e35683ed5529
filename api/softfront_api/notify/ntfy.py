"""A topic at an ntfy server: messages with buttons out, and what the buttons say back in.

By ntfy's documentation: a message is published as JSON to the root; an action "http" posts its
body where it is told; `GET /topic/json` streams a topic line by line. Since its version 2.16 a
message with a sequence id can be deleted on the phones that show it; an older server does not know
that path and answers with a refusal, which changes nothing.
"""

import asyncio
import base64
import json
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from softfront_sensors.address import Address

from ..reasons import Text
from .calling import Call, NotSent, Timings

_LOW = 2
"""No sound and no vibration of its own: it is there for whoever looks."""
_LONGEST_TOPIC = 64
_OK = range(200, 300)
_NO_ENTRY = (401, 403)
_UP = "/v1/health"


@dataclass(frozen=True, slots=True)
class Words:
    """What a message says, and what its buttons are called and say back."""

    title: str
    body: str
    buttons: Mapping[str, str]


class Ntfy:
    """One topic, and beside it one of answers that nobody else knows."""

    def __init__(
        self,
        topic: Address,
        answers: str,
        trusted: ssl.SSLContext | None = None,
        timings: Timings | None = None,
    ) -> None:
        """Let answers come to a topic that begins with this one: one pattern lets us into both."""
        self._at, self._trusted, self._timings = topic, trusted, timings
        self._topic = topic.path
        self.answers = f"{topic.path[: _LONGEST_TOPIC - len(answers) - 1]}-{answers}"
        self._headers = _who(topic)

    @property
    def host(self) -> str:
        """Name the server."""
        return self._at.host

    async def send(self, words: Words, sequence: str) -> int:
        """Publish a message under a name; return the second, by the server's clock.

        It is kept nowhere for phones that are away.

        Raises:
            NotSent
        """
        body = json.dumps(self._message(words, sequence)).encode()
        headers = self._headers | {"Content-Type": "application/json", "X-Cache": "no"}
        status, answer = await self._ask("POST", "/", headers, body)
        if status not in _OK:
            raise NotSent(Text("error.phone.refused", {"host": self.host}))
        return _time_of(answer)

    async def take_back(self, sequence: str) -> None:
        """Delete a message from the phones that show it, where the server knows how."""
        with suppress(NotSent):  # it grows old by itself; nobody waits for this
            await self._ask("DELETE", f"/{self._topic}/{sequence}", self._headers)

    async def hear(self, since_s: int) -> AsyncGenerator[str]:
        """Give what is said on the topic of answers from a second on, until the server hangs up.

        Raises:
            NotSent
        """
        heard: asyncio.Queue[bytes] = asyncio.Queue()
        target = f"/{self.answers}/json?since={since_s}"
        call = Call(self._at, self._trusted, self._timings)
        listening = asyncio.create_task(call.listen(target, self._headers, heard.put_nowait))
        listening.add_done_callback(lambda _: heard.put_nowait(b""))
        try:
            while line := await heard.get():
                if (said := _said(line)) is not None:
                    yield said
            if listening.result() not in _OK:
                raise NotSent(Text("error.phone.answers", {"host": self.host}))
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def check_answers(self) -> None:
        """Post to the topic of answers as a phone does, which knows no password.

        Raises:
            NotSent: a button would not come through.
        """
        status, _ = await self._ask("POST", f"/{self.answers}", {"X-Cache": "no"}, b"try")
        if status in _NO_ENTRY:
            raise NotSent(Text("error.phone.answers", {"host": self.host}))

    async def reach(self) -> None:
        """Ask whether the server is there; nothing is sent.

        Raises:
            NotSent
        """
        status, _ = await self._ask("GET", _UP, {})
        if status not in _OK:
            raise NotSent(Text("error.phone.unreached", {"host": self.host}))

    async def _ask(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[int, bytes]:
        call = Call(self._at, self._trusted, self._timings)
        return await call.ask(method, target, headers, body)

    def _message(self, words: Words, sequence: str) -> dict[str, Any]:
        return {
            "topic": self._topic,
            "title": words.title,
            "message": words.body,
            "priority": _LOW,
            "sequence_id": sequence,
            "actions": [
                {
                    "action": "http",
                    "label": label,
                    "url": f"{self._at}/{self.answers}",
                    "method": "POST",
                    "body": says,
                    "clear": True,
                }
                for label, says in words.buttons.items()
            ],
        }


def _who(address: Address) -> dict[str, str]:
    """Show user and password; a token of ntfy's is a password without a user."""
    if address.user is None and address.password is None:
        return {}
    pair = f"{address.user or ''}:{address.password or ''}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _time_of(answer: bytes) -> int:
    """Read when a message was taken; where that is not told, answers count from the beginning."""
    with suppress(ValueError, TypeError, KeyError, RecursionError):
        return int(json.loads(answer)["time"])
    return 0


def _said(line: bytes) -> str | None:
    """Read what was said; streams also tell that they are open, and that they still are."""
    with suppress(ValueError, TypeError, KeyError, RecursionError):
        event = json.loads(line)
        if event["event"] == "message":
            return str(event["message"])
    return None
