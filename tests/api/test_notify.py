import asyncio
import logging
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path

import pytest

from softfront_api.errors import NotInDiary
from softfront_api.notify import Bus, Desktop, Event, Listener
from softfront_api.settings import Settings
from softfront_signal.moments import Answer


def now_listening(
    what: Callable[[Bus, Listener], Coroutine[None, None, None]], last_id: int | None = None
) -> None:
    async def main() -> None:
        bus = Bus()
        with bus.subscribe(last_id) as events:
            async with asyncio.timeout(5):
                await what(bus, events)

    asyncio.run(main())


async def drain(events: Listener) -> list[tuple[str, int]]:
    """Take what waits already."""
    taken: list[Event] = []
    try:
        async with asyncio.timeout(0.02):
            async for event in events:
                taken.append(event)
    except TimeoutError:
        pass
    return [(event.name, event.body["n"]) for event in taken]


def test_everyone_hears_everything_in_order() -> None:
    async def main() -> None:
        bus = Bus()
        with bus.subscribe() as one, bus.subscribe() as other:
            for n in range(3):
                bus.publish("pause", {"n": n})
            assert await drain(one) == await drain(other) == [("pause", n) for n in range(3)]

    asyncio.run(main())


def test_ids_only_grow_and_start_where_told() -> None:
    bus = Bus(first_id=500)
    assert [bus.publish("now", {}).id for _ in range(3)] == [500, 501, 502]


def test_of_now_only_the_latest_waits() -> None:
    async def slow_reader(bus: Bus, events: Listener) -> None:
        for n in range(200):
            bus.publish("now", {"n": n})
        bus.publish("prompt", {"n": 1})
        bus.publish("now", {"n": 200})
        assert await drain(events) == [("prompt", 1), ("now", 200)]

    now_listening(slow_reader)


def test_a_page_that_never_reads_is_let_go_after_64() -> None:
    async def never_reads(bus: Bus, events: Listener) -> None:
        for n in range(1000):
            bus.publish("pause", {"n": n})
        assert [event.body["n"] async for event in events] == list(range(64))

    now_listening(never_reads)


def test_who_comes_back_hears_what_it_missed_with_the_latest_now() -> None:
    async def main() -> None:
        bus = Bus()
        last = bus.publish("prompt", {"n": 1}).id
        for n in range(100):
            bus.publish("now", {"n": n})
        bus.publish("pause", {"n": 2})
        with bus.subscribe(last) as events:
            bus.publish("strap", {"n": 3})
            assert await drain(events) == [("now", 99), ("pause", 2), ("strap", 3)]

    asyncio.run(main())


def test_five_minutes_are_kept_and_no_more() -> None:
    async def main() -> None:
        at = [0.0]
        bus = Bus(clock=lambda: at[0])
        bus.publish("prompt", {"n": 1})
        at[0] = 200
        bus.publish("prompt", {"n": 2})
        at[0] = 400
        bus.publish("prompt", {"n": 3})
        with bus.subscribe(0) as events:
            assert await drain(events) == [("prompt", 2), ("prompt", 3)]

    asyncio.run(main())


def test_without_a_last_id_nothing_old_comes() -> None:
    async def main() -> None:
        bus = Bus()
        bus.publish("prompt", {"n": 1})
        with bus.subscribe() as events:
            assert await drain(events) == []

    asyncio.run(main())


def test_closing_ends_who_waits_and_who_comes_later() -> None:
    async def ends(bus: Bus, events: Listener) -> None:
        async def read() -> list[Event]:
            return [event async for event in events]

        waiting = asyncio.create_task(read())
        await asyncio.sleep(0)
        bus.publish("pause", {"n": 1})
        bus.close()
        assert [event.name for event in await waiting] == ["pause"]
        with bus.subscribe() as late:
            assert [event async for event in late] == []

    now_listening(ends)


def test_who_left_is_forgotten() -> None:
    bus = Bus()
    with bus.subscribe(), bus.subscribe():
        assert bus.listeners == 2
    assert bus.listeners == 0


# --- the desktop


