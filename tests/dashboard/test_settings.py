"""What a person sets is kept at once, and what it would have meant stands beside it."""

import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from .served import text
from .serving import GREETED, Server, change_elsewhere, replaying

pytestmark = pytest.mark.browser

SMALLEST_PX = 48
NOTHING: dict[str, Any] = {
    "shifts": 0,
    "offers_per_shift": None,
    "eligible_share": None,
    "still_outside_share": None,
    "days": [],
    "lines": [],
    "missing": text("settings.preview.none"),
    "suggestion": None,
}


@pytest.fixture
def server(days: Path, after_three_shifts: Path, tmp_path: Path) -> Iterator[Server]:
    folder = shutil.copytree(after_three_shifts, tmp_path / "diary")
    server = replaying(days, folder, 1).start()
    server.until(lambda: server.get("now")["heart_rate"]["band"] is not None, 30)
    yield server
    server.stop(signal.SIGKILL)


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, timezone_id="UTC")
    context.add_init_script(GREETED)
    page = context.new_page()
    page.goto(f"{server.url}/#settings")
    expect(page.get_by_test_id("set-offers")).to_be_visible()
    yield page
    context.close()


def kept(server: Server, field: str, value: object) -> None:
    server.until(lambda: server.get("settings")[field] == value, 10)


def asked(page: Page) -> list[dict[str, Any]]:
    """Note what is asked of the preview from now on."""
    found: list[dict[str, Any]] = []

    def note(url: str, body: dict[str, Any]) -> None:
        if url.endswith("/settings/preview"):
            found.append(body)

    page.on("request", lambda it: note(it.url, it.post_data_json or {}))
    return found


def test_each_change_is_saved_at_once_and_survives_a_reload(page: Page, server: Server) -> None:
    page.get_by_role("radio", name=re.compile("^Variation only")).check()
    kept(server, "rule", "hrv")
    page.get_by_test_id("set-shift").press("ArrowLeft")
    kept(server, "max_per_shift", 3)
    page.get_by_test_id("set-week").press("Home")
    kept(server, "max_per_week", 0)
    page.get_by_role("button", name="Add quiet hours").click()
    page.get_by_label("From", exact=True).fill("21:30")
    kept(server, "quiet_hours", [{"from": "21:30", "to": "06:00"}])
    page.get_by_test_id("set-desktop").click()
    kept(server, "desktop", False)
    page.get_by_test_id("set-compare").click()
    kept(server, "compare", True)
    expect(page.get_by_test_id("said")).to_have_text("Saved.")
    page.reload()
    expect(page.get_by_role("radio", name=re.compile("^Variation only"))).to_be_checked()
    expect(page.get_by_test_id("set-shift")).to_have_value("3")
    expect(page.get_by_test_id("set-week-word")).to_have_text("0")
    expect(page.get_by_label("From", exact=True)).to_have_value("21:30")
    expect(page.get_by_test_id("set-desktop")).to_have_attribute("aria-checked", "false")
    expect(page.get_by_test_id("set-compare")).to_have_attribute("aria-checked", "true")
    page.get_by_role("button", name="Remove 21:30–06:00").click()
    kept(server, "quiet_hours", [])


def test_offers_can_be_switched_off_and_the_page_says_so_first(page: Page, server: Server) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text("Up to 4 offers a shift")
    page.get_by_test_id("set-offers").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Offers are off.")
    kept(server, "offers", False)


def test_while_the_slider_moves_the_own_shifts_tell_what_it_would_have_meant(
    page: Page, server: Server
) -> None:
    lines = page.get_by_test_id("preview-lines")
    expect(lines).to_contain_text(
        re.compile(r"^On your last 3 shifts .* \d\.\d offers per shift\.")
    )
    expect(lines).to_contain_text(re.compile(r"\d+\s% of them were still outside a minute later\."))
    ribbons = page.get_by_test_id("ribbon")
    expect(ribbons).to_have_count(3)
    expect(ribbons.first).to_contain_text(re.compile(r"8 Jun, 10:13–12:43: (one|\d) offer"))
    before, slider = lines.inner_text(), page.get_by_test_id("set-percentile")
    slider.evaluate("slider => slider.scrollIntoView({ block: 'center' })")
    box = slider.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 2, middle, steps=4)
    expect(page.get_by_test_id("set-percentile-word")).to_have_text("far")
    expect(lines).not_to_have_text(before)
    assert server.get("settings")["percentile"] == 95, "held is not let go"
    page.mouse.up()
    kept(server, "percentile", 98)


def test_of_many_places_of_a_slider_only_the_one_where_it_rests_is_asked_about(page: Page) -> None:
    expect(page.get_by_test_id("ribbon")).to_have_count(3)
    questions = asked(page)
    page.get_by_test_id("set-week").evaluate(
        """async slider => {
            for (let n = 20; n <= 50; n += 1) {
                slider.value = n;
                slider.dispatchEvent(new Event("input", { bubbles: true }));
                await new Promise(done => setTimeout(done, 10));
            }
        }"""
    )
    page.wait_for_timeout(600)
    assert [question["max_per_week"] for question in questions] == [50]


