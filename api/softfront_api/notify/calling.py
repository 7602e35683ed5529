"""One call over HTTP, in a thread: it ends when it is done, or when nobody waits any more."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import TypeVar

from softfront_sensors.address import Address

from ..errors import ApiError
from ..reasons import Text

# What comes back to a message takes a few hundred bytes; what is longer is not ntfy, and not read.
_LONGEST = 64_000
_NOTHING = b""
_OK = 200

T = TypeVar("T")


class NotSent(ApiError):
    """A message did not get out, or no answer to it in; `text` says why, without the address."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.id)
        self.text = text


@dataclass(frozen=True, slots=True)
class Timings:
    """How long a server may keep us waiting, in seconds."""

    connect_s: float = 5.0
    answer_s: float = 10.0
    silence_s: float = 100.0
    """A stream says something every 45 s: at its latest when it is asked for the second time."""


class Call:
    """One request, its answer, and the end of its connection."""

    def __init__(
        self, address: Address, trusted: ssl.SSLContext | None, timings: Timings | None = None
    ) -> None:
        self._timings = timings or Timings()
        where, limit_s = (address.host, address.port), self._timings.connect_s
        self._host = address.host
        self._http = (
            HTTPSConnection(*where, timeout=limit_s, context=trusted)
            if address.secure
            else HTTPConnection(*where, timeout=limit_s)
        )
        self._gone = False

    async def ask(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes = _NOTHING
    ) -> tuple[int, bytes]:
        """Return status and answer.

        Raises:
            NotSent: nobody answered.
        """
        return await self._in_thread(lambda: self._ask(method, target, headers, body))

    async def listen(
        self, target: str, headers: Mapping[str, str], hear: Callable[[bytes], None]
    ) -> int:
        """Hear line after line until the other side ends; return the status.

        Raises:
            NotSent: nobody answered, or the connection broke.
        """
        loop = asyncio.get_running_loop()

        def tell(line: bytes) -> None:
            with suppress(RuntimeError):  # the loop may be closed: then nobody listens any more
                loop.call_soon_threadsafe(hear, line)

        return await self._in_thread(lambda: self._listen(target, headers, tell))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(work)
        except (OSError, HTTPException) as error:
            raise NotSent(_why(self._host, error)) from None  # an address may stand in its words
        except BaseException:
            self._hang_up()
            raise

    def _hang_up(self) -> None:
        """Let the thread come to its end; it closes what it has open."""
        self._gone = True
        sock = self._http.sock
        if sock is not None:
            with suppress(OSError):  # of the TLS above it the thread may still be in the middle
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def _ask(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, bytes]:
        with self._answer(method, target, headers, body, self._timings.answer_s) as answer:
            return answer.status, answer.read(_LONGEST)

    def _listen(
        self, target: str, headers: Mapping[str, str], tell: Callable[[bytes], None]
    ) -> int:
        with self._answer("GET", target, headers, _NOTHING, self._timings.silence_s) as answer:
            if answer.status == _OK:
                while line := answer.readline(_LONGEST):
                    tell(line)
            return answer.status

    @contextmanager
    def _answer(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes, limit_s: float
    ) -> Iterator[HTTPResponse]:
        """Ask, and hold the connection for as long as the answer is read."""
        try:
            self._http.connect()
            self._http.sock.settimeout(limit_s)
            if self._gone:
                raise ConnectionAbortedError
            self._http.request(method, target, body or None, dict(headers))
            with self._http.getresponse() as answer:
                yield answer
        finally:
            self._http.close()


def _why(host: str, error: Exception) -> Text:
    if isinstance(error, ssl.SSLCertVerificationError):
        return Text("error.phone.certificate", {"host": host})
    return Text("error.phone.unreached", {"host": host})
