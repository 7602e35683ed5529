"""A message on the phone: what it says, how long it stands, and what its buttons bring back."""

import asyncio
import importlib.util
import inspect
import json
import logging
import re
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import trustme

from softfront_api.names import names_in
from softfront_api.notify import Phone
from softfront_api.settings import Settings
from softfront_signal.moments import Answer

from .ntfy import NtfyServer, ntfy, press

ANSWERS = "s3cret-of-22-letters-x"
TOPIC = "my-topic"
Answers: TypeAlias = list[tuple[str, Answer]]
Act: TypeAlias = Callable[[Phone, Answers], Coroutine[None, None, None]]


@pytest.fixture
def server() -> Iterator[NtfyServer]:
    with ntfy() as running:
        yield running


def with_a_phone(act: Act, *, stands_s: float = 90, trusted: ssl.SSLContext | None = None) -> Phone:
    answers: Answers = []

    async def answer(offer_id: str, said: Answer) -> None:
        answers.append((offer_id, said))

    async def main() -> Phone:
        phone = Phone(answer, lambda: ANSWERS, stands_s=stands_s, trusted=trusted)
        running = asyncio.create_task(phone.run())
        try:
            async with asyncio.timeout(20):
                await act(phone, answers)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        return phone

    return asyncio.run(main())


def at(url: str, *, steps: bool = False) -> Settings:
    return Settings(phone_url=url, phone_steps=steps)


async def until(true: Callable[[], object], limit_s: float = 5) -> None:
    deadline_s = asyncio.get_running_loop().time() + limit_s
    while not true():
        assert asyncio.get_running_loop().time() < deadline_s, "it did not come to that"
        await asyncio.sleep(0.01)


def test_a_message_says_what_every_message_says(server: NtfyServer) -> None:
    async def act(phone: Phone, answers: Answers) -> None:
        phone.offer("p1", at(server.url(TOPIC)))
        await until(lambda: server.shown(TOPIC))
        (message,) = server.shown(TOPIC)
        assert (message["title"], message["message"]) == (
            "Softfront",
            "A moment is here, if you like.",
        )
        assert message["priority"] == 2
        assert [each["label"] for each in message["actions"]] == [
            "Start",
            "In 10 minutes",
            "Not now",
        ]

    with_a_phone(act)


def test_with_the_three_steps_only_the_body_differs(server: NtfyServer) -> None:
    async def act(phone: Phone, answers: Answers) -> None:
        phone.offer("p1", at(server.url(TOPIC), steps=True))
        await until(lambda: server.shown(TOPIC))
        (message,) = server.shown(TOPIC)
        steps = "1 Wish someone well. 2 Yourself too. 3 What can you give?"
        assert (message["title"], message["message"]) == ("Softfront", steps)

    with_a_phone(act)


@pytest.mark.parametrize(
    ("label", "said"),
    [("Start", Answer.START), ("In 10 minutes", Answer.LATER), ("Not now", Answer.NOT_NOW)],
)
def test_a_button_answers_from_afar_and_the_message_goes(
    server: NtfyServer, label: str, said: Answer
) -> None:
    async def act(phone: Phone, answers: Answers) -> None:
        phone.offer("p1", at(server.url(TOPIC)))
        await until(lambda: server.shown(TOPIC))
        await asyncio.to_thread(press, server.shown(TOPIC)[0], label)
        await until(lambda: answers)
        assert answers == [("p1", said)]
        await until(lambda: not server.shown(TOPIC))

    with_a_phone(act)


def test_what_was_pressed_before_anyone_listened_counts(server: NtfyServer) -> None:
    """The stream begins after the message; what came between is kept by the server."""

    async def act(phone: Phone, answers: Answers) -> None:
        phone.offer("p1", at(server.url(TOPIC)))
        while not answers:
            for message in server.shown(TOPIC):
                await asyncio.to_thread(press, message, "Not now")
                break
            await asyncio.sleep(0.005)
        assert answers == [("p1", Answer.NOT_NOW)]

    with_a_phone(act)


def test_a_message_goes_when_the_offer_was_answered_elsewhere(server: NtfyServer) -> None:
    async def act(phone: Phone, answers: Answers) -> None:
        phone.offer("p1", at(server.url(TOPIC)))
        await until(lambda: server.shown(TOPIC))
        phone.withdraw("another")
        await asyncio.sleep(0.1)
        assert server.shown(TOPIC)
        phone.withdraw("p1")
        await until(lambda: not server.shown(TOPIC))

    with_a_phone(act)


