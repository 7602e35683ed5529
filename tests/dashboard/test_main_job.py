"""The main job in a real browser: live numbers, an offer, the pause, before and after."""

import re
import shutil
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .serving import START_MS, STRAIN_S, Server, record, replaying, run_up_to_the_rise

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(tmp_path_factory.mktemp("heart") / "shift.jsonl")


@pytest.fixture(scope="module")
def at_the_rise(recording: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("diary")
    run_up_to_the_rise(recording, folder)
    return folder


@pytest.fixture
def server(recording: Path, at_the_rise: Path, tmp_path: Path) -> Iterator[Server]:
    """Go on thirty times as fast as life: ninety seconds are three."""
    folder = shutil.copytree(at_the_rise, tmp_path / "diary")
    server = replaying(recording, folder, "30").start()
    yield server
    server.stop(signal.SIGKILL)


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.add_init_script("localStorage.setItem('softfront.first', 'false')")
    page = context.new_page()
    page.clock.install()
    page.goto(server.url)
    yield page
    context.close()


def begin(page: Page) -> None:
    """Take the offer as soon as it stands."""
    page.get_by_test_id("prompt").get_by_role("button", name="Start").click(timeout=30_000)
    expect(page.get_by_test_id("pause")).to_be_visible()


def test_a_rise_becomes_an_offer_a_pause_and_an_honest_result(page: Page, server: Server) -> None:
    expect(page.get_by_test_id("reading-heart_rate")).to_contain_text("bpm")
    expect(page.get_by_test_id("value-heart_rate")).to_have_text(re.compile(r"^\d\d bpm$"))
    expect(page.get_by_test_id("reading-rmssd")).to_contain_text("ms")
    expect(page.get_by_test_id("age")).to_contain_text("s ago")
    begin(page)
    expect(page.get_by_test_id("line")).not_to_be_empty()
    page.wait_for_timeout(3_000)  # ninety seconds by the recording's clock
    page.clock.fast_forward(91_000)  # and by the page's, asleep in a pocket
    expect(page.get_by_test_id("result")).to_be_visible()
    expect(page.get_by_test_id("row-before").first).not_to_contain_text("no number")
    expect(page.get_by_test_id("row-during").first).not_to_contain_text("no number")
    expect(page.get_by_test_id("result-sentence")).to_contain_text("filled in at")
    expect(page.get_by_test_id("after-pending")).to_have_count(0, timeout=40_000)
    expect(page.get_by_test_id("row-after").first).not_to_contain_text("in ")
    prompt = server.get("prompts")["items"][0]
    assert prompt["status"] == "started"
    assert {gate["open"] for gate in prompt["reason"]["gates"]} == {True}


def test_a_pause_outlives_its_server(page: Page, server: Server) -> None:
    begin(page)
    page.wait_for_timeout(1_000)
    server.stop(signal.SIGKILL)
    page.clock.fast_forward(45_000)
    expect(page.get_by_test_id("pause")).to_be_visible()
    page.clock.fast_forward(46_000)
    expect(page.get_by_test_id("result")).to_be_visible()
    server.start()
    prompt = server.get("prompts")["items"][0]
    assert prompt["status"] == "started"

    def finished() -> bool:
        page.clock.fast_forward(5_000)
        pauses = server.get(f"windows?from={_minutes(-10)}&to={_minutes(60)}")["pauses"]
        return bool(pauses) and pauses[0]["lasted_s"] == 90

    server.until(finished, 30)


def test_escape_ends_it_without_a_question(page: Page) -> None:
    begin(page)
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("result")).to_contain_text("It will be here another time")


def _minutes(after: int) -> str:
    at = START_MS / 1000 + STRAIN_S + 60 * after
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
