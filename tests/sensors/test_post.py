import asyncio
import gc
import json
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TypeVar

import pytest
import trustme

from softfront_sensors.address import trust
from softfront_sensors.envelope import Envelope, Pending, Reply, read_envelope, write_reply
from softfront_sensors.errors import Refused, Unreachable, UnusableAddress
from softfront_sensors.post import HttpCarrier, Timings, server
from softfront_sensors.source import Rank

from .broker import HOST, free_port
from .spooling import START, packets, session

QUICK = Timings(connect_s=1, answer_s=2)
T = TypeVar("T")


def run(work: Awaitable[T]) -> T:
    async def bounded() -> T:
        async with asyncio.timeout(10):
            return await work

    try:
        return asyncio.run(bounded())
    finally:
        gc.collect()  # an open socket shows here, not in another test


def envelope(first: int = 1, last: int = 3) -> Envelope:
    return Envelope(replace(session(), rank=Rank.COLLECTOR), START, tuple(packets(first, last)))


def stored(body: bytes) -> bytes:
    """Answer as the server does that has stored it."""
    sent = read_envelope(json.loads(body))
    acked = sent.readings[-1].seq if sent.readings else 0
    return json.dumps(write_reply(Reply(sent.session.id, acked, Pending("p1", 90)))).encode()


@dataclass
class Served:
    """A server of its own, and what it was asked."""

    url: str = ""
    status: int = 200
    answer: Callable[[bytes], bytes] = stored
    more: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    connections: int = 0
    keeps_open: bool = True


class Quiet(ThreadingHTTPServer):
    """Waits for no connection at its end, and prints nothing."""

    block_on_close = False
    daemon_threads = True
    told: Served

    def handle_error(self, *_: object) -> None:
        pass


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Quiet

    def setup(self) -> None:
        super().setup()
        self.server.told.connections += 1

    def do_POST(self) -> None:
        told = self.server.told
        body = self.rfile.read(int(self.headers["Content-Length"]))
        told.paths.append(self.path)
        told.headers.append(dict(self.headers))
        answer = told.answer(body)
        self.send_response(told.status)
        for name, value in {"Content-Length": str(len(answer)), **told.more}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)
        self.close_connection = not told.keeps_open

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Served]:
    made = Quiet((HOST, 0), Handler)
    if context is not None:
        made.socket = context.wrap_socket(made.socket, server_side=True)
    scheme = "https" if context else "http"
    made.told = Served(f"{scheme}://{HOST}:{made.server_port}")
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield made.told
    finally:
        made.shutdown()
        thread.join()
        made.server_close()


def sent(url: str, token: str | None = None, trusted: ssl.SSLContext | None = None) -> Reply:
    async def once() -> Reply:
        carrier = HttpCarrier(server(url), token, trusted, timings=QUICK)
        try:
            return await carrier.send(envelope())
        finally:
            await carrier.close()

    return run(once())


def test_an_envelope_is_posted_and_the_reply_comes_back() -> None:
    with serving() as told:
        assert sent(told.url, "t0ken") == Reply("one", 3, Pending("p1", 90))
    assert told.paths == ["/api/v1/packets"]
    (headers,) = told.headers
    assert headers["Authorization"] == "Bearer t0ken"
    assert headers["Origin"] == told.url
    assert headers["Origin"] == f"http://{headers['Host']}"
    assert headers["Content-Type"] == "application/json"


def test_below_a_path_it_is_posted_below_that_path() -> None:
    with serving() as told:
        sent(f"{told.url}/soft front/")
    assert told.paths == ["/soft%20front/api/v1/packets"]
    assert "Authorization" not in told.headers[0]


