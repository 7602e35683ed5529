import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import Body, FastAPI, WebSocket
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import ASGIApp, Message, Scope

from softfront_api.errors import DatabaseBusy, DiaryFull, NotInDiary
from softfront_api.guard import Door, Guard
from softfront_api.problems import handle_problems, problem

PORT = 8420
HOST = f"127.0.0.1:{PORT}"
OURS = f"http://{HOST}"
SAFE, UNSAFE = ("GET", "HEAD"), ("POST", "PUT", "PATCH", "DELETE", "OPTIONS")
JSON = ("content-type", "application/json")
SECRET = "812.25-a-value-of-a-body"


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    text: Annotated[str, Field(max_length=20)]
    lasted_s: Annotated[int, Field(ge=0, le=90)] = 0


KINDS: dict[str, Exception] = {
    "missing": NotInDiary("prompt"),
    "full": DiaryFull(Path("/data")),
    "busy": DatabaseBusy(Path("/data/diary.db")),
    "unexpected": ValueError(SECRET),
}


def house() -> FastAPI:
    app = FastAPI(openapi_url=None)
    handle_problems(app)

    @app.api_route("/api/v1/thing", methods=[*SAFE, *UNSAFE])
    def thing() -> dict[str, bool]:
        return {"reached": True}

    @app.post("/api/v1/journal")
    def journal(line: Line) -> dict[str, str]:
        return {"text": line.text}

    @app.post("/api/v1/packets")
    @app.post("/api/v1/any")
    def anything(body: Annotated[Any, Body()]) -> dict[str, bool]:
        return {"reached": body is not None}

    @app.get("/api/v1/error/{kind}")
    def error(kind: str) -> None:
        raise KINDS[kind] from KeyError(SECRET)

    @app.get("/api/v1/torn")
    def torn() -> StreamingResponse:
        async def half() -> AsyncIterator[bytes]:
            yield b"half"
            raise ValueError(SECRET)

        return StreamingResponse(half())

    @app.websocket("/api/v1/live")
    async def socket(socket: WebSocket) -> None:
        await socket.accept()

    @app.get("/")
    def page() -> dict[str, bool]:
        return {"page": True}

    return app


@dataclass
class Answer:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def problem(self) -> dict[str, Any]:
        assert self.headers["content-type"] == "application/problem+json"
        told: dict[str, Any] = json.loads(self.body)
        return told


def ask(
    method: str,
    path: str = "/api/v1/thing",
    *,
    headers: Iterable[tuple[str, str]] = (),
    host: str | None = HOST,
    chunks: Iterable[bytes] = (b"",),
    app: ASGIApp | None = None,
    door: Door | None = None,
    client: str = "127.0.0.1",
) -> Answer:
    """Ask as a client that writes whatever headers it likes."""
    given = [*headers, *([("host", host)] if host is not None else [])]
    answer = Answer()
    waiting = iter(chunks)
    all_sent: list[bool] = []

    async def receive() -> Message:
        chunk = next(waiting, None)
        if chunk is not None:
            return {"type": "http.request", "body": chunk, "more_body": True}
        if not all_sent:
            all_sent.append(True)
            return {"type": "http.request", "body": b"", "more_body": False}
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {k.decode(): v.decode() for k, v in message["headers"]}
        else:
            answer.body += message.get("body", b"")

    guarded = Guard(app or house(), door or Door.at(PORT))
    scope = {**_scope(method, path, given), "client": (client, 50000)}
    asyncio.run(guarded(scope, receive, send))
    return answer


def _scope(method: str, path: str, headers: list[tuple[str, str]]) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(k.encode(), v.encode()) for k, v in headers],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", PORT),
    }


def send_json(body: bytes, path: str = "/api/v1/journal") -> Answer:
    return ask("POST", path, headers=[JSON, ("origin", OURS)], chunks=[body])


# --- which name, which page


