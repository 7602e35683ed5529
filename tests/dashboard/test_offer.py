"""The offer and its answers: what it says, why it came, and that a no is a no."""

import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .serving import GREETED, OFFER_S, Server, replaying, utc

pytestmark = pytest.mark.browser


@pytest.fixture
def server(recording: Path, right_before_the_offer: Path, tmp_path: Path) -> Iterator[Server]:
    """Go on three times as fast as life: an offer stands for half a minute."""
    folder = shutil.copytree(right_before_the_offer, tmp_path / "diary")
    server = replaying(recording, folder, 3).start()
    yield server
    server.stop(signal.SIGKILL)


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, timezone_id="UTC")
    context.add_init_script(GREETED)
    page = context.new_page()
    page.goto(server.url)
    expect(page.get_by_test_id("prompt")).to_be_visible(timeout=30_000)
    yield page
    context.close()


def answer(page: Page, name: str) -> None:
    page.get_by_test_id("prompt").get_by_role("button", name=name, exact=True).click()


def status(server: Server) -> str:
    return str(server.get("prompts")["items"][0]["status"])


def test_no_offer_lies_over_a_first_visit(browser: Browser, server: Server) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(server.url)
    server.until(lambda: bool(server.get("prompts")["items"]), 30)
    page.reload()
    page.get_by_test_id("first-run").get_by_role("button").first.click(timeout=5_000)
    expect(page.get_by_test_id("prompt")).to_be_visible()
    context.close()


def test_in_ten_minutes_is_when_it_may_come_back(page: Page, server: Server) -> None:
    answer(page, "In 10 minutes")
    expect(page.get_by_test_id("prompt")).to_have_count(0)
    expect(page.get_by_test_id("ack")).to_contain_text(
        re.compile(r"^All right\. Again at \d\d:\d\d, if you are not on the move then\.$")
    )
    later = server.get("prompts")["items"][0]
    assert later["status"] == "later"
    assert utc(OFFER_S + 600) <= later["again_at"] <= utc(OFFER_S + 700)


def test_why_for_an_offer_names_what_was_asked_and_what_held(page: Page, server: Server) -> None:
    answer(page, "Why?")
    why = page.get_by_test_id("why")
    expect(why.get_by_role("heading", level=2)).to_contain_text("10:54")
    expect(why).to_contain_text("It is a guess.")
    expect(why.get_by_test_id("gate-hr")).to_contain_text(
        re.compile(r"\d\d\sbpm, usual \d\d–\d\d$")
    )
    expect(why.get_by_test_id("gate-rmssd")).to_contain_text(
        re.compile(r"\d\d\sms, usual \d\d–\d\d$")
    )
    expect(why.get_by_test_id("gate-held")).to_contain_text(re.compile(r"45 of 45\ss$"))
    gates = server.get("prompts")["items"][0]["reason"]["gates"]
    for gate in gates:
        expect(why.get_by_test_id(f"gate-{gate['id']}")).to_contain_text("Allows an offer")
    expect(page.get_by_test_id("prompt")).to_be_visible()
    assert status(server) == "offered"
    # What it was can be said here, and that is an answer.
    why.get_by_role("button", name="Something else").click()
    expect(why).to_contain_text("Kept as “something else”.")
    expect(page.get_by_test_id("prompt")).to_have_count(0)
    assert status(server) == "other_cause"


def test_keys_alone_lead_through_offer_pause_and_end(page: Page) -> None:
    expect(page.get_by_test_id("prompt")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("pause")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="End here")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("result")).to_be_visible()
