"""An ntfy server on loopback: it publishes, streams, keeps and deletes as ntfy does, over HTTP."""

import base64
import json
import queue
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

Event: TypeAlias = dict[str, Any]
_KEEPALIVE_S = 0.2
"""45 s in a real one."""
_TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}")


@dataclass
class Topics:
    """What was said where, and who is told of more."""

    events: list[Event] = field(default_factory=list)
    kept: list[Event] = field(default_factory=list)
    streams: dict[str, list["queue.Queue[Event | None]"]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    number: int = 0

    def tell(self, topic: str, event: str, *, keep: bool = True, **more: Any) -> Event:
        with self.lock:
            self.number += 1
            told = {"id": f"m{self.number}", "time": int(time.time()), "event": event}
            told |= {"topic": topic, **more}
            self.events.append(told)
            if keep:
                self.kept.append(told)
            for stream in self.streams.get(topic, []):
                stream.put(told)
        return told

    def subscribe(self, topic: str, since: int | None) -> "queue.Queue[Event | None]":
        with self.lock:
            stream: queue.Queue[Event | None] = queue.Queue()
            stream.put({"event": "open", "topic": topic, "time": int(time.time()), "id": "o"})
            for each in self.kept:
                if each["topic"] == topic and since is not None and each["time"] >= since:
                    stream.put(each)
            self.streams.setdefault(topic, []).append(stream)
        return stream

    def drop(self) -> None:
        """Let every stream end, as when a server is restarted."""
        with self.lock:
            for streams in self.streams.values():
                for stream in streams:
                    stream.put(None)
            self.streams.clear()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        topics, keep = self.server.topics, self.headers["X-Cache"] != "no"
        self.server.headers.append(dict(self.headers))
        if self.path == "/":
            said = json.loads(body)
            topic = said.pop("topic")
        else:
            topic, said = self.path.strip("/"), {"message": body.decode()}
        if not self._may(topic, "write"):
            return
        assert _TOPIC.fullmatch(topic), topic
        self._reply(200, topics.tell(topic, "message", keep=keep, **said))

    def do_DELETE(self) -> None:
        _, topic, sequence = self.path.split("/")
        if self.server.old:
            self._reply(404, {"code": 40401})
        elif self._may(topic, "write"):
            told = self.server.topics.tell(topic, "message_delete", sequence_id=sequence)
            self._reply(200, told)

    def do_GET(self) -> None:
        where = urlsplit(self.path)
        if where.path == "/v1/health":
            self._reply(200, {"healthy": True})
            return
        topic, _, how = where.path.strip("/").partition("/")
        if not self._may(topic, "read"):
            return
        assert how == "json"
        since = parse_qs(where.query).get("since", [None])[0]
        self._stream(self.server.topics.subscribe(topic, None if since is None else int(since)))

    def _stream(self, events: "queue.Queue[Event | None]") -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            while not self.server.over.is_set():
                try:
                    event = events.get(timeout=_KEEPALIVE_S)
                except queue.Empty:
                    event = {"event": "keepalive", "time": int(time.time())}
                if event is None:
                    break
                line = json.dumps(event).encode() + b"\n"
                self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            pass
        self.close_connection = True

    def _may(self, topic: str, what: str) -> bool:
        """Go by the rules of a server where nobody may do anything, save the one user."""
        server = self.server
        if server.user is None or (what == "write" and server.open_to and server.open_to(topic)):
            return True
        shown = self.headers["Authorization"] or ""
        if shown == "Basic " + base64.b64encode(server.user.encode()).decode():
            return True
        self._reply(403, {"code": 40301, "http": 403})
        return False

    def _reply(self, status: int, body: Event) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    user: str | None = None
    old = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.topics, self.over = Topics(), threading.Event()
        self.headers: list[dict[str, str]] = []
        self.open_to: Any = None


class NtfyServer:
    """The server, and a phone that is subscribed to it."""

    def __init__(self, server: _Server) -> None:
        self._server = server
        self.topics = server.topics
        self.port = server.server_address[1]

    def only_for(self, user: str, *, all_may_write_to: Any = None) -> None:
        self._server.user, self._server.open_to = user, all_may_write_to

    def grow_old(self) -> None:
        """Be a version that cannot take messages back."""
        self._server.old = True

    @property
    def headers(self) -> list[dict[str, str]]:
        return self._server.headers

    def url(self, topic: str, who: str = "") -> str:
        return f"http://{who}127.0.0.1:{self.port}/{topic}"

    def on(self, topic: str) -> list[Event]:
        return [each for each in self.topics.events if each["topic"] == topic]

    def shown(self, topic: str) -> list[Event]:
        """What a phone shows that heard all of it."""
        standing: dict[str, Event] = {}
        for each in self.on(topic):
            if each["event"] == "message_delete":
                standing.pop(each["sequence_id"], None)
            elif each["event"] == "message":
                standing[each.get("sequence_id") or each["id"]] = each
        return list(standing.values())

    def until_shown(self, topic: str, n: int, limit_s: float = 5) -> list[Event]:
        deadline_s = time.monotonic() + limit_s
        while len(shown := self.shown(topic)) != n:
            assert time.monotonic() < deadline_s, f"{len(shown)} messages stand, not {n}"
            time.sleep(0.01)
        return shown


def press(message: Event, label: str) -> None:
    """Press a button as the app does: it knows the message, and nothing else."""
    (action,) = (each for each in message["actions"] if each["label"] == label)
    assert (action["action"], action["clear"]) == ("http", True)
    request = Request(action["url"], action["body"].encode(), method=action["method"])
    urlopen(request, timeout=5).close()


@contextmanager
def ntfy() -> Iterator[NtfyServer]:
    server = _Server()
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    serving.start()
    try:
        yield NtfyServer(server)
    finally:
        server.over.set()
        server.topics.drop()
        server.shutdown()
        server.server_close()
        serving.join()
