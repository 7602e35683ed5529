"""Over time: the day, the weeks, before and after, and what is not known."""

import re
import shutil
import signal
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .served import effect, finished_pause, serve, text
from .served_over_time import day_of, no_returns, no_trends, serve_over_time
from .serving import GREETED, Server, replaying

pytestmark = pytest.mark.browser

SMALL, LARGE, DAY = "2.25", "4.5", "3.5"


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


def look_after_weeks(page: Page, server: Server, *, shorter: bool = True) -> None:
    serve_over_time(page, today(server), shorter=shorter)
    look(page, server)
    expect(page.get_by_test_id("ribbon-root")).to_be_visible()


def today(server: Server) -> date:
    return date.fromisoformat(server.get("now")["at"][:10])


def test_what_there_is_after_three_shifts_is_told_as_too_little(page: Page, server: Server) -> None:
    look(page, server)
    panel = page.get_by_test_id("returns")
    expect(panel).to_contain_text(re.compile(r"Not enough yet: \d of about 8 occasions\."))
    expect(panel.locator(f"circle[r='{SMALL}']").first).to_be_attached()
    expect(panel.locator(f"circle[r='{LARGE}']")).to_have_count(0)
    helps = page.get_by_test_id("effect")
    expect(helps).to_contain_text("If you agree, chance sometimes keeps an offer back.")
    for name in ("rmssd", "heart_rate", "soothing"):
        expect(page.get_by_test_id(f"{name}-line")).to_have_count(0)


def paused(page: Page, server: Server) -> None:
    """Pause some minutes ago, and be done."""
    api = f"{server.url}/api/v1/pauses"
    headers = {"Idempotency-Key": "a-walk-through-the-day", "Origin": server.url}
    begun = page.request.post(api, data={"started_ago_s": 240}, headers=headers)
    told = {"lasted_s": 90, "ended_ago_s": 150}
    assert page.request.post(f"{api}/{begun.json()['id']}/finish", data=told, headers=headers).ok


def test_a_real_day_is_walked_from_its_ribbon_to_a_pause_and_to_the_day_before(
    page: Page, server: Server
) -> None:
    paused(page, server)
    look(page, server)
    day, word = page.get_by_test_id("day"), page.get_by_test_id("day-word")
    expect(day).to_contain_text(re.compile(r"Still for \d+\smin of 1\d\smin\."))
    ribbon = page.get_by_test_id("ribbon-root")
    ribbon.press("Home")
    expect(word).to_have_text(re.compile(r"^10:1\d, [a-z ]+\.$"))
    ribbon.press("Enter")
    expect(page.get_by_test_id("why")).to_contain_text("What was asked")
    page.get_by_test_id("why").get_by_role("button", name="Close").click()
    page.get_by_role("button", name=re.compile("Pause 1, at 10:")).click()
    expect(page.get_by_test_id("result-sentence")).to_be_visible()
    page.get_by_test_id("back").click()
    page.get_by_test_id("day-before").click()
    expect(day).to_contain_text(re.compile(r"Still for 2\sh\s\d\d of 2\sh\s\d\d\."))
    silences = page.get_by_test_id("silences")
    silences.locator("summary").click()
    offer = silences.get_by_role("listitem").filter(has_text="An offer.").first
    expect(offer).to_contain_text("It left by itself.")
    offer.get_by_role("button").click()
    expect(page.get_by_test_id("why")).to_contain_text("Why this offer at")


def test_chance_may_keep_offers_back_or_not_from_here_as_well(page: Page, server: Server) -> None:
    look(page, server)
    page.get_by_test_id("compare").click()
    expect(page.get_by_test_id("effect")).to_contain_text("Saved.")
    expect(page.get_by_role("button", name="No, offer always")).to_be_visible()
    assert server.get("settings")["compare"] is True
    page.get_by_role("button", name="No, offer always").click()
    expect(page.get_by_role("button", name="Yes, compare")).to_be_visible()
    assert server.get("settings")["compare"] is False