@pytest.mark.parametrize("host", [HOST, f"localhost:{PORT}", f"[::1]:{PORT}"])
def test_the_names_of_this_machine_are_let_in(host: str) -> None:
    assert ask("GET", host=host).status == 200


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "127.0.0.1",
        "localhost",
        "127.0.0.1:8421",
        "127.0.0.1:84200",
        "127.0.0.1.:8420",
        "localhost.:8420",
        "LOCALHOST:8420",
        "localhost.evil:8420",
        "evil.example:8420",
        "evil.example",
        "me@127.0.0.1:8420",
        "127.0.0.1:8420@evil.example",
        "127.0.0.1:8420, evil.example",
        "127.1:8420",
        "2130706433:8420",
        "0.0.0.0:8420",
        "[::ffff:127.0.0.1]:8420",
        "::1:8420",
        "http://127.0.0.1:8420",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_any_other_name_is_refused(method: str, host: str | None) -> None:
    answer = ask(method, headers=[JSON, ("origin", OURS)], host=host)
    assert answer.status == 421
    assert b"reached" not in answer.body


def test_two_names_at_once_are_refused() -> None:
    assert ask("GET", headers=[("host", HOST)]).status == 421


def test_a_name_that_was_given_is_known_with_its_port_only() -> None:
    assert b"pi.local:8420" in Door.at(8420, ["pi.local"]).hosts
    assert b"pi.local" not in Door.at(8420, ["pi.local"]).hosts
    assert b"pi.local" in Door.at(80, ["pi.local"]).hosts


STRANGERS = [
    "http://evil.example",
    "null",
    "",
    "http://localhost.evil",
    "http://localhost.evil:8420",
    "http://127.0.0.1:8421",
    "http://127.0.0.1",
    "https://127.0.0.1:8420",
    "http://127.0.0.1:8420/",
    "HTTP://127.0.0.1:8420",
    "http://me@127.0.0.1:8420",
    f"{OURS} http://evil.example",
]


@pytest.mark.parametrize("origin", STRANGERS)
@pytest.mark.parametrize("method", [*SAFE, *UNSAFE])
def test_a_strange_page_is_refused_whatever_it_asks(method: str, origin: str) -> None:
    answer = ask(method, headers=[JSON, ("origin", origin)])
    assert (answer.status, answer.problem["type"]) == (403, "urn:softfront:problem:origin")


@pytest.mark.parametrize("method", [*SAFE, *UNSAFE])
def test_our_own_page_is_let_in(method: str) -> None:
    assert ask(method, headers=[JSON, ("origin", OURS)]).status == 200


@pytest.mark.parametrize("method", SAFE)
def test_who_names_no_page_may_read(method: str) -> None:
    assert ask(method).status == 200


@pytest.mark.parametrize("method", UNSAFE)
def test_who_names_no_page_may_change_nothing(method: str) -> None:
    assert ask(method, headers=[JSON]).status == 403


def test_two_pages_at_once_are_refused() -> None:
    assert ask("GET", headers=[("origin", OURS), ("origin", OURS)]).status == 403


@pytest.mark.parametrize(
    ("site", "status"),
    [("same-origin", 200), ("none", 200), ("same-site", 403), ("cross-site", 403), ("", 403)],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_a_browser_says_of_the_way_counts(method: str, site: str, status: int) -> None:
    headers = [JSON, ("origin", OURS), ("sec-fetch-site", site)]
    assert ask(method, headers=headers).status == status


def test_a_link_from_elsewhere_opens_the_page() -> None:
    assert ask("GET", "/", headers=[("sec-fetch-site", "cross-site")]).status == 200


def test_a_web_socket_is_refused_before_it_opens() -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {**_scope("GET", "/api/v1/live", [("host", HOST)]), "type": "websocket"}
    asyncio.run(Guard(house(), Door.at(PORT))(scope, receive, send))
    assert [message["type"] for message in sent] == ["websocket.close"]


# --- what is sent


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("Application/JSON", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data", 415),
        ("application/jsonp", 415),
        ("text/plain, application/json", 415),
        ("", 415),
    ],
)
@pytest.mark.parametrize("method", UNSAFE)
def test_only_json_is_taken_even_without_a_body(method: str, kind: str, status: int) -> None:
    headers = [("origin", OURS), ("content-type", kind)]
    assert ask(method, headers=headers).status == status


@pytest.mark.parametrize("method", UNSAFE)
def test_no_content_type_is_not_json(method: str) -> None:
    assert ask(method, headers=[("origin", OURS)]).status == 415


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("claimed", [(), (("content-length", "3"),)])
def test_an_endless_body_is_cut_off(method: str, claimed: tuple[tuple[str, str], ...]) -> None:
    taken = 0

    def endless() -> Iterable[bytes]:
        nonlocal taken
        while True:
            taken += 60_000
            yield b"x" * 60_000

    headers = [JSON, ("origin", OURS), *claimed]
    assert ask(method, "/api/v1/any", headers=headers, chunks=endless()).status == 413
    assert taken <= 1_100_000