class FakePlace:
    """A message centre that remembers."""

    def __init__(self, works: bool = True) -> None:
        self.works = works
        self.told: list[str] = []
        self.text = ""
        self.buttons: Mapping[str, Callable[[], None]] = {}

    async def show(
        self, title: str, body: str, buttons: Mapping[str, Callable[[], None]], stands_s: int
    ) -> bool:
        self.text, self.buttons = f"{title} {body} {list(buttons)}", buttons
        self.told.append("show")
        return self.works

    async def hide(self) -> None:
        self.told.append("hide")

    async def close(self) -> None:
        self.told.append("close")


def on_a_desktop(
    place: FakePlace, act: Callable[[Desktop], Coroutine[None, None, None]], stands_s: int = 90
) -> list[tuple[str, Answer]]:
    answers: list[tuple[str, Answer]] = []

    async def answer(prompt_id: str, said: Answer) -> None:
        answers.append((prompt_id, said))
        if prompt_id == "unknown":
            raise NotInDiary("prompt")

    async def main() -> None:
        desktop = Desktop(answer, place, stands_s=stands_s)
        running = asyncio.create_task(desktop.run())
        await act(desktop)
        await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(main())
    return answers


async def _offer(desktop: Desktop) -> None:
    desktop.offer("p1", Settings())
    await asyncio.sleep(0.01)


def test_an_offer_says_the_same_to_everyone() -> None:
    place = FakePlace()
    on_a_desktop(place, _offer)
    assert place.text == (
        "Softfront A moment is here, if you like. ['Start', 'In 10 minutes', 'Not now']"
    )


def test_an_offer_speaks_the_language_that_was_set() -> None:
    place = FakePlace()

    async def act(desktop: Desktop) -> None:
        desktop.offer("p1", Settings(language="de"))
        await asyncio.sleep(0.01)

    on_a_desktop(place, act)
    assert place.text == (
        "Softfront Ein Moment ist da, wenn du magst. ['Beginnen', 'In 10 Minuten', 'Jetzt nicht']"
    )


@pytest.mark.parametrize(
    ("button", "said"),
    [
        ("Start", Answer.START),
        ("In 10 minutes", Answer.LATER),
        ("Not now", Answer.NOT_NOW),
    ],
)
def test_a_button_is_an_answer_given_once(button: str, said: Answer) -> None:
    place = FakePlace()

    async def act(desktop: Desktop) -> None:
        await _offer(desktop)
        place.buttons[button]()
        place.buttons[button]()

    assert on_a_desktop(place, act) == [("p1", said)]
    assert place.told == ["show", "hide", "close"]


def test_an_offer_goes_when_it_was_answered_elsewhere() -> None:
    place = FakePlace()

    async def act(desktop: Desktop) -> None:
        await _offer(desktop)
        desktop.withdraw("another")
        await asyncio.sleep(0.01)
        assert place.told == ["show"]
        desktop.withdraw("p1")

    on_a_desktop(place, act)
    assert place.told == ["show", "hide", "close"]


def test_an_offer_goes_by_itself_in_the_end() -> None:
    place = FakePlace()

    async def act(desktop: Desktop) -> None:
        await _offer(desktop)
        await asyncio.sleep(0.05)
        assert place.told == ["show", "hide"]

    on_a_desktop(place, act, stands_s=0)


def test_stopping_leaves_nothing_standing() -> None:
    place = FakePlace()
    on_a_desktop(place, _offer)
    assert place.told == ["show", "hide", "close"]


def test_without_a_desktop_there_is_one_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    place = FakePlace(works=False)

    async def act(desktop: Desktop) -> None:
        await _offer(desktop)
        await _offer(desktop)

    with caplog.at_level(logging.INFO):
        on_a_desktop(place, act)
    assert [record.getMessage() for record in caplog.records] == [
        "There is no desktop to show offers on. The page shows them."
    ]


def test_an_answer_that_comes_too_late_stops_nothing() -> None:
    place = FakePlace()

    async def act(desktop: Desktop) -> None:
        desktop.offer("unknown", Settings())
        await asyncio.sleep(0.01)
        place.buttons["Start"]()
        await asyncio.sleep(0.01)
        desktop.offer("p2", Settings())
        await asyncio.sleep(0.01)
        place.buttons["Start"]()

    assert on_a_desktop(place, act) == [("unknown", Answer.START), ("p2", Answer.START)]


