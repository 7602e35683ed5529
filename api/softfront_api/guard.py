"""Who may come in, and with how much."""

import asyncio
import ipaddress
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problems import problem
from .traces import shape

_log = logging.getLogger("softfront.api")

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_READING = ("GET", "HEAD")
_PACKETS = "/api/v1/packets"
"""The one place that is open to other machines, and to senders that are no browser."""
_IMPORT = "/api/v1/import"
"""The one place where a body may be of any size: it counts for itself, and keeps it on disk."""
_OWN_SITE = (b"same-origin", b"none")
_BODY_MOST = 1_000_000
"""A day of journal lines; whole recordings do not come by this door."""
_BODY_WITHIN_S = 30

_HEADERS: Mapping[str, str] = {
    "content-security-policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "font-src 'self'",
            "connect-src 'self'",
            "img-src 'self' data:",
            "manifest-src 'self'",
            "worker-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Door:
    """By which names this server is known. Compared byte for byte, never parsed."""

    hosts: frozenset[bytes]
    scheme: bytes = b"http"
    opened: bool = False
    """It listens beyond this machine: whoever sends packets must bring a token."""
    admits: Callable[[str], bool] = lambda token: False
    """Says whether a token was given out here."""

    @classmethod
    def at(
        cls,
        port: int,
        names: Iterable[str] = (),
        *,
        tls: bool = False,
        opened: bool = False,
        admits: Callable[[str], bool] = lambda token: False,
    ) -> Self:
        """Answer to this machine's own names and to those given, each with the port."""
        known = [*_LOOPBACK, *names]
        hosts = [f"{name}:{port}" for name in known]
        usual = 443 if tls else 80
        bare = known if port == usual else []  # clients leave out the usual port
        named = frozenset(host.encode() for host in (*hosts, *bare))
        return cls(named, b"https" if tls else b"http", opened, admits)

    @property
    def origins(self) -> frozenset[bytes]:
        """What a page of ours sends as its origin."""
        return frozenset(self.scheme + b"://" + host for host in self.hosts)


class Guard:
    """Stand before an app: refuse strangers, bound bodies, and let nothing out unmarked.

    It must be the outermost: what passes it has been looked at, and what escapes the app ends here.
    """

    def __init__(self, app: ASGIApp, door: Door, *, body_most: int = _BODY_MOST) -> None:
        self._app = app
        self._door = door
        self._body_most = body_most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may come in."""
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return await _refuse_socket(receive, send)
        answer = _Answer(scope, send)
        refusal = self._refusal(scope)
        if refusal is None and _is_import(scope):
            return await self._pass_on(scope, receive, answer)
        if refusal is None:
            body = await self._body(receive)
            if isinstance(body, bytes):
                return await self._pass_on(scope, _replay(body, receive), answer)
            refusal = body
        await refusal(scope, receive, answer)

    def _refusal(self, scope: Scope) -> Response | None:
        hosts = _all(scope, b"host")
        if len(hosts) != 1 or hosts[0] not in self._door.hosts:
            return problem(421, "host", "This server does not go by that name")
        reading = scope["method"] in _READING
        sender = scope["method"] == "POST" and scope["path"] == _PACKETS
        refusal = self._of_sender(scope) if sender else self._of_page(scope, reading)
        kind = "application/octet-stream" if _is_import(scope) else "application/json"
        if refusal is None and not reading and not _is_of(scope, kind):
            return problem(415, "content_type", f"Only {kind} is taken here")
        return refusal

    def _of_page(self, scope: Scope, reading: bool) -> Response | None:
        """Let only pages of ours speak, and only on this machine."""
        if not _from_here(scope):
            return problem(403, "elsewhere", "Only packets are taken from another machine")
        origins = _all(scope, b"origin")
        strange = len(origins) > 1 or not self._door.origins.issuperset(origins)
        unnamed = not origins and not reading
        if strange or unnamed or not _own_site(scope, reading):
            return problem(403, "origin", "This page may not speak to Softfront")
        return None

    def _of_sender(self, scope: Scope) -> Response | None:
        """Let a sender in by its token; without one, only as a page of ours on a closed door."""
        brought = _all(scope, b"authorization")
        if not brought and not self._door.opened:
            return self._of_page(scope, reading=False)
        scheme, _, token = (brought[0] if len(brought) == 1 else b"").partition(b" ")
        known = scheme.lower() == b"bearer" and self._door.admits(token.decode("latin-1").strip())
        # A page elsewhere cannot bring a token it does not know; where it says so, it stays out.
        if known and self._door.origins.issuperset(_all(scope, b"origin")):
            return None
        title = "A token made by `softfront collect --pair` is needed here"
        return problem(401, "token", title, headers={"WWW-Authenticate": "Bearer"})

    async def _body(self, receive: Receive) -> bytes | Response:
        """Read what really arrives, up to the limit; what a header says of it is not asked."""
        body = bytearray()
        try:
            async with asyncio.timeout(_BODY_WITHIN_S):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return Response(status_code=400)  # nobody is there to read it
                    body += message.get("body", b"")
                    if len(body) > self._body_most:
                        return problem(413, "too_large", "More was sent than is taken here")
                    if not message.get("more_body", False):
                        return bytes(body)
        except TimeoutError:
            return problem(408, "too_slow", "What was sent did not arrive in time")

    async def _pass_on(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        try:
            await self._app(scope, receive, answer)
        except Exception as error:
            # The outermost wall of a server that must not die. The message is left out of the
            # log: it may quote what a person sent or a body said.
            _log.error("%s %s stopped:\n%s", scope["method"], _route(scope), shape(error))
            if not answer.begun:
                refusal = problem(500, "unexpected", "Something stopped here")
                await refusal(scope, receive, answer)


class _Answer:
    """A way out that marks every response."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._api = scope["path"].startswith("/api")
        self._send = send
        self.begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            headers.update(_HEADERS)
            if self._api:
                headers["cache-control"] = "no-store"
        await self._send(message)


def _from_here(scope: Scope) -> bool:
    """Say whether a request comes from this machine itself; no header is asked."""
    client = scope.get("client")
    if client is None:
        return True  # a socket of the file system, which is this machine's
    try:
        address = ipaddress.ip_address(client[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def _own_site(scope: Scope, reading: bool) -> bool:
    """Judge by what a browser says of where a request comes from; others say nothing."""
    if reading and not scope["path"].startswith("/api"):
        return True  # a link from elsewhere may open the page
    return all(site in _OWN_SITE for site in _all(scope, b"sec-fetch-site"))


def _is_import(scope: Scope) -> bool:
    return bool(scope["method"] == "POST" and scope["path"] == _IMPORT)


def _is_of(scope: Scope, kind: str) -> bool:
    types = _all(scope, b"content-type")
    return len(types) == 1 and types[0].partition(b";")[0].strip().lower() == kind.encode()


def _all(scope: Scope, name: bytes) -> list[bytes]:
    return [value for key, value in scope["headers"] if key.lower() == name]


def _replay(body: bytes, receive: Receive) -> Receive:
    """Hand out a body that was read already, then what comes after it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed


async def _refuse_socket(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.close", "code": 1008})


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", "?"))
