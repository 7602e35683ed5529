"""Where it takes a person, the page says so, keeps one's own list, and promises what is kept."""

import json
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from softfront_api.words import catalogue

from .serving import GREETED, Server, replaying

pytestmark = pytest.mark.browser

LIST = "Kim, night desk\n+49 30 000000"


@pytest.fixture(scope="module")
def server(
    recording: Path, before_the_offer: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder = shutil.copytree(before_the_offer, tmp_path_factory.mktemp("help") / "diary")
    server = replaying(recording, folder, 1).start()
    yield server
    server.stop(signal.SIGKILL)


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, timezone_id="UTC")
    context.add_init_script(GREETED)
    page = context.new_page()
    page.goto(f"{server.url}/#settings")
    page.get_by_role("link", name="Help").click()
    expect(page.get_by_test_id("help")).to_be_visible()
    yield page
    context.close()


def keep(page: Page, server: Server, text: str) -> None:
    page.get_by_test_id("help-list").fill(text)
    page.get_by_test_id("help-list").blur()
    server.until(lambda: server.get("settings")["help_list"] == text, 10)


def test_one_s_own_list_is_kept_by_the_server(page: Page, server: Server) -> None:
    keep(page, server, LIST)
    page.reload()
    expect(page.get_by_test_id("help-list")).to_have_value(LIST)


def test_what_it_promises_and_what_it_is_not_are_told_whole(page: Page) -> None:
    told = page.get_by_test_id("help")
    for key, words in catalogue().items():
        if key.startswith(("promise.", "not.")):
            expect(told).to_contain_text(words)


def test_no_number_is_shipped_that_could_go_out_of_date() -> None:
    shipped = {k: t for lang in ("en", "de") for k, t in catalogue(lang).items()}
    assert not any(c.isdigit() for k, t in shipped.items() if k.startswith("help.") for c in t)


def test_the_list_is_nobody_else_s(page: Page, server: Server) -> None:
    """Neither what is told of this moment nor the health of the server repeats it."""
    keep(page, server, f"{LIST}, again")
    for path in ("now", "health", "prompts"):
        assert "night desk" not in json.dumps(server.get(path))