def test_weeks_have_intervals_returns_have_dots_and_open_ones_were_not_seen_to_end(
    page: Page, server: Server
) -> None:
    look_after_weeks(page, server)
    panel = page.get_by_test_id("returns")
    expect(page.get_by_role("heading", level=1)).to_have_text("You return sooner than 8 weeks ago.")
    expect(page.get_by_test_id("trends-sub")).to_contain_text(
        re.compile(r"From about 15\smin to about 8\.")
    )
    expect(panel).to_contain_text(re.compile(r"Over 8 weeks: shorter, by 1 to 6\smin per month\."))
    dots = panel.locator(f"circle[r='{SMALL}']")
    expect(dots).to_have_count(73)
    expect(panel.locator(f"circle[r='{SMALL}'][fill='var(--paper)']")).to_have_count(7)
    expect(panel.locator(f"circle[r='{LARGE}']")).to_have_count(7)
    expect(panel.locator("svg text", has_text="3 returns, too few")).to_have_count(1)
    expect(page.get_by_test_id("returns-line")).to_have_count(1)
    panel.get_by_text("More on this").click()
    expect(panel.get_by_test_id("span-with")).to_contain_text(re.compile(r"7\smin \(4–11\)"))
    expect(panel.get_by_test_id("span-without")).to_contain_text(re.compile(r"10\smin \(7–14\)"))
    expect(panel).to_contain_text("You chose when, so this is no fair comparison.")
    expect(panel).to_contain_text("A longer time is no verdict on you.")


def test_no_line_is_drawn_where_its_interval_holds_zero(page: Page, server: Server) -> None:
    look_after_weeks(page, server, shorter=False)
    expect(page.get_by_test_id("returns")).to_contain_text("no clear change")
    expect(page.get_by_test_id("returns").locator(f"circle[r='{LARGE}']")).to_have_count(7)
    expect(page.get_by_test_id("returns-line")).to_have_count(0)
    expect(page.get_by_test_id("rmssd-line")).to_have_count(0)
    expect(page.get_by_test_id("rmssd")).to_contain_text("The interval includes zero")
    expect(page.get_by_test_id("heart_rate-line")).to_have_count(1)


def test_the_smallest_change_stands_as_a_bracket_and_in_words(page: Page, server: Server) -> None:
    look_after_weeks(page, server)
    expect(page.get_by_test_id("rmssd-bracket")).to_have_count(1)
    expect(page.get_by_test_id("rmssd")).to_contain_text(
        re.compile(r"a change under 8\.4\s% could not be told")
    )
    expect(page.get_by_test_id("rmssd").locator(f"circle[r='{DAY}']")).to_have_count(37)


CHARTS = {
    "returns": "week of 8 Jun, Time to return 12",
    "rmssd": "Tuesday 9 Jun, RMSSD 40, 36 to 43, within your range",
    "heart_rate": "Tuesday 9 Jun, Heart rate ",
    "still": "Tuesday 9 Jun, Still ",
    "practice": "Tuesday 9 Jun, 2",
}


@pytest.mark.parametrize("name", CHARTS)
def test_arrow_keys_walk_each_chart_and_one_voice_says_where(
    page: Page, server: Server, name: str
) -> None:
    look_after_weeks(page, server)
    chart = page.get_by_test_id(name).get_by_role("application")
    word = page.get_by_test_id("day-word")
    chart.press("ArrowLeft")
    expect(word).to_contain_text(CHARTS[name])
    last = word.inner_text()
    chart.press("ArrowLeft")
    expect(word).not_to_have_text(last)
    chart.press("ArrowLeft")
    expect(word).to_contain_text("25 May" if name == "returns" else "Sunday 7 Jun, no value")
    chart.press("Home")
    expect(word).to_contain_text("20 Apr")
    chart.press("End")
    expect(word).to_have_text(last)
    expect(page.get_by_test_id("day-cursor")).to_have_count(1)
    chart.press("Escape")
    expect(page.get_by_test_id("day-cursor")).to_have_count(0)


