"""Time to return and "Does it help me?": the sentence, the interval, and what is not known."""

import re
import shutil
import signal
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .served import effect, finished_pause, returns, serve, text
from .serving import GREETED, Server, replaying

pytestmark = pytest.mark.browser

SMALL, LARGE = "2.25", "5.5"


@pytest.fixture(scope="module")
def server(
    days: Path, after_three_shifts: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder = shutil.copytree(after_three_shifts, tmp_path_factory.mktemp("over") / "diary")
    server = replaying(days, folder, 1).start()
    server.until(lambda: server.get("now")["at"] is not None, 30)
    yield server
    server.stop(signal.SIGKILL)


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, timezone_id="UTC")
    context.add_init_script(GREETED)
    yield context.new_page()
    context.close()


def look(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/#trends")
    expect(page.get_by_test_id("returns")).to_be_visible()


def today(server: Server) -> date:
    return date.fromisoformat(server.get("now")["at"][:10])


def test_what_there_is_after_three_shifts_is_told_as_too_little(page: Page, server: Server) -> None:
    look(page, server)
    expect(page.get_by_role("heading", level=1)).to_contain_text("A trend needs 3 weeks")
    panel = page.get_by_test_id("returns")
    expect(panel).to_contain_text(re.compile(r"Not enough yet: \d of about 8 occasions\."))
    expect(panel.locator(f"circle[r='{SMALL}']").first).to_be_attached()
    expect(panel.locator(f"circle[r='{LARGE}']")).to_have_count(0)
    helps = page.get_by_test_id("effect")
    expect(helps).to_contain_text("If you agree, chance sometimes keeps an offer back.")
    helps.get_by_role("link", name="To the settings").click()
    expect(page.get_by_test_id("set-compare")).to_be_visible()


def test_weeks_have_intervals_days_have_dots_and_open_ones_were_not_seen_to_end(
    page: Page, server: Server
) -> None:
    serve(page, "returns*", returns(today(server), shorter=True))
    look(page, server)
    panel = page.get_by_test_id("returns")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        re.compile(r"^Over 8 weeks: shorter, by 1 to 6\smin per month\.$")
    )
    dots = panel.locator(f"circle[r='{SMALL}']")
    expect(dots).to_have_count(73)
    expect(panel.locator(f"circle[r='{SMALL}'][fill='var(--paper)']")).to_have_count(7)
    expect(panel.locator(f"circle[r='{LARGE}']")).to_have_count(7)
    expect(panel.get_by_test_id("returns-line")).to_have_count(1)
    expect(panel.get_by_test_id("span-with")).to_contain_text(re.compile(r"7\smin \(4–11\)"))
    expect(panel.get_by_test_id("span-without")).to_contain_text(re.compile(r"10\smin \(7–14\)"))
    expect(panel).to_contain_text("You chose when, so this is no fair comparison.")
    expect(panel).to_contain_text("A longer time is no verdict on you.")
    panel.get_by_text("Show as table").click()
    rows = panel.get_by_role("row")
    expect(rows).to_have_count(9)
    expect(rows.nth(3)).to_contain_text("too few (3)")
    expect(rows.nth(6)).to_contain_text("from 9 on")


def test_no_line_is_drawn_where_its_interval_holds_zero(page: Page, server: Server) -> None:
    serve(page, "returns*", returns(today(server), shorter=False))
    look(page, server)
    expect(page.get_by_role("heading", level=1)).to_contain_text("no clear change")
    expect(page.get_by_test_id("returns").locator(f"circle[r='{LARGE}']")).to_have_count(7)
    expect(page.get_by_test_id("returns-line")).to_have_count(0)


def test_below_enough_there_is_a_count_and_no_number(page: Page, server: Server) -> None:
    serve(page, "effect", effect(12))
    look(page, server)
    helps = page.get_by_test_id("effect")
    expect(page.get_by_test_id("effect-sentence")).to_contain_text(
        "Not enough yet: 12 of about 48 occasions."
    )
    expect(helps.get_by_test_id("span-variation")).to_have_count(0)
    expect(helps.get_by_test_id("arm-silent")).to_contain_text("26 moments, 4 of them without")


def test_what_chance_has_shown_stands_beside_what_happens_by_itself(
    page: Page, server: Server
) -> None:
    serve(page, "effect", effect(55))
    look(page, server)
    helps = page.get_by_test_id("effect")
    expect(page.get_by_test_id("effect-sentence")).to_contain_text("No clear effect so far")
    expect(helps.get_by_test_id("span-variation")).to_contain_text(re.compile(r"−3\s% to 11\s%"))
    expect(helps.get_by_test_id("span-rate")).to_contain_text(re.compile(r"−3 to 1\sbpm"))
    expect(helps).to_contain_text("You chose when, so this is no fair comparison.")
    alone = helps.get_by_test_id("by-itself")
    expect(alone.get_by_test_id("span-untreated")).to_be_hidden()
    alone.get_by_text("What happens by itself").click()
    expect(alone.get_by_test_id("span-untreated")).to_contain_text(re.compile(r"4\s% to 18\s%"))
    expect(alone.get_by_test_id("span-naive")).to_contain_text(re.compile(r"6\s% to 22\s%"))
    expect(alone).to_contain_text("Take a pulse at its highest, and the next one is usually lower")
    expect(alone).to_contain_text("Your own moments without an offer")


def result_of(page: Page, server: Server, without: dict[str, object]) -> None:
    """Open a pause that is over, by its number on the chart."""
    serve(page, "pauses/made", finished_pause(without))
    mark = {"id": "made", "number": 1, "started_at": server.get("now")["at"], "lasted_s": 90}
    page.route(
        "**/api/v1/windows*",
        lambda route: route.fulfill(json={**route.fetch().json(), "pauses": [mark]}),
    )
    page.goto(server.url)
    page.get_by_role("button", name=re.compile("pause 1", re.IGNORECASE)).wait_for()
    page.keyboard.press("1")
    expect(page.get_by_test_id("result-sentence")).to_be_visible()


def test_a_pause_stands_beside_what_mostly_comes_without_one(page: Page, server: Server) -> None:
    rate = {"value": 73, "low": 70, "high": 77, "n": 19}
    variation = {"value": 35, "low": 29, "high": 41, "n": 19}
    result_of(page, server, {"heart_rate": rate, "rmssd": variation, "missing": None})
    rows = page.get_by_test_id("row-without")
    expect(rows).to_have_text([re.compile("Without one\\s*70–77"), re.compile("29–41")])
    boxes = page.get_by_test_id("without-box")
    expect(boxes).to_have_count(2)
    expect(boxes.first).to_have_attribute("stroke-dasharray", "5 4")


def test_from_too_few_moments_nothing_is_drawn(page: Page, server: Server) -> None:
    few = text("result.without.few")
    result_of(page, server, {"heart_rate": None, "rmssd": None, "missing": few})
    expect(page.get_by_test_id("row-without").first).to_contain_text("not known yet")
    expect(page.get_by_test_id("without-box")).to_have_count(0)
