"""The main job in a real browser: live numbers, an offer, the pause, before and after."""

import re
import shutil
import signal
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from .serving import GREETED, OFFER_S, Server, replaying, utc

pytestmark = pytest.mark.browser

LENGTH = timedelta(seconds=90)


@pytest.fixture
def server(recording: Path, before_the_offer: Path, tmp_path: Path) -> Iterator[Server]:
    """Go on thirty times as fast as life: ninety seconds are three."""
    folder = shutil.copytree(before_the_offer, tmp_path / "diary")
    server = replaying(recording, folder, 30).start()
    yield server
    server.stop(signal.SIGKILL)


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A phone whose clock is in the test's hand; the server's goes on by itself."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, timezone_id="UTC")
    context.add_init_script(GREETED)
    page = context.new_page()
    page.clock.install()
    page.goto(server.url)
    yield page
    context.close()


def begin(page: Page) -> None:
    """Take the offer as soon as it stands."""
    page.get_by_test_id("prompt").get_by_role("button", name="Start").click(timeout=30_000)
    expect(page.get_by_test_id("pause")).to_be_visible()


def hold_time(page: Page) -> None:
    """Let the page's clock stand still, save where the test moves it."""
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 0.5)


def ninety_seconds_on(server: Server) -> str:
    """Wait until the recording's clock has passed what the page's is about to; say where it is."""
    now = datetime.fromisoformat(server.get("now")["at"])
    server.until_moment((now + LENGTH).isoformat(timespec="milliseconds").replace("+00:00", "Z"))
    return str(server.get("now")["at"])


def pauses(server: Server) -> list[dict[str, object]]:
    found = server.get(f"windows?from={utc(OFFER_S - 600)}&to={utc(OFFER_S + 3600)}")["pauses"]
    return list(found)


def row(page: Page, metric: str, which: str) -> str:
    return page.get_by_test_id(f"result-{metric}").get_by_test_id(f"row-{which}").inner_text()


def test_a_rise_becomes_an_offer_a_pause_and_an_honest_result(page: Page, server: Server) -> None:
    expect(page.get_by_test_id("value-heart_rate")).to_have_text(re.compile(r"^\d\d\sbpm$"))
    expect(page.get_by_test_id("value-rmssd")).to_have_text(re.compile(r"^\d\d\sms$"))
    for metric in ("heart_rate", "rmssd"):
        expect(page.get_by_test_id(f"reading-{metric}")).to_contain_text(
            re.compile(r"usual \d+–\d+")
        )
    expect(page.get_by_test_id("age")).to_have_text(re.compile(r"^\d+\ss ago$"))
    expect(page.get_by_test_id("strap")).to_contain_text("Strap on")
    expect(page.get_by_test_id("demo-strip")).to_have_count(0)

    offer = page.get_by_test_id("prompt")
    expect(offer).to_contain_text("your own usual range for this hour", timeout=30_000)
    hold_time(page)
    begin(page)
    ninety_seconds_on(server)
    for title in ("For someone else", "For yourself", "What you can give"):
        expect(page.get_by_test_id("pause")).to_contain_text(title)
        expect(page.get_by_test_id("line")).not_to_be_empty()
        page.clock.run_for(30_200)
    expect(page.get_by_test_id("line")).to_contain_text("Ninety seconds.")
    page.clock.resume()
    page.clock.fast_forward(3_000)

    expect(page.get_by_test_id("result-sentence")).to_contain_text("filled in at")
    expect(page.get_by_test_id("after-pending")).to_contain_text("Nobody has to wait")
    for metric in ("heart_rate", "rmssd"):
        for which in ("before", "during"):
            assert re.search(r"\d+, from \d+ to \d+", row(page, metric, which))
        assert re.search(r"in \d\smin", row(page, metric, "after"))
    expect(page.get_by_test_id("after-pending")).to_have_count(0, timeout=60_000)
    assert re.search(r"\d+, from \d+ to \d+", row(page, "heart_rate", "after"))
    expect(page.get_by_test_id("result-sentence")).to_contain_text("usual range")
    expect(page.get_by_test_id("small-print")).to_contain_text(
        re.compile(r"After: \d\d:\d\d–\d\d:\d\d, \d+\ss left out \(moving\)")
    )
    expect(page.get_by_test_id("demo-strip")).to_have_count(0)
    assert [prompt["status"] for prompt in server.get("prompts")["items"]] == ["started"]
    assert [pause["lasted_s"] for pause in pauses(server)] == [90]