def test_a_connection_is_kept_and_made_again_where_the_server_hung_up() -> None:
    async def three(url: str) -> None:
        carrier = HttpCarrier(server(url), timings=QUICK)
        for last in (3, 4, 5):
            assert (await carrier.send(envelope(1, last))).acked == last
            await asyncio.sleep(0.05)
        await carrier.close()

    with serving() as told:
        run(three(told.url))
        assert told.connections == 1
    with serving() as told:
        told.keeps_open = False
        run(three(told.url))
        assert told.connections == 3


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "asks for a token"),
        (403, "does not let this machine in"),
        (404, "No Softfront answers"),
        (413, "too long"),
        (422, "another version"),
        (302, r"\(302\)"),
        (409, "demo or a replay"),
        (421, "does not go by this name"),
        (418, r"\(418\)"),
    ],
)
def test_a_refusal_is_told_in_a_sentence(status: int, words: str) -> None:
    with serving() as told:
        told.status, told.more = status, {"Location": f"{told.url}/elsewhere"}
        with pytest.raises(Refused, match=words):
            sent(told.url)
    assert len(told.paths) == 1, "nobody went elsewhere"


@pytest.mark.parametrize("status", [408, 429, 500, 503, 507])
def test_a_server_that_cannot_now_is_asked_again_later(status: int) -> None:
    with serving() as told:
        told.status = status
        with pytest.raises(Unreachable, match=f"cannot store anything now .{status}."):
            sent(told.url)


@pytest.mark.parametrize(
    "answer", [b"<html>Log in to the guests' network</html>", b"[" * 60_000, b"\xff", b"{}"]
)
def test_somebody_elses_answer_is_no_reply(answer: bytes) -> None:
    with serving() as told:
        told.answer = lambda _: answer
        with pytest.raises(Unreachable, match="not Softfront"):
            sent(told.url)


def test_an_endless_answer_is_not_read_to_its_end() -> None:
    with serving() as told:
        told.answer = lambda _: b" " * 100_000
        with pytest.raises(Unreachable, match="does not answer"):
            sent(told.url)


def test_nobody_there_is_told() -> None:
    with pytest.raises(Unreachable, match="does not answer"):
        sent(f"http://{HOST}:{free_port()}")


def test_a_server_that_never_answers_is_left_in_time() -> None:
    async def waits() -> float:
        with socket.create_server((HOST, 0)) as silent:
            url = f"http://{HOST}:{silent.getsockname()[1]}"
            carrier = HttpCarrier(server(url), timings=Timings(connect_s=1, answer_s=0.2))
            began_s = asyncio.get_running_loop().time()
            with pytest.raises(Unreachable, match="does not answer"):
                await carrier.send(envelope())
            await carrier.close()
            return asyncio.get_running_loop().time() - began_s

    assert run(waits()) < 1


def test_closing_while_an_answer_is_awaited_leaves_no_thread_behind() -> None:
    async def cancelled() -> None:
        with socket.create_server((HOST, 0)) as silent:
            url = f"http://{HOST}:{silent.getsockname()[1]}"
            carrier = HttpCarrier(server(url), timings=Timings(answer_s=60))
            task = asyncio.create_task(carrier.send(envelope()))
            await asyncio.sleep(0.1)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await carrier.close()

    before = threading.active_count()
    run(cancelled())  # the loop waits for its threads as it ends
    assert threading.active_count() == before


def secured(tmp_path: Path) -> ssl.SSLContext:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST, "localhost").configure_cert(context)
    return context


def test_a_certificate_of_ones_own_is_trusted_where_it_is_named(tmp_path: Path) -> None:
    with serving(secured(tmp_path)) as told:
        assert sent(told.url, trusted=trust(tmp_path / "ca.pem")).acked == 3
        with pytest.raises(Refused, match="not trusted"):
            sent(told.url, trusted=trust(None))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("http://pi.local:8420", "can read beats and token"),
        ("https://anna:secret@pi.local", "a token instead"),
        ("mqtt://pi", "begins with none of"),
    ],
)
def test_an_address_that_would_tell_too_much_is_refused(text: str, words: str) -> None:
    with pytest.raises(UnusableAddress, match=words) as refused:
        server(text)
    assert "secret" not in str(refused.value)


def test_this_very_machine_may_be_reached_without_a_certificate() -> None:
    for text in ("http://127.0.0.1:8420", "http://localhost", "http://[::1]:8420"):
        assert str(server(text)) == text


def test_on_a_network_of_ones_own_it_may_go_without_when_that_is_said() -> None:
    assert str(server("http://pi.local:8420", plain=True)) == "http://pi.local:8420"