def test_an_answer_that_was_overtaken_is_not_shown(page: Page) -> None:
    lines, week = page.get_by_test_id("preview-lines"), page.get_by_test_id("set-week")
    expect(lines).to_contain_text("3 shifts")
    before = lines.inner_text()
    held: list[Route] = []
    page.route("**/settings/preview", lambda route: held.append(route))
    with page.expect_request("**/settings/preview"):
        week.press("ArrowRight")
    week.press("ArrowRight")
    page.wait_for_timeout(500)
    assert len(held) == 1, "one question at a time"
    with page.expect_request("**/settings/preview"):
        held[0].fulfill(json={**NOTHING, "missing": text("settings.loading")})
    assert lines.inner_text() == before
    page.wait_for_timeout(100)
    held[1].fulfill(json=NOTHING)
    expect(lines).to_have_text("Not enough shifts of your own to show this.")


def test_what_another_device_has_changed_is_told_and_shown(page: Page, server: Server) -> None:
    expect(page.get_by_test_id("set-shift")).to_have_value("4")
    change_elsewhere(server, max_per_shift=7)
    page.get_by_test_id("set-desktop").click()
    expect(page.get_by_test_id("said")).to_contain_text("changed on another device")
    expect(page.get_by_test_id("set-shift")).to_have_value("7")
    assert server.get("settings")["desktop"] is True
    page.get_by_test_id("set-desktop").click()
    kept(server, "desktop", False)
    assert server.get("settings")["max_per_shift"] == 7


def test_a_path_that_is_none_is_told_beside_it_and_changes_nothing(
    page: Page, server: Server
) -> None:
    calendar, problem = (
        page.get_by_test_id("set-calendar"),
        page.get_by_test_id("set-calendar-problem"),
    )
    calendar.fill("shifts.ics")
    calendar.press("Enter")
    expect(problem).to_contain_text("not the whole path of an .ics file")
    assert server.get("settings")["calendar_file"] is None
    calendar.fill("/nowhere/shifts.ics")
    calendar.press("Enter")
    kept(server, "calendar_file", "/nowhere/shifts.ics")
    expect(problem).to_contain_text("shifts.ics is not there.")
    calendar.fill("")
    calendar.press("Enter")
    kept(server, "calendar_file", None)
    expect(problem).to_be_empty()


def test_a_time_zone_that_is_none_is_told_too(page: Page, server: Server) -> None:
    zone = page.get_by_test_id("set-zone")
    zone.fill("Europe/Nowhere")
    zone.press("Enter")
    expect(page.get_by_test_id("set-zone-problem")).to_contain_text("No time zone of that name")
    zone.fill("Europe/Berlin")
    zone.press("Enter")
    kept(server, "time_zone", "Europe/Berlin")
    expect(page.get_by_test_id("set-zone-problem")).to_be_empty()


def test_what_the_answers_lean_to_is_a_sentence_and_waits_for_a_hand(
    page: Page, server: Server
) -> None:
    lean = {**NOTHING, "suggestion": text("settings.suggest.p98", per_shift="1.4")}
    page.route("**/settings/preview", lambda route: route.fulfill(json=lean))
    page.get_by_test_id("set-week").press("ArrowRight")
    suggestion = page.get_by_test_id("suggestion")
    expect(suggestion).to_contain_text("“far” might fit: about 1.4 per shift. Yours to decide.")
    page.wait_for_timeout(500)
    assert server.get("settings")["percentile"] == 95
    suggestion.get_by_role("button").click()
    kept(server, "percentile", 98)
    expect(page.get_by_test_id("set-percentile")).to_have_value("2")


def test_everything_can_be_hit_with_a_thumb(page: Page) -> None:
    page.get_by_role("button", name="Add quiet hours").click()
    expect(page.get_by_role("button", name=re.compile("^Remove"))).to_be_visible()
    small = page.evaluate(
        """least => [...document.querySelectorAll("button, a, label:has([type=radio]), input")]
            .filter(it => it.type !== "radio" && it.offsetParent)
            .filter(it => it.getBoundingClientRect().height < least)
            .map(it => it.outerHTML.slice(0, 80))""",
        SMALLEST_PX,
    )
    assert small == []


@pytest.mark.parametrize("place", ["settings", "trends"])
def test_large_text_does_not_push_it_sideways(page: Page, server: Server, place: str) -> None:
    page.goto(f"{server.url}/#{place}")
    expect(page.get_by_test_id(place)).to_be_visible()
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.wait_for_timeout(200)
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth - {root}.clientWidth") == 0


def test_what_the_keys_reach_stands_above_the_preview(page: Page) -> None:
    expect(page.get_by_test_id("ribbon")).to_have_count(3)
    page.get_by_test_id("set-offers").focus()
    preview = page.get_by_test_id("preview")
    for _ in range(4):
        page.keyboard.press("Tab")
        focused, above = page.locator(":focus").bounding_box(), preview.bounding_box()
        assert focused is not None
        assert above is not None
        assert focused["y"] + focused["height"] <= above["y"]


def test_keys_alone_lead_through_the_places(page: Page) -> None:
    bar = page.get_by_test_id("bar")
    bar.get_by_role("link", name="Over time").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("trends")).to_be_visible()
    expect(bar.get_by_role("link", name="Over time")).to_have_attribute("aria-current", "page")
    page.go_back()
    expect(page.get_by_test_id("settings")).to_be_visible()
    bar.get_by_role("link", name="Now").click()
    expect(page.get_by_test_id("pause-now")).to_be_visible()
