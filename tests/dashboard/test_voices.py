"""What is told beyond this machine is set on the page; a pause begun elsewhere is guided there."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ..api.homeassistant import at, until
from ..api.ntfy import NtfyServer, ntfy
from ..sensors.broker import Broker
from .axe import AXE, findings
from .serving import GREETED, Server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = str(tmp_path_factory.mktemp("voices"))
    server = Server("serve", "--no-strap", "--data", folder).start()
    yield server
    server.stop(signal.SIGKILL)


@pytest.fixture
def phone() -> Iterator[NtfyServer]:
    with ntfy() as running:
        yield running


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    made = Broker(tmp_path)
    made.start()
    yield made
    made.kill()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, timezone_id="UTC")
    context.add_init_script(GREETED)
    page = context.new_page()
    page.goto(f"{server.url}/#settings")
    expect(page.get_by_test_id("voices")).to_be_visible()
    yield page
    context.close()


def write(page: Page, field: str, text: str) -> None:
    page.get_by_test_id(field).fill(text)
    page.get_by_test_id(field).blur()


def test_an_address_that_is_none_is_told_beside_it_and_stays_to_be_mended(
    page: Page, server: Server
) -> None:
    write(page, "set-phone", "my-topic")
    expect(page.get_by_test_id("set-phone-problem")).to_contain_text("No message can go to")
    expect(page.get_by_test_id("set-phone")).to_have_value("my-topic")
    write(page, "set-home", "http://host")
    expect(page.get_by_test_id("set-home-problem")).to_contain_text("no address of a broker")
    assert server.get("settings")["phone_url"] is None
    expect(page.get_by_test_id("try-phone")).to_have_count(0)
    expect(page.get_by_test_id("set-home-rate")).to_have_count(0)


def test_a_trial_goes_to_the_phone_and_its_trouble_is_told(
    page: Page, server: Server, phone: NtfyServer
) -> None:
    write(page, "set-phone", phone.url("my-topic"))
    page.get_by_test_id("set-steps").click()
    server.until(lambda: server.get("settings")["phone_steps"], 10)
    page.get_by_test_id("try-phone").click()
    expect(page.get_by_test_id("phone-said")).to_have_text("A trial message is out.")
    assert len(phone.until_shown("my-topic", 1)[0]["actions"]) == 3
    phone.only_for("anna:s3cret")
    page.get_by_test_id("try-phone").click()
    expect(page.get_by_test_id("phone-said")).to_contain_text("does not take messages")
    if AXE.exists():
        assert findings(page) == []
    write(page, "set-phone", "")
    expect(page.get_by_test_id("phone-said")).to_be_empty()
    server.until(lambda: server.get("settings")["phone_url"] is None, 10)


@pytest.mark.mosquitto
def test_a_pause_that_a_button_at_home_began_is_guided_on_the_page(
    page: Page, server: Server, broker: Broker
) -> None:
    with at(broker.port) as assistant:
        write(page, "set-home", broker.url)
        expect(page.get_by_test_id("home-said")).to_have_text("Connected.")
        for switch in ("set-home-rate", "set-home-rmssd"):
            expect(page.get_by_test_id(switch)).to_have_attribute("aria-checked", "false")
        until(lambda: assistant.parts)
        assistant.press("button.softfront_start")
        expect(page.get_by_test_id("pause")).to_be_visible()
        until(lambda: assistant.events == ["taken"])
        page.keyboard.press("Escape")
        until(lambda: assistant.events == ["taken", "finished"])
        expect(page.get_by_test_id("pause")).to_have_count(0)
        begun = [h for h in assistant.heard if re.search(r"/event/", h.topic)]
        assert len(begun) == 2
    page.reload()
    write(page, "set-home", "")
    server.until(lambda: server.get("settings")["home_url"] is None, 10)