def test_a_message_goes_by_itself_after_its_time(server: NtfyServer) -> None:
    async def act(phone: Phone, answers: Answers) -> None:
        phone.offer("p1", at(server.url(TOPIC)))
        await until(lambda: server.shown(TOPIC))
        (message,) = server.shown(TOPIC)
        await until(lambda: not server.shown(TOPIC))
        await asyncio.to_thread(press, message, "Start")  # a phone that was away for long
        await asyncio.sleep(0.2)
        assert answers == []

    with_a_phone(act, stands_s=0.4)


def test_an_offer_stands_as_long_as_its_life() -> None:
    assert 60 <= inspect.signature(Phone).parameters["stands_s"].default <= 120


def test_stopping_leaves_nothing_on_the_phone(server: NtfyServer) -> None:
    async def act(phone: Phone, answers: Answers) -> None:
        phone.offer("p1", at(server.url(TOPIC)))
        await until(lambda: server.shown(TOPIC))

    with_a_phone(act)
    assert server.shown(TOPIC) == []


def test_an_older_server_cannot_take_back_and_nothing_breaks(server: NtfyServer) -> None:
    server.grow_old()

    async def act(phone: Phone, answers: Answers) -> None:
        phone.offer("p1", at(server.url(TOPIC)))
        await until(lambda: server.shown(TOPIC))
        phone.withdraw("p1")
        phone.offer("p2", at(server.url(TOPIC)))
        await until(lambda: len(server.shown(TOPIC)) == 2)
        await asyncio.to_thread(press, server.shown(TOPIC)[0], "Start")  # of the first: too late
        await asyncio.to_thread(press, server.shown(TOPIC)[1], "Not now")
        await until(lambda: answers)
        assert answers == [("p2", Answer.NOT_NOW)]

    assert with_a_phone(act).problem is None


