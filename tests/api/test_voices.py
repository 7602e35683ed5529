"""From a real rise to a real phone and back: one seam, whatever speaks."""

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from softfront_api.buttons import Buttons
from softfront_api.house import House
from softfront_api.notify import Desktop, Phone, Voices
from softfront_api.settings import Settings
from softfront_signal.moments import Answer

from .asking import within
from .homeassistant import until
from .living import STRAIN_S, Home, Said, a_shift, up_to_second
from .ntfy import NtfyServer, ntfy, press

TOPIC = "my-topic"
AFTER_THE_OFFER_S = STRAIN_S + 100


@pytest.fixture
def server() -> Iterator[NtfyServer]:
    with ntfy() as running:
        yield running


def lived(folder: Path, server: NtfyServer, say: Said, *, length_s: float = 90) -> Home:
    """Live a shift with a phone, and say something while the offer stands."""
    home = Home(folder, a_shift())

    async def main() -> None:
        buttons = Buttons(home.session, home.replies, home.bus, length_s)
        home.session.voices = Voices(Phone(buttons.answer, lambda: "an-answer-of-22-lettrs"))
        tasks = [asyncio.create_task(home.session.voices.run()), asyncio.create_task(buttons.run())]

        async def connect(_: Home) -> None:
            settings = Settings(phone_url=server.url(TOPIC))
            await home.replies.change(settings, home.diary.settings().version)

        home.says(60, connect).says(AFTER_THE_OFFER_S, say)
        try:
            await home.session.run()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(main())
    return home


def test_start_on_the_phone_is_a_pause_in_the_diary(tmp_path: Path, server: NtfyServer) -> None:
    async def start(home: Home) -> None:
        (message,) = await asyncio.to_thread(server.until_shown, TOPIC, 1)
        await asyncio.to_thread(press, message, "Start")
        await asyncio.to_thread(server.until_shown, TOPIC, 0)
        await asyncio.to_thread(until, lambda: home.bus.of("begun"))

    with lived(tmp_path, server, start) as home:
        (prompt,) = home.diary.prompts()
        assert prompt.status == "started"
        pause = home.diary.pause(home.bus.of("begun")[0]["id"])
        assert pause is not None
        assert pause.prompt_id == prompt.id


def test_not_now_on_the_phone_is_not_now(tmp_path: Path, server: NtfyServer) -> None:
    async def decline(home: Home) -> None:
        (message,) = await asyncio.to_thread(server.until_shown, TOPIC, 1)
        await asyncio.to_thread(press, message, "Not now")
        await asyncio.to_thread(server.until_shown, TOPIC, 0)
        await asyncio.to_thread(until, lambda: home.diary.prompts()[0].status != "offered")

    with lived(tmp_path, server, decline) as home:
        assert [prompt.status for prompt in home.diary.prompts()] == ["not_now"]
        assert home.bus.of("begun") == []


def test_an_offer_that_leaves_leaves_the_phone(tmp_path: Path, server: NtfyServer) -> None:
    async def wait(_: Home) -> None:
        await asyncio.to_thread(server.until_shown, TOPIC, 1)

    with lived(tmp_path, server, wait) as home:
        assert [prompt.status for prompt in home.diary.prompts()] == ["expired"]
        assert server.shown(TOPIC) == []


def test_answered_on_the_page_it_leaves_the_phone_and_the_phone_is_too_late(
    tmp_path: Path, server: NtfyServer
) -> None:
    async def answer(home: Home) -> None:
        (message,) = await asyncio.to_thread(server.until_shown, TOPIC, 1)
        await home.replies.answer(home.diary.prompts()[0].id, Answer.NOT_NOW)
        await asyncio.to_thread(server.until_shown, TOPIC, 0)
        await asyncio.to_thread(press, message, "Start")
        await asyncio.sleep(0.1)

    with lived(tmp_path, server, answer) as home:
        assert [prompt.status for prompt in home.diary.prompts()] == ["not_now"]
        assert home.bus.of("begun") == []


def test_two_starts_are_one_pause(tmp_path: Path) -> None:
    async def both(home: Home) -> None:
        buttons = Buttons(home.session, home.replies, home.bus)
        offer = home.diary.prompts()[0].id
        await buttons.answer(offer, Answer.START)
        await buttons.answer(offer, Answer.START)
        await buttons.pause()

    with Home(tmp_path, a_shift()) as home:
        home.says(AFTER_THE_OFFER_S, both).lives()
        assert len(home.bus.of("begun")) == 1


def test_an_offer_nobody_knows_is_answered_quietly(tmp_path: Path) -> None:
    async def answer(home: Home) -> None:
        await Buttons(home.session, home.replies, home.bus).answer("unknown", Answer.START)

    with Home(tmp_path, a_shift()) as home:
        home.says(AFTER_THE_OFFER_S, answer).lives()
        assert home.bus.of("begun") == []