def test_a_table_stands_behind_every_chart_a_page_at_a_time(page: Page, server: Server) -> None:
    look_after_weeks(page, server)
    page.get_by_test_id("soothing-fold").locator("summary").click()
    page.get_by_test_id("as-table").click()
    expect(page.get_by_role("application")).to_have_count(0)
    for name in ("day", *CHARTS, "soothing"):
        expect(page.get_by_test_id(name).get_by_role("table")).to_have_count(1)
    rows = page.get_by_test_id("returns").get_by_role("row")
    expect(rows).to_have_count(9)
    expect(rows.nth(6)).to_contain_text("too few (3)")
    expect(rows.nth(3)).to_contain_text("from 9 on")
    days = page.get_by_test_id("rmssd")
    expect(days.get_by_role("row")).to_have_count(26)
    expect(days.get_by_role("row").nth(1)).to_contain_text("Tuesday 9 Jun")
    days.get_by_role("button", name="Older").click()
    expect(days).to_contain_text("Rows 26–37 of 37")
    expect(days.get_by_role("row").last).to_contain_text("Monday 20 Apr")
    expect(page.get_by_test_id("day").get_by_role("row").nth(1)).to_contain_text("12:37–14:32still")


def test_of_a_year_the_weeks_are_drawn_and_the_months_stand_in_the_table(
    page: Page, server: Server
) -> None:
    look_after_weeks(page, server)
    with page.expect_request("**/api/v1/trends?*") as asked:
        page.get_by_role("button", name="Year", exact=True).click()
    assert asked.value.url.split("from=")[1].startswith("2025-06-16")
    expect(page.get_by_test_id("rmssd").locator(f"circle[r='{DAY}']")).to_have_count(0)
    expect(page.get_by_test_id("rmssd").locator("circle")).to_have_count(8)
    page.get_by_test_id("rmssd").get_by_role("application").press("End")
    expect(page.get_by_test_id("day-word")).to_contain_text("week of 8 Jun, RMSSD")
    page.get_by_test_id("as-table").click()
    names = page.get_by_test_id("rmssd").get_by_role("rowheader")
    expect(names).to_contain_text(["Jun 2026", "May 2026", "Apr 2026", "week of 8 Jun"])
    page.get_by_role("button", name="8 weeks").click()
    expect(names.first).to_have_text("Tuesday 9 Jun")


def test_the_proxy_is_folded_until_somebody_looks(page: Page, server: Server) -> None:
    look_after_weeks(page, server)
    panel = page.get_by_test_id("soothing")
    expect(panel).to_be_hidden()
    page.get_by_test_id("soothing-fold").locator("summary").click()
    expect(panel).to_be_visible()
    expect(panel).to_contain_text("your range is still being learnt")
    panel.get_by_role("application").press("End")
    expect(page.get_by_test_id("day-word")).to_contain_text("Soothing-system proxy")


def test_a_practice_stands_beside_alike_moments_without_one(page: Page, server: Server) -> None:
    look_after_weeks(page, server)
    offered = page.get_by_test_id("practised-offered")
    expect(offered).to_contain_text("Pauses after an offer")
    expect(offered.get_by_test_id("span-rmssd-done")).to_contain_text(re.compile(r"−1\s% to 13\s%"))
    expect(offered.get_by_test_id("without-box")).to_have_count(2)
    unknown = page.get_by_test_id("practised-morning")
    expect(unknown).to_contain_text("not known yet")
    expect(unknown.locator("svg")).to_have_count(0)


