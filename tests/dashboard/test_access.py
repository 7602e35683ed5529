"""Every screen is open to all: nothing for axe to find, in light and dark, small and wide."""

import shutil
import signal
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from .axe import AXE, findings
from .places import PLACES, visit
from .served_over_time import serve_over_time
from .serving import GREETED, Server, replaying

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not AXE.exists(), reason="axe-core is missing: access is UNTESTED"),
]

Scheme = Literal["light", "dark"]


@pytest.fixture(scope="module")
def server(
    recording: Path, right_before_the_offer: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """As fast as life: the offer stands for ninety seconds, enough for every screen."""
    folder = shutil.copytree(right_before_the_offer, tmp_path_factory.mktemp("access") / "diary")
    server = replaying(recording, folder, 1).start()
    server.until(lambda: server.get("now")["prompt"] is not None, 30)
    yield server
    server.stop(signal.SIGKILL)


@pytest.fixture(params=[(390, 844), (1280, 800)], ids=["phone", "desktop"])
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    width, height = request.param
    return width, height


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> Scheme:
    return "dark" if request.param == "dark" else "light"


@pytest.fixture
def page(browser: Browser, server: Server, size: tuple[int, int], scheme: Scheme) -> Iterator[Page]:
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    context.add_init_script(GREETED)
    page = context.new_page()
    page.goto(server.url)
    expect(page.get_by_test_id("value-heart_rate")).to_be_visible()
    yield page
    context.close()


def leave_the_offer(page: Page) -> None:
    """It stands for ninety seconds, and may have left by itself."""
    offer = page.get_by_test_id("prompt")
    if offer.count():
        offer.press("Escape")
    expect(offer).to_have_count(0)


def test_axe_has_nothing_to_say_of_an_offer(page: Page) -> None:
    prompt = page.get_by_test_id("prompt")
    expect(prompt).to_be_visible()
    assert findings(page) == [], "offer"
    prompt.get_by_role("button", name="Why?").click()
    expect(page.get_by_test_id("why")).to_contain_text("What was asked")
    assert findings(page) == [], "why"
    page.get_by_test_id("why").get_by_role("button", name="Close").click()
    expect(page.get_by_test_id("why")).to_have_count(0)


def test_axe_has_nothing_to_say_of_any_place(page: Page) -> None:
    leave_the_offer(page)
    found = {}
    for place in PLACES:
        visit(page, place)
        found[place.name] = findings(page)
    assert {name: what for name, what in found.items() if what} == {}


def test_axe_has_nothing_to_say_of_a_chart_as_a_table(page: Page) -> None:
    leave_the_offer(page)
    page.get_by_role("button", name="Table").click()
    expect(page.get_by_test_id("table")).to_be_visible()
    assert findings(page) == []


def test_axe_has_nothing_to_say_of_the_settings(page: Page) -> None:
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_test_id("set-offers")).to_be_visible()
    page.get_by_role("button", name="Add quiet hours").click()
    expect(page.get_by_label("From", exact=True)).to_be_visible()
    assert findings(page) == []
    page.get_by_role("button", name="Remove 22:00–06:00").click()
    expect(page.get_by_test_id("said")).to_have_text("Saved.")


def test_axe_has_nothing_to_say_of_what_is_over_time(page: Page, server: Server) -> None:
    serve_over_time(page, date.fromisoformat(server.get("now")["at"][:10]))
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Over time").click()
    page.get_by_text("What happens by itself").click()
    for fold in ("soothing-fold", "silences", "returns-more"):
        page.get_by_test_id(fold).locator("summary").click()
    expect(page.get_by_test_id("span-naive")).to_be_visible()
    page.get_by_test_id("rmssd").get_by_role("application").press("End")
    assert findings(page) == [], "charts"
    page.get_by_test_id("as-table").click()
    expect(page.get_by_test_id("rmssd").get_by_role("table")).to_be_visible()
    assert findings(page) == [], "tables"


def test_the_first_words_are_open_to_all_and_axe_does_look(
    browser: Browser, server: Server
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(server.url)
    expect(page.get_by_test_id("first-run")).to_be_visible()
    assert findings(page) == []
    page.evaluate("document.body.append(document.createElement('button'))")
    assert any(found.startswith("button-name") for found in findings(page))
    context.close()