def test_a_voice_that_breaks_down_silences_no_other(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[str] = []
    said = "s3cret"

    class Broken:
        def offer(self, offer_id: str, settings: Settings) -> None: ...
        def withdraw(self, offer_id: str) -> None: ...
        async def run(self) -> None:
            raise RuntimeError(said)

    class Well(Broken):
        async def run(self) -> None:
            await asyncio.sleep(0.01)
            heard.append("well")

    asyncio.run(Voices(Broken(), Well()).run())
    assert heard == ["well"]
    assert "Broken fell silent" in caplog.text
    assert "s3cret" not in caplog.text


def test_the_desktop_is_asked_only_where_it_is_wanted() -> None:
    async def never(offer_id: str, answer: Answer) -> None:
        raise AssertionError

    desktop = Desktop(never)
    desktop.offer("p1", Settings(desktop=False))
    assert desktop._heard.empty()
    desktop.offer("p1", Settings())
    assert not desktop._heard.empty()


# --- by the door


def test_a_trial_goes_out_by_the_door_and_its_trouble_stands_in_health(
    tmp_path: Path, server: NtfyServer
) -> None:
    server.only_for("anna:s3cret")

    async def main(home: Home) -> None:
        await home.session.run()
        buttons = Buttons(home.session, home.replies, home.bus)
        phone = Phone(buttons.answer, lambda: "an-answer-of-22-lettrs")
        house = House(home.diary, home.bus, home.session, home.replies, phone=phone)
        async with within(home, house) as door:
            assert (await door.post("notify/test", json={})).json() == {
                "id": "settings.notify.none",
                "values": {},
            }
            assert (await door.get("health")).json()["phone"] is None
            settings = Settings(phone_url=server.url(TOPIC))
            await home.replies.change(settings, home.diary.settings().version)
            told = (await door.post("notify/test", json={})).json()
            assert told == {"id": "error.phone.refused", "values": {"host": "127.0.0.1"}}
            health = (await door.get("health")).json()
            assert (health["phone"], health["home"]) == (told, None)
            other = Settings(phone_url=server.url("another"))
            await home.replies.change(other, home.diary.settings().version)
            assert (await door.get("health")).json()["phone"] is None

    with Home(tmp_path, up_to_second(a_shift(), 60)) as home:
        asyncio.run(main(home))


def test_a_replay_sends_nothing(tmp_path: Path) -> None:
    async def main(home: Home) -> None:
        await home.session.run()
        house = House(home.diary, home.bus, home.session, home.replies)
        async with within(home, house) as door:
            assert (await door.post("notify/test", json={})).status_code == 409

    with Home(tmp_path, up_to_second(a_shift(), 60)) as home:
        asyncio.run(main(home))


# --- what may be set


@pytest.mark.parametrize(
    "url",
    [
        "ntfy://ntfy.example/my-topic",
        "ntfys://:tk_1234@ntfy.example/my-topic",
        "https://ntfy.example:8443/my-topic",
        "http://192.0.2.7/my_topic",
        "tgram://bot/chat",
        "mailtos://user:pass@mail.example",
    ],
)
def test_addresses_a_message_can_go_to(url: str) -> None:
    assert Settings(phone_url=url).phone_url == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "my-topic",
        "https://ntfy.example",
        "https://ntfy.example/a/b",
        "https://h/t?x=1",
        f"https://h/{'t' * 65}",
        "ntfy://topic",
        "tgram://a b",
        "json://a\nb",
        f"json://{'x' * 1025}",
    ],
)
def test_addresses_no_message_can_go_to(url: str) -> None:
    with pytest.raises(ValidationError):
        Settings(phone_url=url)


@pytest.mark.parametrize("url", ["mqtt://host", "mqtts://anna:s3cret@host:8884/ward/nine"])
def test_addresses_of_a_broker(url: str) -> None:
    assert Settings(home_url=url).home_url == url


@pytest.mark.parametrize("url", ["", "http://host", "mqtt://", "mqtt://host/a+b", "mqtt://h/#"])
def test_addresses_of_no_broker(url: str) -> None:
    with pytest.raises(ValidationError):
        Settings(home_url=url)


def test_all_of_it_is_off_until_it_is_set() -> None:
    settings = Settings()
    assert (settings.phone_url, settings.home_url) == (None, None)
    assert not any((settings.phone_steps, settings.home_heart_rate, settings.home_rmssd))


def test_a_password_that_cannot_be_used_is_not_repeated(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        read = Settings.read({"phone_url": "https://anna:s3cret@h", "home_url": "x://a:s3cret@h"})
    assert (read.phone_url, read.home_url) == (None, None)
    assert "s3cret" not in caplog.text
