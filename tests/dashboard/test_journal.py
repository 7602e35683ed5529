"""The journal: one line, kept, found, changed, removed, and waiting where nobody answers."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from softfront_api.words import catalogue

from .serving import GREETED, Server, demonstrating

pytestmark = pytest.mark.browser

WORDS = catalogue()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = demonstrating(tmp_path / "demo").start()
    yield server
    server.stop(signal.SIGKILL)


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, timezone_id="UTC")
    context.add_init_script(GREETED)
    page = context.new_page()
    page.goto(f"{server.url}/#journal")
    expect(page.get_by_test_id("journal-word")).to_have_text(WORDS["journal.nothing"])
    yield page
    context.close()


def write(page: Page, text: str) -> None:
    page.get_by_test_id("journal-new").fill(text)
    page.get_by_test_id("journal-new").blur()


def texts(server: Server) -> list[str]:
    return [line["text"] for line in server.get("journal")["items"]]


def test_a_line_is_written_found_changed_and_removed(page: Page, server: Server) -> None:
    write(page, "The light in the stairwell")
    expect(page.get_by_test_id("journal-new-said")).to_have_text("Kept.")
    assert texts(server) == ["The light in the stairwell"]
    page.get_by_test_id("journal-another").click()
    write(page, "Mrs K laughed")
    expect(page.get_by_test_id("entry")).to_have_count(2)

    page.get_by_test_id("journal-search").fill("STAIR")
    expect(page.get_by_test_id("entry")).to_have_count(1)
    page.get_by_test_id("journal-search").fill("nowhere")
    expect(page.get_by_test_id("journal-word")).to_have_text(WORDS["journal.not_found"])
    page.get_by_test_id("journal-search").fill("stair")

    page.get_by_test_id("journal-edit").click()
    page.get_by_test_id("journal-change").fill("The light in the stairwell, again")
    page.get_by_test_id("journal-done").click()
    expect(page.get_by_test_id("entry")).to_contain_text("stairwell, again")
    server.until(lambda: "The light in the stairwell, again" in texts(server), 10)
    page.get_by_test_id("journal-edit").click()
    page.get_by_test_id("journal-remove").click()
    server.until(lambda: texts(server) == ["Mrs K laughed"], 10)


def test_a_line_waits_where_nobody_answers_and_says_so(page: Page, server: Server) -> None:
    server.stop(signal.SIGKILL)
    write(page, "Written in the lift")
    expect(page.get_by_test_id("journal-new-said")).to_have_text(WORDS["journal.waiting"])
    server.start()
    expect(page.get_by_test_id("journal-new-said")).to_have_text("Kept.", timeout=40_000)
    assert texts(server) == ["Written in the lift"]


def test_a_line_that_is_being_written_outlives_its_page(page: Page, server: Server) -> None:
    line = page.get_by_test_id("journal-new")
    line.fill("Half a sen")
    page.reload()
    expect(line).to_have_value("Half a sen")
    assert texts(server) == []
    write(page, "Half a sentence")
    expect(page.get_by_test_id("journal-new-said")).to_have_text("Kept.")
    assert texts(server) == ["Half a sentence"]
    page.reload()
    expect(line).to_have_value("")


def test_what_waits_in_two_tabs_arrives_from_both(page: Page, server: Server) -> None:
    other = page.context.new_page()
    other.goto(f"{server.url}/#journal")
    expect(other.get_by_test_id("journal-word")).to_have_text(WORDS["journal.nothing"])
    server.stop(signal.SIGKILL)
    for tab, text in ((page, "In the first"), (other, "In the second")):
        write(tab, text)
        expect(tab.get_by_test_id("journal-new-said")).to_have_text(WORDS["journal.waiting"])
    page.close()
    server.start()
    other.reload()
    server.until(lambda: sorted(texts(server)) == ["In the first", "In the second"], 20)


def test_a_line_that_waited_longer_than_a_month_still_arrives(page: Page, server: Server) -> None:
    old: dict[str, object] = {
        "key": "waited-long",
        "id": None,
        "text": "Before the holidays",
        "of": None,
    }
    old |= {"paused": False, "pause": None, "question": None, "gone": False}
    page.evaluate(
        "old => localStorage.setItem('softfront.lines', JSON.stringify(["
        "{...old, at: Date.now() - 40 * 86_400_000}]))",
        old,
    )
    page.reload()
    server.until(lambda: texts(server) == ["Before the holidays"], 20)


def test_a_line_that_goes_on_is_one_line(page: Page, server: Server) -> None:
    write(page, "One")
    expect(page.get_by_test_id("journal-new-said")).to_have_text("Kept.")
    write(page, "One, and more")
    expect(page.get_by_test_id("journal-new-said")).to_have_text("Kept.")
    assert texts(server) == ["One, and more"]


def test_a_line_after_a_pause_stands_under_it(page: Page, server: Server) -> None:
    page.get_by_role("link", name="Now", exact=True).click()
    page.get_by_test_id("pause-now").click()
    page.keyboard.press("Escape")
    page.get_by_test_id("journal").fill("It was quiet")
    page.get_by_test_id("journal").blur()
    expect(page.get_by_test_id("journal-said")).to_have_text("Kept.")
    page.get_by_test_id("back").click()
    page.get_by_role("link", name="Journal").click()
    entry = page.get_by_test_id("entry")
    expect(entry).to_contain_text("Compassion pause")
    expect(entry).to_contain_text("It was quiet")
    entry.get_by_role("button", name="Compassion pause").click()
    expect(page.get_by_test_id("journal")).to_have_value("It was quiet")