def test_the_day_is_a_ribbon_walked_by_five_minutes(page: Page, server: Server) -> None:
    look_after_weeks(page, server)
    day = page.get_by_test_id("day")
    expect(day).to_contain_text(re.compile(r"Still for 4\sh\s20 of 7\sh\s30\."))
    expect(day.locator("li", has_text="strap off")).to_be_visible()
    ribbon, word = page.get_by_test_id("ribbon-root"), page.get_by_test_id("day-word")
    ribbon.press("End")
    ribbon.press("ArrowLeft")
    expect(word).to_have_text("14:27, still.")
    ribbon.press("Home")
    expect(word).to_have_text("07:02, moving.")
    for _ in range(35):
        ribbon.press("ArrowRight")
    expect(word).to_have_text("09:57, below usual, pause 1.")
    with page.expect_request("**/api/v1/decisions?at=*T09*57*"):
        ribbon.press("Enter")
    expect(page.get_by_test_id("why")).to_be_visible()


def test_a_pause_opens_its_minutes_by_a_click_or_its_number(page: Page, server: Server) -> None:
    serve(page, "pauses/made", finished_pause({"heart_rate": None, "rmssd": None, "missing": None}))
    look_after_weeks(page, server)
    page.get_by_role("button", name="Pause 1, at 09:59").click()
    expect(page.get_by_test_id("row-before").first).to_be_visible()
    page.get_by_test_id("back").click()
    expect(page.get_by_test_id("ribbon-root")).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_test_id("row-after").first).to_be_visible()


def test_other_days_are_asked_for_and_none_after_today(page: Page, server: Server) -> None:
    look_after_weeks(page, server)
    expect(page.get_by_test_id("day-after")).to_be_disabled()
    with page.expect_request("**/api/v1/ribbon?from=2026-06-08T00*"):
        page.get_by_test_id("day-before").click()
    expect(page.get_by_test_id("day").get_by_role("heading")).to_have_text("Monday 8 Jun")
    page.get_by_test_id("day-after").click()
    expect(page.get_by_test_id("day").get_by_role("heading")).to_have_text("Today")


def test_the_offers_and_silences_of_a_day_are_told_in_words(page: Page, server: Server) -> None:
    look_after_weeks(page, server)
    list_ = page.get_by_test_id("silences")
    list_.locator("summary").click()
    expect(list_.get_by_role("listitem")).to_contain_text(
        [
            "07:02–08:12 No offer: you were moving.",
            "08:12–09:57 No offer: within your usual range",
            "09:58 An offer. You took it.",
            "09:58–10:24 No offer: one had come",
        ]
    )
    with page.expect_request("**/api/v1/decisions?at=*T08*12*"):
        list_.get_by_role("button", name="07:02–08:12").click()
    expect(page.get_by_test_id("why")).to_be_visible()


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_large_letters_on_a_phone_push_nothing_sideways_and_time_runs_left_to_right(
    page: Page, server: Server, direction: str
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    look_after_weeks(page, server)
    root = "document.documentElement"
    page.evaluate(f"{root}.style.fontSize = '200%'; {root}.dir = '{direction}'")
    for tables in (False, True):
        if tables:
            page.get_by_test_id("as-table").click()
        page.wait_for_timeout(200)
        assert page.evaluate(f"{root}.scrollWidth - {root}.clientWidth") == 0
    page.get_by_test_id("as-table").click()
    first, second = (
        page.get_by_role("button", name=f"Pause {n}, at").bounding_box() for n in (1, 2)
    )
    assert first
    assert second
    assert first["x"] < second["x"]


def test_before_the_first_shift_there_is_one_sentence_and_the_axes(
    page: Page, server: Server
) -> None:
    serve(page, "trends?*", no_trends())
    serve(page, "returns?*", no_returns())
    nothing = {"spans": [], "pauses": [], "worn_s": 0, "still_s": 0}
    serve(page, "ribbon?*", {**day_of(today(server)), **nothing})
    look(page, server)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Nothing yet. The first shift fills this."
    )
    expect(page.get_by_test_id("rmssd").locator("circle")).to_have_count(0)
    expect(page.get_by_test_id("rmssd").locator("svg line")).not_to_have_count(0)


def test_where_the_server_says_nothing_that_is_said(page: Page, server: Server) -> None:
    page.route("**/api/v1/trends?*", lambda route: route.abort())
    page.goto(f"{server.url}/#trends")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Softfront does not answer")


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