def test_the_page_needs_nothing_of_the_desktop() -> None:
    code = "import sys, softfront_api.notify; print('desktop_notifier' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "False"


REAL = textwrap.dedent(
    """
    import asyncio, logging, sys
    logging.basicConfig(level=logging.INFO, format="log: %(message)s", stream=sys.stdout)
    from softfront_api.notify import Desktop
    from softfront_api.settings import Settings

    async def centre():
        from dbus_fast.aio import MessageBus
        from dbus_fast.annotations import DBusDict, DBusStr, DBusUInt32
        from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

        class Centre(ServiceInterface):
            shown = 0
            @dbus_method()
            def GetCapabilities(self) -> "as":
                return ["actions", "body"]
            @dbus_method()
            def GetServerInformation(self) -> "ssss":
                return ["fake", "none", "1", "1.2"]
            @dbus_method()
            def Notify(self, app: "s", replaces: "u", icon: "s", title: "s", body: "s",
                       actions: "as", hints: "a{sv}", timeout: "i") -> "u":
                print("shown:", app, "|", title, "|", body, "|", actions[1::2], timeout)
                self.shown += 1
                if self.shown == 2:
                    later = actions[actions.index("In 10 minutes") - 1]
                    asyncio.get_running_loop().call_later(0.1, self.ActionInvoked, 2, later)
                return self.shown
            @dbus_method()
            def CloseNotification(self, nid: "u"):
                print("closed:", nid)
            @dbus_signal()
            def ActionInvoked(self, nid, key) -> "us":
                return [nid, key]
            @dbus_signal()
            def NotificationClosed(self, nid, reason) -> "uu":
                return [nid, reason]

        bus = await MessageBus().connect()
        bus.export("/org/freedesktop/Notifications", Centre("org.freedesktop.Notifications"))
        await bus.request_name("org.freedesktop.Notifications")
        return bus

    async def main():
        bus = await centre() if sys.argv[1] == "centre" else None
        said = asyncio.Event()
        async def answer(prompt_id, given):
            print("answer:", prompt_id, given.value)
            said.set()
        desktop = Desktop(answer)
        running = asyncio.create_task(desktop.run())
        desktop.offer("p1", Settings())
        desktop.offer("p2", Settings())
        try:
            await asyncio.wait_for(said.wait(), 4 if bus else 1)
        except TimeoutError:
            print("silent")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        if bus:
            bus.disconnect()
            await bus.wait_for_disconnect()

    asyncio.run(main())
    """
)


def _run_real(tmp_path: Path, *command: str, bus: str | None) -> list[str]:
    script = tmp_path / "real.py"
    script.write_text(REAL)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    env.pop("DBUS_SESSION_BUS_ADDRESS", None)
    if bus is not None:
        env["DBUS_SESSION_BUS_ADDRESS"] = bus
    done = subprocess.run(
        [*command[:-1], sys.executable, "-W", "error", str(script), command[-1]],
        capture_output=True,
        text=True,
        timeout=60,
        env=env,
        check=False,
    )
    # The daemon itself may grumble about its limits; nothing of ours may.
    ours = [line for line in done.stderr.splitlines() if not line.startswith("dbus-daemon[")]
    assert (done.returncode, ours) == (0, [])
    return done.stdout.splitlines()


@pytest.mark.dbus
@pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is Linux's")
@pytest.mark.skipif(not shutil.which("dbus-run-session"), reason="dbus-daemon is missing")
def test_a_real_message_centre_shows_an_offer_and_brings_the_answer(tmp_path: Path) -> None:
    told = _run_real(tmp_path, "dbus-run-session", "--", "centre", bus=None)
    offer = (
        "shown: Softfront | Softfront | A moment is here, if you like. |"
        " ['', 'Start', 'In 10 minutes', 'Not now'] 90000"
    )
    assert told == [offer, "closed: 1", offer, "answer: p2 later"]


@pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is Linux's")
def test_where_there_is_no_bus_one_line_is_all(tmp_path: Path) -> None:
    told = _run_real(tmp_path, "none", bus="unix:path=/nonexistent/bus")
    assert told == ["log: There is no desktop to show offers on. The page shows them.", "silent"]
