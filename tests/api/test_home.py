"""Home Assistant: what is announced, what is told and what never is, and what it may press."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from softfront_api.buttons import Buttons
from softfront_api.home import Device, reach
from softfront_api.home import Home as Told
from softfront_api.home.discovery import HEART_RATE, RMSSD, announcements
from softfront_api.notify import Voices
from softfront_api.settings import Settings
from softfront_api.shapes.heard import FinishIn
from softfront_sensors.link import Timings
from softfront_signal.moments import Answer

from ..sensors.broker import Broker
from .homeassistant import HomeAssistant, at
from .homeassistant import until as soon
from .living import START, STRAIN_S, Home, a_shift, up_to_second

SCHEMA = jsonschema_rs.Draft202012Validator(
    json.loads(Path(__file__).with_name("discovery.schema.json").read_text(encoding="utf-8"))
)
SHORT = up_to_second(a_shift(), 900)
NAME = "a1b2c3d4e5f6"
PROMPT = Timings(first_pause_s=0.1, last_pause_s=0.2)
START_BUTTON, WITH = "button.softfront_start", "switch.softfront_with_someone"
RATE, VARIATION = "sensor.softfront_heart_rate", "sensor.softfront_rmssd"


def device(prefix: str = "softfront") -> Device:
    return Device(NAME, prefix, "1.0", "http://127.0.0.1:8420")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    made = Broker(tmp_path)
    made.start()
    yield made
    made.kill()


async def until(true: Callable[[], object]) -> None:
    await asyncio.to_thread(soon, true)


class Living:
    """A house whose day has been lived so far, with a home that is told."""

    def __init__(self, house: Home, told: Told, buttons: Buttons) -> None:
        self.house, self.told, self.buttons = house, told, buttons

    async def set(self, **what: Any) -> None:
        version = self.house.diary.settings().version
        settings = self.house.session.day.settings.model_copy(update=what)
        checked = Settings.model_validate(settings.model_dump(mode="json", by_alias=True))
        await self.house.replies.change(checked, version)


@asynccontextmanager
async def living(house: Home, *, length_s: float = 90) -> AsyncIterator[Living]:
    buttons = Buttons(house.session, house.replies, house.bus, length_s)
    told = Told(house.session, buttons, house.bus, device, PROMPT)
    house.session.voices = Voices(told)
    tasks = [asyncio.create_task(house.session.voices.run()), asyncio.create_task(buttons.run())]
    try:
        yield Living(house, told, buttons)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def lived(
    tmp_path: Path,
    broker: Broker,
    act: Callable[[Living, HomeAssistant], Coroutine[None, None, None]],
    *,
    length_s: float = 90,
    **settings: Any,
) -> None:
    """Live a quarter of an hour, set a broker, and then act."""
    (tmp_path / "diary").mkdir()

    async def main() -> None:
        with at(broker.port) as assistant, Home(tmp_path / "diary", SHORT) as house:
            async with asyncio.timeout(60), living(house, length_s=length_s) as life:
                await house.session.run()
                await life.set(home_url=broker.url, **settings)
                await until(lambda: assistant.parts)
                await act(life, assistant)

    asyncio.run(main())


# --- the announcement


@pytest.mark.parametrize(
    "values",
    [set(), {HEART_RATE}, {RMSSD}, {HEART_RATE, RMSSD}],
    ids=lambda each: "+".join(sorted(each)),
)
def test_what_is_announced_is_in_the_dialect(values: set[str]) -> None:
    for announcement in announcements(device(), frozenset(values)):
        SCHEMA.validate(json.loads(announcement))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda whole: whole.pop("o"),
        lambda whole: whole["dev"].pop("ids"),
        lambda whole: whole["cmps"]["pause"].pop("unique_id"),
        lambda whole: whole["cmps"]["pause"].update(object_id="pause"),
        lambda whole: whole["cmps"]["worn"].update(default_entity_id="worn"),
        lambda whole: whole["cmps"]["start"].pop("command_topic"),
        lambda whole: whole["cmps"]["battery"].update(state_topic="softfront/+/state"),
    ],
)
def test_the_schema_would_notice(spoil: Callable[[Any], object]) -> None:
    whole = json.loads(announcements(device(), frozenset())[-1])
    spoil(whole)
    assert not SCHEMA.is_valid(whole)


def test_each_name_is_there_once_and_begins_with_the_device() -> None:
    parts = json.loads(announcements(device(), frozenset({HEART_RATE, RMSSD}))[-1])["cmps"]
    ids = [part["unique_id"] for part in parts.values()]
    assert len(set(ids)) == len(ids)
    assert all(NAME in each for each in ids)
    assert all(part["default_entity_id"].startswith(f"{part['p']}.") for part in parts.values())


def test_values_of_a_body_are_announced_only_one_by_one() -> None:
    def names(*values: str) -> set[str]:
        return set(json.loads(announcements(device(), frozenset(values))[-1])["cmps"])

    plain = {"pause", "worn", "connected", "battery", "start", "with_someone"}
    assert names() == plain
    assert names(HEART_RATE) == plain | {HEART_RATE}
    assert names(RMSSD) == plain | {RMSSD}


def test_what_is_no_longer_told_is_taken_away_by_its_platform_alone_and_then_left_out() -> None:
    first, second = map(json.loads, announcements(device(), frozenset({RMSSD})))
    assert first["cmps"].pop(HEART_RATE) == {"p": "sensor"}
    assert first == second


# --- a live broker


@pytest.mark.mosquitto
def test_a_home_sees_the_strap_and_that_someone_is_there(tmp_path: Path, broker: Broker) -> None:
    async def act(life: Living, assistant: HomeAssistant) -> None:
        await until(lambda: assistant.state("binary_sensor.softfront_worn") == "ON")
        assert assistant.state("binary_sensor.softfront_connected") == "ON"
        assert assistant.state("sensor.softfront_battery") == "82"
        assert assistant.state(WITH) == "OFF"

    lived(tmp_path, broker, act)


@pytest.mark.mosquitto
def test_the_button_begins_a_pause_that_the_diary_knows_and_ends_it(
    tmp_path: Path, broker: Broker
) -> None:
    async def act(life: Living, assistant: HomeAssistant) -> None:
        await until(lambda: assistant.state(WITH) == "OFF")
        await asyncio.to_thread(assistant.press, START_BUTTON)
        await until(lambda: assistant.events == ["taken"])
        (begun,) = life.house.bus.of("begun")
        pause = life.house.diary.pause(begun["id"])
        assert pause is not None
        assert pause.prompt_id is None
        await asyncio.to_thread(assistant.press, START_BUTTON)  # one runs, and goes on
        await until(lambda: assistant.events == ["taken", "finished"])
        ended = life.house.diary.pause(begun["id"])
        assert ended is not None
        assert ended.lasted_s == 90
        assert len(life.house.bus.of("begun")) == 1

    lived(tmp_path, broker, act, length_s=1)


@pytest.mark.mosquitto
def test_a_pause_that_a_page_ends_early_is_not_ended_again(tmp_path: Path, broker: Broker) -> None:
    async def act(life: Living, assistant: HomeAssistant) -> None:
        await asyncio.to_thread(assistant.press, START_BUTTON)
        await until(lambda: life.house.bus.of("begun"))
        pause_id = life.house.bus.of("begun")[0]["id"]
        await life.house.replies.finish_pause(pause_id, FinishIn(lasted_s=20))
        await until(lambda: assistant.events == ["taken", "finished"])
        await asyncio.sleep(1.2)
        ended = life.house.diary.pause(pause_id)
        assert ended is not None
        assert ended.lasted_s == 20
        assert assistant.events == ["taken", "finished"]

    lived(tmp_path, broker, act, length_s=1)


@pytest.mark.mosquitto
def test_the_switch_sets_an_hour_and_follows_what_the_page_sets(
    tmp_path: Path, broker: Broker
) -> None:
    async def act(life: Living, assistant: HomeAssistant) -> None:
        await asyncio.to_thread(assistant.flip, WITH, on=True)
        await until(lambda: assistant.state(WITH) == "ON")
        until_ms = life.house.session.day.settings.rules(START).with_until_ms
        assert until_ms == life.house.time.now_ms + 3_600_000
        await life.set(with_someone_until=None)
        await until(lambda: assistant.state(WITH) == "OFF")
        await asyncio.to_thread(assistant.flip, WITH, on=True)
        await until(lambda: assistant.state(WITH) == "ON")
        await asyncio.to_thread(assistant.flip, WITH, on=False)
        await until(lambda: assistant.state(WITH) == "OFF")

    lived(tmp_path, broker, act)


@pytest.mark.mosquitto
def test_nonsense_and_what_a_broker_had_kept_press_nothing(tmp_path: Path, broker: Broker) -> None:
    async def act(life: Living, assistant: HomeAssistant) -> None:
        topic = assistant.parts[START_BUTTON]["command_topic"]
        for said in ("", "press", "ON", "\0", "x" * 300_000):
            await asyncio.to_thread(assistant.publish, topic, said)
        await asyncio.to_thread(assistant.publish, topic, "PRESS", kept=True)
        # Heard live it counts, as no receiver can tell; whoever connects later finds it kept.
        await until(lambda: life.house.bus.of("begun"))
        pause_id = life.house.bus.of("begun")[0]["id"]
        await life.house.replies.finish_pause(pause_id, FinishIn(lasted_s=20))
        await life.set(home_url=None)
        await until(lambda: life.told.text is None)
        await life.set(home_url=broker.url)
        await until(lambda: life.told.text is not None and assistant.parts)
        await asyncio.sleep(0.5)
        assert len(life.house.bus.of("begun")) == 1

    lived(tmp_path, broker, act)


@pytest.mark.mosquitto
def test_home_assistant_that_begins_anew_is_told_all_of_it(tmp_path: Path, broker: Broker) -> None:
    async def act(life: Living, assistant: HomeAssistant) -> None:
        await until(lambda: assistant.state(WITH) == "OFF")
        before = len(assistant.configs)
        await asyncio.to_thread(assistant.say_online)
        await until(lambda: len(assistant.configs) > before)
        with at(broker.port) as anew:
            await until(lambda: anew.parts and anew.state(WITH) == "OFF")
            assert anew.parts == assistant.parts
            assert anew.events == []

    lived(tmp_path, broker, act)


@pytest.mark.mosquitto
def test_a_broker_that_died_and_lost_everything_is_told_again(
    tmp_path: Path, broker: Broker
) -> None:
    async def act(life: Living, assistant: HomeAssistant) -> None:
        await until(lambda: assistant.state(WITH) == "OFF")
        await asyncio.to_thread(broker.restart)
        with at(broker.port) as anew:
            await until(lambda: anew.parts and anew.state(WITH) == "OFF")
            await asyncio.to_thread(anew.press, START_BUTTON)
            await until(lambda: "taken" in anew.events)

    lived(tmp_path, broker, act)


@pytest.mark.mosquitto
def test_where_softfront_ends_the_device_is_offline_and_stays_known(
    tmp_path: Path, broker: Broker
) -> None:
    async def act(life: Living, assistant: HomeAssistant) -> None:
        await until(lambda: assistant.state(WITH) == "OFF")

    lived(tmp_path, broker, act)
    with at(broker.port) as later:
        soon(lambda: later.parts and later.state(WITH) == "unavailable")


@pytest.mark.mosquitto
def test_where_softfront_is_gone_without_a_word_the_broker_says_so(
    tmp_path: Path, broker: Broker
) -> None:
    """The will: a connection that is cut is followed by "offline"; being back, by "online"."""

    async def act(life: Living, assistant: HomeAssistant) -> None:
        await until(lambda: assistant.state(WITH) == "OFF")
        place = life.told._place
        assert place is not None
        connection = place._line._connection
        assert connection is not None
        connection._client._sock_close()
        status = f"softfront/{NAME}/status"
        await until(lambda: "offline" in [h.payload for h in assistant.heard if h.topic == status])
        await until(lambda: assistant.state(WITH) == "OFF")

    lived(tmp_path, broker, act)


@pytest.mark.mosquitto
def test_an_old_will_that_comes_late_does_not_stand(tmp_path: Path, broker: Broker) -> None:
    async def act(life: Living, assistant: HomeAssistant) -> None:
        await until(lambda: assistant.state(WITH) == "OFF")
        await asyncio.to_thread(assistant.publish, f"softfront/{NAME}/status", "offline", kept=True)
        await until(lambda: assistant.state(WITH) == "OFF")

    lived(tmp_path, broker, act)


@pytest.mark.mosquitto
def test_values_are_there_when_wanted_never_kept_and_gone_when_not(
    tmp_path: Path, broker: Broker
) -> None:
    async def act(life: Living, assistant: HomeAssistant) -> None:
        assert RATE not in assistant.parts
        await life.set(home_heart_rate=True)
        await until(lambda: RATE in assistant.parts and assistant.state(RATE) is not None)
        assert VARIATION not in assistant.parts
        shown = assistant.state(RATE)
        assert shown is not None
        now = life.house.session.now()
        assert float(shown) == now.heart_rate.value
        life.house.time.now_ms += 60_000  # no number is older than fifteen seconds
        await until(lambda: assistant.state(RATE) == "None")
        await life.set(home_heart_rate=False)
        await until(lambda: RATE not in assistant.parts)
        with at(broker.port) as newcomer:
            await until(lambda: newcomer.parts)
            assert not [topic for topic in newcomer.kept() if "value/" in topic]
            assert RATE not in newcomer.parts

    lived(tmp_path, broker, act)


@pytest.mark.mosquitto
def test_who_leaves_for_good_leaves_nothing_at_the_broker(tmp_path: Path, broker: Broker) -> None:
    async def act(life: Living, assistant: HomeAssistant) -> None:
        await until(lambda: assistant.state(WITH) == "OFF")
        await life.set(home_url=None)
        await until(lambda: not assistant.parts)
        await asyncio.sleep(0.3)
        assert life.told.text is None
        with at(broker.port) as newcomer:
            await asyncio.sleep(0.5)
            assert newcomer.heard == []

    lived(tmp_path, broker, act)


@pytest.mark.mosquitto
def test_another_prefix_is_another_tree(tmp_path: Path, broker: Broker) -> None:
    async def act(life: Living, assistant: HomeAssistant) -> None:
        await life.set(home_url=f"{broker.url}/ward/nine")
        topic = f"ward/nine/{NAME}/cmd/with_someone"
        await until(lambda: assistant.parts and assistant.parts[WITH]["command_topic"] == topic)
        await until(lambda: assistant.state(WITH) == "OFF")

    lived(tmp_path, broker, act)


@pytest.mark.mosquitto
def test_everything_on_the_broker_in_an_offer_and_a_pause_holds_no_value_of_a_body(
    tmp_path: Path, broker: Broker
) -> None:
    (tmp_path / "diary").mkdir()

    async def main() -> tuple[Home, list[Any], list[str]]:
        with at(broker.port) as assistant, Home(tmp_path / "diary", a_shift()) as house:
            async with asyncio.timeout(60), living(house, length_s=1) as life:

                async def connect(_: Home) -> None:
                    await life.set(home_url=broker.url)
                    await until(lambda: assistant.parts and assistant.state(WITH) == "OFF")

                async def start(_: Home) -> None:
                    await life.buttons.answer(house.diary.prompts()[0].id, Answer.START)
                    await until(lambda: "finished" in assistant.events)

                house.says(60, connect).says(STRAIN_S + 100, start)
                await house.session.run()
                return house, list(assistant.heard), list(assistant.events)

    house, heard, events = asyncio.run(main())
    assert events == ["offered", "taken", "finished"]
    prompt = house.bus.of("prompt")[0]
    assert prompt["status"] == "offered"
    # What a number may be: the battery, the version, an address, a name.
    texts = [each.topic + " " + each.payload for each in heard]
    told = " ".join(texts)
    for known in (NAME, "http://127.0.0.1:8420", '"sw": "1.0"', '"qos": 1', '"battery": 82'):
        told = told.replace(known, "")
    assert re.findall(r"\d+", told) == []
    assert "bpm" not in told
    assert "prompt" not in told


@pytest.mark.mosquitto
def test_a_broker_is_reached_or_the_reason_told(tmp_path: Path, broker: Broker) -> None:
    assert asyncio.run(reach(broker.url)) is None
    broker.kill()
    why = asyncio.run(reach(f"mqtt://anna:s3cret@127.0.0.1:{broker.port}"))
    assert why is not None
    assert (why.id, dict(why.values)) == ("error.home.unreached", {"host": "127.0.0.1"})


@pytest.mark.mosquitto
def test_a_broker_that_wants_another_password_is_told_as_that(tmp_path: Path) -> None:
    folder = tmp_path / "broker"
    folder.mkdir()
    shut = Broker(folder, ["allow_anonymous false"])
    shut.start()
    try:
        why = asyncio.run(reach(f"mqtt://anna:s3cret@127.0.0.1:{shut.port}"))
    finally:
        shut.kill()
    assert why is not None
    assert why.id == "error.home.refused"


def test_without_a_broker_nothing_is_told(tmp_path: Path) -> None:
    async def main() -> None:
        with Home(tmp_path, SHORT) as house:
            async with living(house) as life:
                await house.session.run()
                house.session.voices.offer("p1", Settings())
                await asyncio.sleep(0.1)
                assert life.told.text is None

    with suppress(TimeoutError):
        asyncio.run(main())