def test_a_body_just_within_the_limit_is_taken() -> None:
    body = b'"' + b"x" * 999_998 + b'"'
    assert send_json(body, "/api/v1/any").status == 200
    assert send_json(body + b" ", "/api/v1/any").status == 413


def test_a_body_in_many_pieces_arrives_whole() -> None:
    pieces = [bytes([byte]) for byte in b'{"text": "in pieces"}']
    answer = ask("POST", "/api/v1/journal", headers=[JSON, ("origin", OURS)], chunks=pieces)
    assert json.loads(answer.body) == {"text": "in pieces"}


def test_a_body_that_never_comes_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("softfront_api.guard._BODY_WITHIN_S", 0.05)
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.sleep(30)
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    scope = _scope("POST", "/api/v1/any", [("host", HOST), JSON, ("origin", OURS)])
    asyncio.run(Guard(house(), Door.at(PORT))(scope, receive, send))
    assert sent[0]["status"] == 408


@pytest.mark.parametrize(
    ("body", "status", "errors"),
    [
        (f'{{"text": 7, "{SECRET}": 1}}', 422, {"text": "string type", "?": "extra forbidden"}),
        ('{"text": "a", "pulse_812": 1}', 422, {"?": "extra forbidden"}),
        (f'{{"text": "{SECRET}"}}', 422, {"text": "string too long (20)"}),
        (f'{{"text": "a", "lasted_s": "{SECRET}"}}', 422, {"lasted_s": "int type"}),
        ('{"text": "a", "lasted_s": 81225}', 422, {"lasted_s": "less than equal (90)"}),
        ('{"text": "a", "lasted_s": NaN}', 422, {"lasted_s": "int type"}),
        ('{"text": "a", "lasted_s": true}', 422, {"lasted_s": "int type"}),
        (f'{{"text": "{SECRET}', 422, None),
        (f'["{SECRET}"]', 422, None),
        ("", 422, None),
    ],
)
def test_a_field_that_cannot_be_used_is_named_and_never_quoted(
    body: str, status: int, errors: dict[str, str] | None
) -> None:
    answer = send_json(body.encode())
    assert answer.status == status
    assert not any(part in answer.body.decode() for part in (SECRET, "812", "NaN", "true"))
    if errors is not None:
        assert {e["field"]: e["why"] for e in answer.problem["errors"]} == errors


@pytest.mark.parametrize(
    "body",
    [
        b'{"text": "\xed\xa0\x80"}',
        b'{"text": "\\ud800"}',
        b'{"\xed\xa0\x80": "a"}',
        b'{"\\udfff": "a"}',
        b"\xed\xa0\x80",
        b"\xff\xfe{\x00}\x00",
        b"[" * 200_000,
    ],
)
def test_broken_text_is_the_senders_fault(body: bytes) -> None:
    answer = send_json(body)
    assert 400 <= answer.status < 500
    assert answer.problem["status"] == answer.status


# --- what leaves


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/v1/none", 404), ("DELETE", "/api/v1/journal", 405), ("GET", "/none", 404)],
)
def test_what_is_not_there_is_told_as_a_problem(method: str, path: str, status: int) -> None:
    answer = ask(method, path, headers=[JSON, ("origin", OURS)])
    assert (answer.status, answer.problem["status"]) == (status, status)
    assert "none" not in answer.body.decode()
    if status == 405:
        assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("kind", "status"), [("missing", 404), ("full", 507), ("busy", 503), ("unexpected", 500)]
)
def test_every_error_leaves_as_a_problem(kind: str, status: int) -> None:
    answer = ask("GET", f"/api/v1/error/{kind}")
    assert (answer.status, answer.problem["instance"]) == (status, "/api/v1/error/{kind}")
    assert SECRET not in answer.body.decode()