def test_a_stream_that_breaks_is_taken_up_again(
    server: NtfyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("softfront_api.notify.phone._BETWEEN_S", 0.05)

    async def act(phone: Phone, answers: Answers) -> None:
        phone.offer("p1", at(server.url(TOPIC)))
        await until(lambda: server.topics.streams)
        server.topics.drop()
        await asyncio.to_thread(press, server.shown(TOPIC)[0], "Start")
        await until(lambda: answers)

    with_a_phone(act)


def test_a_message_is_not_kept_for_phones_that_are_away(server: NtfyServer) -> None:
    async def act(phone: Phone, answers: Answers) -> None:
        phone.offer("p1", at(server.url(TOPIC)))
        await until(lambda: server.shown(TOPIC))

    with_a_phone(act)
    assert [each for each in server.topics.kept if each["event"] == "message"] == []


def test_whoever_does_not_know_the_topic_of_answers_cannot_answer(server: NtfyServer) -> None:
    async def act(phone: Phone, answers: Answers) -> None:
        phone.offer("p1", at(server.url(TOPIC)))
        await until(lambda: server.shown(TOPIC))
        topic = server.shown(TOPIC)[0]["actions"][0]["url"].rsplit("/", 1)[1]
        assert topic == f"{TOPIC}-{ANSWERS}"
        for said in ("nonsense", "start", "start p2", "start p1 ", "was_moving p1"):
            server.topics.tell(topic, "message", message=said)
        await asyncio.sleep(0.2)
        assert answers == []

    with_a_phone(act)


def test_a_server_with_a_password_is_shown_it_and_the_buttons_are_not(server: NtfyServer) -> None:
    server.only_for("anna:s3cret", all_may_write_to=lambda topic: topic.endswith(ANSWERS))

    async def act(phone: Phone, answers: Answers) -> None:
        phone.offer("p1", at(server.url(TOPIC, "anna:s3cret@")))
        await until(lambda: server.shown(TOPIC))
        assert "s3cret" not in json.dumps(server.shown(TOPIC)).replace(ANSWERS, "")
        assert "uthorization" not in json.dumps(server.shown(TOPIC))
        await asyncio.to_thread(press, server.shown(TOPIC)[0], "Start")
        await until(lambda: answers)

    assert with_a_phone(act).problem is None


@pytest.mark.parametrize(
    ("who", "said"),
    [("", "refused"), ("anna:wrong@", "refused"), ("anna:s3cret@", "answers")],
)
def test_a_trial_tells_what_a_server_does_not_allow(
    server: NtfyServer, who: str, said: str
) -> None:
    server.only_for("anna:s3cret")

    async def act(phone: Phone, answers: Answers) -> None:
        told = await phone.try_out(at(server.url(TOPIC, who)))
        assert told == phone.problem
        assert (told.id, dict(told.values)) == (f"error.phone.{said}", {"host": "127.0.0.1"})

    with_a_phone(act)


def test_a_trial_looks_like_every_other_message(server: NtfyServer) -> None:
    async def act(phone: Phone, answers: Answers) -> None:
        told = await phone.try_out(at(server.url(TOPIC)))
        assert told.id == "settings.notify.sent"
        (message,) = server.shown(TOPIC)
        assert message["message"] == "This is a trial message. It looks like every other one."
        assert len(message["actions"]) == 3

    with_a_phone(act)


def test_without_an_address_nothing_goes_out() -> None:
    async def act(phone: Phone, answers: Answers) -> None:
        phone.offer("p1", Settings())
        told = await phone.try_out(Settings())
        assert told.id == "settings.notify.none"

    with_a_phone(act)


def nobody() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def test_where_nobody_answers_one_try_is_made_and_the_reason_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    url = f"http://anna:s3cret@127.0.0.1:{nobody()}/{TOPIC}"

    async def act(phone: Phone, answers: Answers) -> None:
        for _ in range(2):
            phone.offer("p1", at(url))
            await until(lambda: phone.problem)
        assert phone.problem is not None
        assert phone.problem.id == "error.phone.unreached"

    with caplog.at_level(logging.DEBUG):
        with_a_phone(act)
    ours = [each.getMessage() for each in caplog.records if each.name.startswith("softfront")]
    assert ours == [
        "The phone: 127.0.0.1 does not answer, so nothing went to the phone."
        " Offers are on the page."
    ]
    assert "s3cret" not in caplog.text
    assert TOPIC not in caplog.text


def test_a_certificate_that_nobody_vouches_for_is_not_trusted() -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    tried: list[bytes] = []

    class Strange(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            tried.append(self.rfile.read(int(self.headers["Content-Length"])))

    strange = HTTPServer(("127.0.0.1", 0), Strange)
    strange.socket = context.wrap_socket(strange.socket, server_side=True)
    serving = threading.Thread(target=strange.serve_forever, kwargs={"poll_interval": 0.02})
    serving.start()

    async def act(phone: Phone, answers: Answers) -> None:
        told = await phone.try_out(at(f"https://127.0.0.1:{strange.server_address[1]}/{TOPIC}"))
        assert told.id == "error.phone.certificate"

    try:
        with_a_phone(act)
    finally:
        strange.shutdown()
        strange.server_close()
        serving.join()
    assert tried == []


# --- any other messenger, by apprise


class Elsewhere:
    """A real receiver of apprise's json:// messages."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        heard = self.heard

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def do_POST(self) -> None:
                heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._serving = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}
        )

    def __enter__(self) -> "Elsewhere":
        self._serving.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._serving.join()


needs_apprise = pytest.mark.skipif(
    importlib.util.find_spec("apprise") is None, reason="the extra `notify` is missing"
)
# What apprise itself loads, as soon as an address is read.
as_it_loads = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@needs_apprise
@as_it_loads
def test_another_messenger_hears_the_same_words() -> None:
    async def act(phone: Phone, answers: Answers) -> None:
        phone.offer("p1", at(f"json://anna:s3cret@127.0.0.1:{elsewhere.port}"))
        await until(lambda: elsewhere.heard, 15)
        (message,) = elsewhere.heard
        assert (message["title"], message["message"]) == (
            "Softfront",
            "A moment is here, if you like.",
        )

    with Elsewhere() as elsewhere:
        with_a_phone(act)


@needs_apprise
@as_it_loads
def test_what_apprise_cannot_do_is_told_without_the_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def act(phone: Phone, answers: Answers) -> None:
        told = await phone.try_out(at(f"json://anna:s3cret@127.0.0.1:{nobody()}"))
        assert told.id == "error.phone.unsent"
        told = await phone.try_out(at("nonsense://anna:s3cret@there"))
        assert (told.id, dict(told.values)) == ("error.phone.unknown", {"scheme": "nonsense"})

    with caplog.at_level(logging.DEBUG):
        with_a_phone(act)
    assert "s3cret" not in caplog.text


def test_without_the_extra_the_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)

    async def act(phone: Phone, answers: Answers) -> None:
        told = await phone.try_out(at("json://127.0.0.1"))
        assert told.id == "error.phone.extra"

    with_a_phone(act)


# --- the names


def test_the_names_are_drawn_once_and_kept_for_oneself(tmp_path: Path) -> None:
    names = names_in(tmp_path)
    assert names_in(tmp_path) == names
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o77 == 0
    assert re.fullmatch(r"[-\w]{22}", names.answers)


def test_a_spoilt_file_of_names_is_drawn_anew(tmp_path: Path) -> None:
    file = tmp_path / "voices.json"
    for spoilt in ("", "[]", '{"answers": "a/b#", "home": "+"}'):
        file.write_text(spoilt)
        assert names_in(tmp_path) == names_in(tmp_path)
