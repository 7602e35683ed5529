"""*Use my strap* in a real browser, on a real server, with straps on a fake bus."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from ..sensors.bluez.bus import DAEMON, PrivateBus
from .axe import AXE, findings
from .serving import GREETED, Server, demonstrating

if DAEMON:
    from dbus_fast import DBusError

    from .air import Air

pytestmark = [
    pytest.mark.browser,
    pytest.mark.dbus,
    pytest.mark.skipif(not DAEMON, reason="dbus-daemon is missing: Bluetooth UNTESTED"),
]

MINE, OTHER = "A0:00:00:00:4F:21", "A0:00:00:00:00:02"
Scheme = Literal["light", "dark"]


@pytest.fixture(scope="module")
def bus() -> Iterator[str]:
    with PrivateBus() as bus:
        yield bus.address


@pytest.fixture
def air(bus: str, monkeypatch: pytest.MonkeyPatch) -> Iterator["Air"]:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus)
    with Air(bus) as air:
        yield air


@pytest.fixture
def server(air: "Air", tmp_path: Path) -> Iterator[Server]:
    server = demonstrating(tmp_path).start()
    yield server
    server.stop(signal.SIGTERM)


def opened(
    browser: Browser, server: Server, size: tuple[int, int] = (390, 844), scheme: Scheme = "light"
) -> Page:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
    )
    context.add_init_script(GREETED)
    page = context.new_page()
    page.goto(server.url)
    page.get_by_test_id("demo-strip").get_by_role("link", name="Use my strap").click()
    expect(page.get_by_test_id("straps")).to_be_visible()
    return page


def look(page: Page) -> None:
    page.get_by_test_id("strap-scan").click()


def test_from_the_demo_to_the_first_beat_of_ones_own(
    browser: Browser, server: Server, air: "Air"
) -> None:
    page = opened(browser, server)
    expect(page.get_by_role("heading", level=1)).to_have_text("Wet the two pads. Put it on.")
    expect(page.get_by_test_id("strap-leaves")).to_contain_text("a diary of its own")
    air.strap(MINE, name="Polar H10", rssi=-50)
    air.strap(OTHER, name="Polar H10", rssi=-88)
    look(page)
    expect(page.get_by_test_id("strap-scan")).to_have_text(re.compile(r"Looking … \d+\ss"))
    expect(page.get_by_test_id("strap-4F21")).to_contain_text("close")
    expect(page.get_by_test_id("strap-0002")).to_contain_text("far")
    expect(page.get_by_test_id("strap-heard")).to_have_text("2 straps found")
    page.get_by_test_id("strap-4F21").click()
    expect(page.get_by_test_id("demo-strip")).to_have_count(0)
    expect(page.get_by_test_id("strap-sentence")).to_have_text(
        re.compile(r"First beat after \d+\ss. It works.")
    )
    for step in ("found", "connected", "skin", "beat"):
        expect(page.get_by_test_id(f"step-{step}")).to_have_text(re.compile(r"after \d+\ss"))
    expect(page.get_by_test_id("strap-contact")).to_have_text("Contact: yes")
    assert server.get("straps")["chosen"]["beat_s"] <= 10
    assert server.get("health")["demo"] is False
    page.context.close()


def test_after_ten_seconds_without_a_beat_it_says_what_to_try(
    browser: Browser, server: Server, air: "Air"
) -> None:
    page = opened(browser, server)
    air.strap(MINE, name="Polar H10", beats=False)
    look(page)
    page.get_by_test_id("strap-4F21").click()
    expect(page.get_by_test_id("step-connected")).to_have_text(re.compile(r"after \d+\ss"))
    expect(page.get_by_test_id("strap-sentence")).to_contain_text("no beat yet")
    expect(page.get_by_test_id("strap-try")).to_contain_text("Wet the pads once more.")
    page.context.close()


def test_without_bluetooth_it_says_which_of_four_things_and_what_else_there_is(
    browser: Browser, server: Server, air: "Air"
) -> None:
    refusal = DBusError("org.bluez.Error.NotReady", "Resource Not Ready")
    air.now(lambda bluez: setattr(bluez, "refusal", refusal))
    page = opened(browser, server)
    look(page)
    expect(page.get_by_test_id("strap-problem")).to_contain_text("Bluetooth is switched off")
    expect(page.get_by_test_id("strap-problem")).to_contain_text("Meanwhile: the demo")
    page.context.close()


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is missing: access is UNTESTED")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(390, 844), (1280, 800)], ids=["phone", "desktop"])
def test_axe_has_nothing_to_say_of_the_straps(
    browser: Browser, server: Server, air: "Air", size: tuple[int, int], scheme: Scheme
) -> None:
    page = opened(browser, server, size, scheme)
    assert findings(page) == [], "before"
    air.strap(MINE, name="Polar H10", rssi=-75)
    look(page)
    expect(page.get_by_test_id("strap-4F21")).to_contain_text("near")
    assert findings(page) == [], "found"
    page.get_by_test_id("strap-4F21").click()
    expect(page.get_by_test_id("step-beat")).to_have_text(re.compile(r"after \d+\ss"))
    assert findings(page) == [], "worn"
    page.context.close()
