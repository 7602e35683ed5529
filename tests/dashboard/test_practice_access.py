"""The practices and the journal are open to all: nothing for axe to find, whoever looks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from .serving import GREETED, Server, demonstrating

AXE = Path(__file__).parents[2] / "dashboard/node_modules/axe-core/axe.min.js"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not AXE.exists(), reason="axe-core is missing: access is UNTESTED"),
]

Scheme = Literal["light", "dark"]
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = demonstrating(tmp_path_factory.mktemp("demo")).start()
    yield server
    server.stop()


@pytest.fixture(params=[(390, 844), (1280, 800)], ids=["phone", "desktop"])
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    width, height = request.param
    return width, height


@pytest.fixture(params=["light", "dark"])
def page(
    browser: Browser, server: Server, size: tuple[int, int], request: pytest.FixtureRequest
) -> Iterator[Page]:
    width, height = size
    scheme: Scheme = "dark" if request.param == "dark" else "light"
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    context.add_init_script(GREETED)
    page = context.new_page()
    page.clock.install()
    page.goto(f"{server.url}/#practices")
    expect(page.get_by_test_id("practice-weekly")).to_be_visible()
    yield page
    context.close()


def findings(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "axe.run().then(r => r.violations.map(v => `${v.id}: ${v.nodes[0].html}`))"
    )
    return [str(one) for one in found]


def test_axe_has_nothing_to_say_of_practices_and_journal(page: Page) -> None:
    page.get_by_test_id("noticed").click()
    page.get_by_test_id("practice-weekly").click()
    expect(page.get_by_test_id("noticed-undo")).to_be_visible()
    assert findings(page) == [], "practices"

    page.get_by_test_id("practice-evening").click()
    page.get_by_test_id("begin").click()
    page.clock.fast_forward(30_000)
    page.get_by_test_id("write-open").click()
    page.get_by_test_id("write").fill("A hard word")
    assert findings(page) == [], "evening"
    page.get_by_test_id("too-much").click()
    assert findings(page) == [], "too much"
    page.get_by_test_id("back").click()

    page.get_by_test_id("practice-midday").click()
    page.get_by_test_id("begin").click()
    page.get_by_test_id("choose-resonance").click()
    assert findings(page) == [], "midday"
    page.get_by_test_id("sense-closed").click()
    page.clock.fast_forward(30_000)
    assert findings(page) == [], "eyes closed"
    page.clock.fast_forward(28_000)
    page.clock.fast_forward(5_000)
    expect(page.get_by_role("button", name="A kind moment")).to_be_visible()
    assert findings(page) == [], "after"
    page.get_by_test_id("back").click()

    page.get_by_role("link", name="Journal").click()
    page.get_by_test_id("journal-edit").first.click()
    page.get_by_test_id("own-line").locator("summary").click()
    expect(page.get_by_test_id("own-line")).to_contain_text("Resonance")
    assert findings(page) == [], "journal"

    page.get_by_role("link", name="Settings").click()
    if page.get_by_test_id("set-weekly").get_attribute("aria-checked") == "false":
        page.get_by_test_id("set-weekly").click()
    expect(page.get_by_test_id("set-weekly-day")).to_be_visible()
    assert findings(page) == [], "settings"


@pytest.mark.parametrize("place", ["practices", "journal"])
def test_large_text_does_not_push_practices_or_journal_sideways(page: Page, place: str) -> None:
    page.evaluate(f"location.hash = '#{place}'")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    there = "practices" if place == "practices" else "journal-place"
    expect(page.get_by_test_id(there)).to_be_visible()
    assert page.evaluate(SIDEWAYS) <= 0