@pytest.mark.parametrize("path", ["/api/v1/error/unexpected", "/api/v1/torn"])
def test_the_unexpected_is_logged_with_its_place_and_without_a_value(
    path: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        ask("GET", path)
    assert "ValueError" in caplog.text
    assert "test_guard.py" in caplog.text
    assert SECRET not in caplog.text


HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " font-src 'self'; connect-src 'self'; img-src 'self' data:; manifest-src 'self';"
    " worker-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


@pytest.mark.parametrize(
    ("path", "host"),
    [
        ("/", HOST),
        ("/api/v1/thing", HOST),
        ("/api/v1/thing", "evil"),
        ("/none", HOST),
        ("/api/v1/error/unexpected", HOST),
    ],
)
def test_every_response_is_marked(path: str, host: str) -> None:
    headers = ask("GET", path, host=host).headers
    assert {name: headers[name] for name in HEADERS} == HEADERS
    assert (headers.get("cache-control") == "no-store") == path.startswith("/api")


def test_a_problem_says_only_what_it_was_told() -> None:
    told = problem(412, "settings_conflict", "Look again", errors=[{"field": "a", "why": "b"}])
    assert json.loads(bytes(told.body)) == {
        "type": "urn:softfront:problem:settings_conflict",
        "title": "Look again",
        "status": 412,
        "errors": [{"field": "a", "why": "b"}],
    }


# --- who brings packets

TOKEN = "sf_0123abcd_secret"
BEARER = ("authorization", f"Bearer {TOKEN}")
OPEN = Door.at(PORT, ["ward-pc.local"], tls=True, opened=True, admits=TOKEN.__eq__)
FAR = "192.0.2.7"


def bring(*headers: tuple[str, str], door: Door = OPEN, client: str = FAR) -> int:
    name = f"ward-pc.local:{PORT}" if door is OPEN else HOST
    sent = [JSON, *headers]
    answer = ask(
        "POST",
        "/api/v1/packets",
        headers=sent,
        host=name,
        chunks=[b"{}"],
        door=door,
        client=client,
    )
    return answer.status


def test_who_brings_a_token_may_bring_packets_from_anywhere() -> None:
    assert bring(BEARER) == 200
    assert bring(("authorization", f"bearer {TOKEN}")) == 200


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("authorization", "Bearer sf_0123abcd_other")],
        [("authorization", "Bearer ")],
        [("authorization", TOKEN)],
        [("authorization", f"Basic {TOKEN}")],
        [BEARER, BEARER],
        [BEARER, ("origin", "https://evil.example")],
        [("origin", f"https://ward-pc.local:{PORT}")],
    ],
)
@pytest.mark.parametrize("client", [FAR, "127.0.0.1", "::1"])
def test_an_open_door_takes_nothing_without_its_token(
    headers: list[tuple[str, str]], client: str
) -> None:
    assert bring(*headers, client=client) == 401


def test_a_refused_token_is_not_told_again() -> None:
    wrong = ("authorization", "Bearer sf_0123abcd_other")
    answer = ask("POST", "/api/v1/packets", headers=[JSON, wrong], door=OPEN, host=HOST)
    assert answer.headers["www-authenticate"] == "Bearer"
    assert b"other" not in answer.body


@pytest.mark.parametrize("method", [*SAFE, *UNSAFE])
@pytest.mark.parametrize("path", ["/", "/api/v1/thing", "/api/v1/packets/", "/api/v1/packets/x"])
@pytest.mark.parametrize("client", [FAR, "10.0.0.4", "::ffff:192.0.2.7", "2001:db8::1", "?"])
def test_another_machine_reaches_nothing_else_with_or_without_a_token(
    method: str, path: str, client: str
) -> None:
    name = f"ward-pc.local:{PORT}"
    ours = ("origin", f"https://{name}")
    for headers in ([JSON, ours], [JSON, BEARER], [JSON, ours, BEARER]):
        answer = ask(method, path, headers=headers, host=name, door=OPEN, client=client)
        assert answer.status == 403


def test_on_an_open_door_the_page_of_this_machine_goes_on() -> None:
    ours = ("origin", f"https://{HOST}")
    for client in ("127.0.0.1", "::1", "::ffff:127.0.0.1"):
        answer = ask("POST", "/api/v1/journal", headers=[JSON, ours], door=OPEN, client=client)
        assert answer.status == 422  # it came through, and has no text


def test_on_a_closed_door_packets_come_from_our_own_page_or_by_token() -> None:
    closed = Door.at(PORT, admits=TOKEN.__eq__)
    here = "127.0.0.1"
    assert bring(("origin", OURS), door=closed, client=here) == 200
    assert bring(BEARER, door=closed, client=here) == 200
    assert bring(door=closed, client=here) == 403
    assert bring(("origin", "http://evil.example"), door=closed, client=here) == 403
    assert bring(("origin", OURS), door=closed, client=FAR) == 403