def test_a_pause_ends_in_time_while_the_phone_sleeps(page: Page, server: Server) -> None:
    begin(page)
    ninety_seconds_on(server)
    page.clock.fast_forward(150_000)
    expect(page.get_by_test_id("result")).to_contain_text("while the phone slept")
    server.until(lambda: [pause["lasted_s"] for pause in pauses(server)] == [90], 10)


def test_a_pause_outlives_its_server(page: Page, server: Server) -> None:
    begin(page)
    server.until(lambda: len(pauses(server)) == 1, 10)
    ninety_seconds_on(server)
    server.stop(signal.SIGKILL)
    page.clock.run_for(45_000)
    expect(page.get_by_test_id("pause-offline")).to_have_text(
        "Softfront is not answering. The pause goes on."
    )
    expect(page.get_by_test_id("pause")).to_contain_text("For yourself")
    page.clock.run_for(48_000)
    expect(page.get_by_test_id("result-sentence")).to_contain_text("when Softfront is back")
    expect(page.get_by_test_id("result")).to_contain_text("Your answer is kept here")

    server.start()
    expect(page.get_by_test_id("row-during").first).to_be_visible(timeout=20_000)
    assert [pause["lasted_s"] for pause in pauses(server)] == [90]
    assert [prompt["status"] for prompt in server.get("prompts")["items"]] == ["started"]


def test_a_pause_begun_without_a_server_is_told_once_it_is_back(page: Page, server: Server) -> None:
    expect(page.get_by_test_id("prompt")).to_be_visible(timeout=30_000)
    server.stop(signal.SIGKILL)
    begin(page)
    page.clock.fast_forward(92_500)
    expect(page.get_by_test_id("result-sentence")).to_contain_text("when Softfront is back")
    server.start()
    server.until(lambda: [pause["lasted_s"] for pause in pauses(server)] == [90], 20)
    server.until(lambda: server.get("prompts")["items"][0]["status"] == "started", 10)


def test_a_page_opened_anew_comes_back_into_its_pause(page: Page, server: Server) -> None:
    begin(page)
    page.clock.fast_forward(30_000)
    page.reload()
    expect(page.get_by_test_id("pause")).to_contain_text("You come back at second 3")
    page.keyboard.press("Escape")
    server.until(lambda: len(pauses(server)) == 1, 10)


def test_escape_ends_it_without_reproach(page: Page, server: Server) -> None:
    begin(page)
    page.clock.fast_forward(20_000)
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("pause")).to_have_count(0)
    expect(page.get_by_test_id("result")).to_contain_text("Fine. It will be here another time.")
    expect(page.get_by_test_id("small-print")).to_contain_text("You ended at second 2")
    assert 20 <= int(str(pauses(server)[0]["lasted_s"])) < 30


def test_an_offer_nobody_answers_leaves_by_itself(page: Page, server: Server) -> None:
    expect(page.get_by_test_id("prompt")).to_be_visible(timeout=30_000)
    server.until(lambda: server.get("prompts")["items"][0]["status"] == "expired", 30)
    expect(page.get_by_test_id("prompt")).to_have_count(0)
    expect(page.get_by_test_id("sentence")).to_be_visible()


def test_not_now_is_the_end_of_it(page: Page, server: Server) -> None:
    page.get_by_test_id("prompt").get_by_role("button", name="Not now").click(timeout=30_000)
    expect(page.get_by_test_id("prompt")).to_have_count(0)
    # Three quarters of an hour after the offer, which came at 10:54:25.
    expect(page.get_by_test_id("ack")).to_have_text("All right. No offer before 11:39.")
    server.until_moment(utc(OFFER_S + 150))
    expect(page.get_by_test_id("prompt")).to_have_count(0)
    assert [prompt["status"] for prompt in server.get("prompts")["items"]] == ["not_now"]


def test_an_answer_from_before_the_end_does_not_undo_it(page: Page, server: Server) -> None:
    held: list[Route] = []
    # What the result asks for; the end is told at another address.
    page.route("**/api/v1/pauses/*", lambda route: held.append(route))
    begin(page)
    server.until(lambda: len(pauses(server)) == 1, 10)
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("small-print")).to_be_visible()
    answer = held[0].fetch()
    with page.expect_event("requestfinished"):
        held[0].fulfill(response=answer, json={**answer.json(), "ended_at": None})
    page.evaluate("fetch('/api/v1/health').then(answer => answer.json())")  # it has had its turn
    assert page.get_by_test_id("small-print").is_visible()
