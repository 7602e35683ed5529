"""The road over HTTP: an envelope is posted, and the reply is the answer."""

import asyncio
import json
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import quote

from .address import Address, parse, unreached
from .envelope import Envelope, Reply, read_reply, write_envelope
from .errors import Refused, Unreachable, UnusableAddress
from .wire import Malformed

_PATH = "/api/v1/packets"
# A reply takes two hundred bytes; what is longer is not ours, and is not read.
_LONGEST = 64_000
_OK = range(200, 300)
# The server is there and has no time now.
_BUSY = (408, 425, 429)
_REFUSALS = {
    401: "The server asks for a token that it knows. `softfront collect --pair` there makes one.",
    403: "The server does not let this machine in.",
    404: "No Softfront answers at this address.",
    405: "No Softfront answers at this address.",
    409: "A demo or a replay runs there; it takes no packets.",
    413: "The server says that what was sent is too long.",
    421: "The server does not go by this name; `softfront serve --name` there gives it one.",
    422: "The server cannot read what was sent. Is it another version of Softfront?",
}


@dataclass(frozen=True, slots=True)
class Timings:
    """How long a server may keep us waiting, in seconds."""

    connect_s: float = 5.0
    answer_s: float = 15.0
    """A server waits ten for its disk before it says that it could not store."""


def server(text: str, *, plain: bool = False) -> Address:
    """Read the address of a server; `plain` says that the way there may be read along.

    Raises:
        UnusableAddress: it is none, or beats and token could be read on the way there.
    """
    address = parse(text, ("https", "http"))
    if address.user is not None:
        raise UnusableAddress("The address names a user; the server asks for a token instead.")
    if not (address.secure or address.here or plain):
        raise UnusableAddress(
            "Over http:// everyone on the way can read beats and token. Use https://;"
            " where the network is yours alone, --plain-http goes without."
        )
    return address


class HttpCarrier:
    """Carries one envelope at a time to a server; between two the connection stays open."""

    def __init__(
        self,
        address: Address,
        token: str | None = None,
        trusted: ssl.SSLContext | None = None,
        *,
        timings: Timings | None = None,
    ) -> None:
        """Show `token` with each envelope; `trusted` says whose word is taken for a certificate."""
        self._address, self._trusted = address, trusted
        self._timings = timings or Timings()
        path = quote(f"/{address.path}") if address.path else ""
        self._target = f"{path}{_PATH}"
        self._headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Origin": str(address),  # the server takes no post without one
            **({"Authorization": f"Bearer {token}"} if token else {}),
        }
        self._line: _Line | None = None
        self._turn = asyncio.Lock()

    async def send(self, envelope: Envelope) -> Reply:
        """Post an envelope, and return the reply.

        Raises:
            Unreachable: there was none in time, or the server cannot store now.
            Refused: the server will not take it.
        """
        body = json.dumps(write_envelope(envelope)).encode()
        async with self._turn:
            status, answer = await self._exchange(body)
        return _read(status, answer)

    async def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.close()
            self._line = None

    async def _exchange(self, body: bytes) -> tuple[int, bytes]:
        line = self._line or _Line(self._address, self._trusted, self._timings)
        self._line = None
        try:
            async with asyncio.timeout(self._timings.answer_s):
                work = asyncio.to_thread(line.post, self._target, body, self._headers)
                status, answer = await work
        except (OSError, HTTPException) as error:
            raise unreached(self._address, error) from error
        except BaseException:
            line.hang_up()
            raise
        self._line = line
        return status, answer


class _Line:
    """One connection, made again once where it was kept open and the other side hung up."""

    def __init__(self, address: Address, trusted: ssl.SSLContext | None, timings: Timings) -> None:
        where, limit_s = (address.host, address.port), timings.connect_s
        self._http = (
            HTTPSConnection(*where, timeout=limit_s, context=trusted)
            if address.secure
            else HTTPConnection(*where, timeout=limit_s)
        )
        self._answer_s = timings.answer_s
        self._gone = False

    def post(self, target: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """Post, and return status and answer; called in a thread of its own."""
        try:
            if self._http.sock is not None:
                with suppress(HTTPException, ConnectionError):
                    return self._ask(target, body, headers)
                self._http.close()
            return self._ask(target, body, headers)
        except BaseException:
            self._http.close()
            raise

    def hang_up(self) -> None:
        """Let the thread that waits for an answer end; it closes what it has open."""
        self._gone = True
        sock = self._http.sock
        if sock is not None:
            with suppress(OSError):  # of the TLS above it the thread may still be in the middle
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection; nobody waits."""
        self._http.close()

    def _ask(self, target: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        if self._http.sock is None:
            self._http.connect()
        if self._http.sock is not None:
            self._http.sock.settimeout(self._answer_s)
        if self._gone:
            raise ConnectionAbortedError
        self._http.request("POST", target, body, headers)
        with self._http.getresponse() as response:
            answer = response.read(_LONGEST + 1)
        if len(answer) > _LONGEST:
            raise HTTPException("the answer is too long")
        return response.status, answer


def _read(status: int, answer: bytes) -> Reply:
    if status in _BUSY or status >= 500:
        raise Unreachable(f"The server cannot store anything now ({status}).")
    if status not in _OK:
        raise Refused(_REFUSALS.get(status, f"The server does not take what was sent ({status})."))
    try:
        return read_reply(json.loads(answer))
    except (Malformed, ValueError, RecursionError):
        raise Unreachable("What answers there is not Softfront.") from None
