"""Every practice is walked to its end, through sleep, reload and a server that is gone."""

import json
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from softfront_api.words import catalogue

from .serving import GREETED, Server, demonstrating

pytestmark = pytest.mark.browser

WORDS = catalogue()
LISTED = ("morning", "midday", "evening", "weekly_tonglen", "weekly_metta", "weekly_journal")
# What the hand and the ear are told, in order.
NOTED = """
    globalThis.shaken = [];
    globalThis.heard = [];
    navigator.vibrate = (pattern) => { shaken.push([].concat(pattern).join(" ")); return true; };
    const begin = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (at) {
        heard.push(this.frequency.value);
        return begin.call(this, at);
    };
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = demonstrating(tmp_path / "demo").start()
    yield server
    server.stop(signal.SIGKILL)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, timezone_id="UTC")
    context.add_init_script(GREETED)
    context.add_init_script(NOTED)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, server: Server) -> Page:
    """A phone at the practices, whose clock stands still save where the test moves it."""
    page = context.new_page()
    page.clock.install()
    page.goto(f"{server.url}/#practices")
    expect(page.get_by_test_id("practice-weekly")).to_be_visible()
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 0.5)
    return page


def begin(page: Page, kind: str) -> None:
    page.get_by_test_id(f"practice-{kind.split('_')[0]}").click()
    if kind.startswith("weekly"):
        page.get_by_role("radio", name=WORDS[f"{kind.replace('_', '.')}.name"]).check()
    page.get_by_test_id("begin").click()
    expect(page.get_by_test_id("practice")).to_be_visible()


def guidance(server: Server, kind: str) -> Any:
    return next(it for it in server.get("practices")["items"] if it["kind"] == kind)


def sessions(server: Server) -> list[tuple[str, int | None]]:
    items = server.get("practices/sessions")["items"]
    return [(it["kind"], it["lasted_s"]) for it in items]


def says(page: Page, key: str) -> None:
    expect(page.get_by_test_id("line")).to_have_text(WORDS[key])


@pytest.mark.parametrize("kind", LISTED)
def test_a_practice_is_guided_line_by_line_to_its_end(
    page: Page, server: Server, kind: str
) -> None:
    it = guidance(server, kind)
    lines = [(line["at_s"], line["text"]) for step in it["steps"] for line in step["lines"]]
    if it["fork"]:
        branch = next(b for b in it["fork"]["branches"] if b["name"] == it["fork"]["default"])
        lines += [(line["at_s"], line["text"]) for line in branch["lines"]]
    begin(page, kind)
    now = 0
    for at_s, key in lines:
        # A second into the line: it has come in.
        page.clock.fast_forward(1000 * (at_s + 1 - now))
        now = at_s + 1
        says(page, key)
    page.clock.fast_forward(1000 * (it["length_s"] - 2 - now))
    page.clock.run_for(4_500)
    expect(page.get_by_test_id("after-sentence")).to_have_text("That was it")
    server.until(lambda: sessions(server) == [(kind, it["length_s"])], 10)


def test_an_end_before_the_end_is_met_without_reproach(page: Page, server: Server) -> None:
    begin(page, "morning")
    page.clock.fast_forward(20_000)
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("after-sentence")).to_have_text(WORDS["pause.stop.line"])
    server.until(lambda: sessions(server) == [("morning", 20)], 10)


def test_a_page_opened_anew_comes_back_into_its_practice(page: Page, server: Server) -> None:
    begin(page, "evening")
    page.clock.fast_forward(110_000)
    says(page, "evening.line6")
    page.reload()
    expect(page.get_by_test_id("practice")).to_contain_text("You come back at second 1")
    says(page, "evening.line6")
    assert [kind for kind, _ in sessions(server)] == ["evening"]


def test_an_answer_that_is_being_written_outlives_its_page(page: Page, server: Server) -> None:
    begin(page, "evening")
    page.clock.fast_forward(30_000)
    page.get_by_test_id("write-open").click()
    page.get_by_test_id("write").fill("A hard wo")
    page.clock.run_for(1_000)
    page.reload()
    page.get_by_test_id("write-open").or_(page.get_by_test_id("write")).first.click()
    expect(page.get_by_test_id("write")).to_have_value("A hard wo")


def test_a_practice_ends_in_time_while_the_phone_sleeps(page: Page, server: Server) -> None:
    begin(page, "morning")
    page.clock.fast_forward(600_000)
    expect(page.get_by_test_id("after")).to_contain_text("while the phone slept")
    server.until(lambda: sessions(server) == [("morning", 300)], 10)


def test_a_practice_and_its_lines_outlive_their_server(page: Page, server: Server) -> None:
    begin(page, "evening")
    server.until(lambda: len(sessions(server)) == 1, 10)
    server.stop(signal.SIGKILL)
    page.clock.fast_forward(30_000)
    expect(page.get_by_test_id("pause-offline")).to_have_text(WORDS["practice.offline"])
    page.get_by_test_id("write-open").click()
    page.get_by_test_id("write").fill("A hard word at noon")
    page.get_by_test_id("write").blur()
    expect(page.get_by_test_id("write-said")).to_have_text(WORDS["journal.waiting"])
    page.clock.fast_forward(268_000)
    page.clock.run_for(4_500)
    expect(page.get_by_test_id("after-waiting")).to_be_visible()
    server.start()
    page.clock.resume()
    server.until(lambda: sessions(server) == [("evening", 300)], 40)
    server.until(lambda: len(server.get("journal")["items"]) == 1, 40)
    line = server.get("journal")["items"][0]
    assert (line["text"], line["question"]) == ("A hard word at noon", "evening.line3")
    assert line["practice_kind"] == "evening"


def test_a_choice_leads_along_its_branch_and_on_to_a_kind_moment(
    page: Page, server: Server
) -> None:
    begin(page, "midday")
    page.clock.fast_forward(12_000)
    page.get_by_test_id("choose-warmth").click()
    page.get_by_test_id("choose-resonance").click()
    page.clock.fast_forward(15_000)
    says(page, "midday.resonance.line1")
    expect(page.get_by_test_id("choose-warmth")).to_have_count(0)
    page.clock.fast_forward(31_500)
    page.clock.run_for(4_500)
    expect(page.get_by_test_id("after-sentence")).to_have_text(WORDS["midday.resonance.offer"])
    server.until(lambda: sessions(server) == [("midday", 60)], 10)
    assert server.get("practices/sessions")["items"][0]["choice"] == "resonance"
    page.get_by_role("button", name=WORDS["signs.offer.kindness"]).click()
    says(page, "signs.kindness.line1")
    page.clock.fast_forward(28_500)
    page.clock.run_for(4_500)
    expect(page.get_by_test_id("after-sentence")).to_have_text("That was it")
    server.until(lambda: sessions(server)[0] == ("kindness", 30), 10)


def test_early_signs_are_asked_for_only_where_that_was_chosen(page: Page, server: Server) -> None:
    page.get_by_role("link", name="Settings").click()
    page.get_by_test_id("set-signs").click()
    expect(page.get_by_test_id("said")).to_have_text("Saved.")
    page.get_by_role("link", name="Practices").click()
    begin(page, "midday")
    page.clock.fast_forward(58_500)
    page.clock.run_for(4_500)
    expect(page.get_by_test_id("after-sentence")).to_have_text(WORDS["signs.title"])
    page.get_by_test_id("sign-demand").click()
    page.get_by_test_id("signs-on").click()
    expect(page.get_by_test_id("after-sentence")).to_have_text(WORDS["signs.offer"])
    page.get_by_role("button", name=WORDS["signs.offer.neither"]).click()
    expect(page.get_by_test_id("after-sentence")).to_have_text(WORDS["signs.none_ack"])
    told = partial(server.get, "practices/sessions")
    server.until(lambda: told()["items"][0]["signs"] == ["demand"], 10)


def test_not_today_stays_where_it_is_warm(page: Page, server: Server) -> None:
    begin(page, "morning")
    page.clock.fast_forward(247_000)
    says(page, "morning.difficult.line1")
    page.get_by_test_id("not-today").click()
    says(page, "morning.difficult.skip_ack")
    page.clock.fast_forward(15_000)
    says(page, "morning.difficult.skip_ack")
    page.clock.fast_forward(28_000)
    says(page, "morning.end.line1")
    page.clock.fast_forward(8_500)
    page.clock.run_for(4_500)
    server.until(lambda: sessions(server) == [("morning", 300)], 10)
    assert server.get("practices/sessions")["items"][0]["difficult"] is False


def test_too_much_leads_out(page: Page) -> None:
    begin(page, "evening")
    page.clock.fast_forward(90_000)
    page.get_by_test_id("too-much").click()
    expect(page.get_by_test_id("after-sentence")).to_have_text(WORDS["evening.too_much.line"])
    expect(page.get_by_test_id("after")).to_contain_text(WORDS["evening.too_much.help"])


def test_with_eyes_closed_only_the_spine_is_left_and_a_touch_brings_it_back(page: Page) -> None:
    begin(page, "morning")
    expect(page.get_by_test_id("sense-closed")).to_have_text("Eyes open")
    page.get_by_test_id("sense-closed").click()
    page.clock.run_for(6_000)
    expect(page.get_by_test_id("breath")).to_have_count(0)
    expect(page.locator("dialog .words")).to_have_css("opacity", "0")
    page.keyboard.press("Shift")
    page.clock.run_for(500)
    expect(page.get_by_test_id("breath")).to_be_visible()
    expect(page.get_by_test_id("sense-closed")).to_have_text("Eyes closed")


def test_nobody_writes_in_the_dark(page: Page) -> None:
    begin(page, "evening")
    page.get_by_test_id("sense-closed").click()
    page.clock.fast_forward(30_000)
    expect(page.locator("dialog .words")).to_have_css("opacity", "0")
    page.keyboard.press("Shift")
    page.clock.run_for(500)
    page.get_by_test_id("write-open").click()
    page.get_by_test_id("write").fill("A hard word")
    page.clock.fast_forward(8_000)
    expect(page.locator("dialog .words")).to_have_css("opacity", "1")


def test_in_and_out_feel_and_sound_apart_and_each_can_be_off(page: Page) -> None:
    begin(page, "morning")
    page.clock.run_for(12_000)
    # The bell, then out after four seconds, then in after six more.
    assert page.evaluate("shaken") == ["220", "70 110 70", "70"]
    assert {262, 196} <= set(page.evaluate("heard"))
    page.get_by_test_id("sense-vibration").click()
    before = page.evaluate("shaken.length")
    page.clock.run_for(12_000)
    assert page.evaluate("shaken.length") == before
    expect(page.get_by_test_id("sense-vibration")).to_have_text("Vibration off")
    page.reload()
    expect(page.get_by_test_id("sense-vibration")).to_have_text("Vibration off")


def test_what_was_noticed_is_kept_and_can_be_taken_back(page: Page, server: Server) -> None:
    line = "line?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z"
    assert server.get(line)["items"] == []
    page.get_by_test_id("noticed").click()
    expect(page.get_by_test_id("noticed-said")).to_contain_text(WORDS["noticed.ack"])
    expect(page.get_by_test_id("noticed-said")).to_contain_text(WORDS["noticed.not_counted"])
    page.get_by_role("link", name="Journal").click()
    page.get_by_test_id("own-line").locator("summary").click()
    expect(page.get_by_test_id("own-line")).to_contain_text("I noticed")
    page.get_by_role("link", name="Now", exact=True).click()
    page.get_by_test_id("noticed-undo").click()
    page.get_by_role("link", name="Journal").click()
    page.get_by_test_id("own-line").locator("summary").click()
    expect(page.get_by_test_id("own-line")).to_contain_text(WORDS["noticed.help"])


def invite(page: Page, server: Server, kind: str) -> None:
    """Let the server's `now` hold an invitation, as it does once a day within its hours."""
    now = server.get("now")
    far = "2099-01-01T00:00:00Z"
    invitation = {"id": "i1", "kind": kind, "expires_at": far, "status": "offered"}
    body = json.dumps({**now, "prompt": None, "invitation": invitation})
    page.route("**/api/v1/now", lambda route: route.fulfill(body=body))
    page.route("**/api/v1/live", lambda route: route.abort())
    page.reload()


def test_an_invitation_is_taken_or_left_with_one_tap(page: Page, server: Server) -> None:
    answers: list[str] = []

    def note(route: Any) -> None:
        answers.append(route.request.post_data_json["answer"])
        route.fulfill(json={})

    page.route("**/api/v1/invitations/i1/answer", note)
    invite(page, server, "morning")
    sheet = page.get_by_test_id("invitation")
    expect(sheet).to_contain_text("Morning: wishing well: 5 minutes. This is the time you chose.")
    sheet.get_by_role("button", name="Not now").click()
    expect(sheet).to_have_count(0)
    server.until(lambda: answers == ["not_now"], 10)
    page.reload()
    sheet.get_by_role("button", name="Start").click()
    expect(page.get_by_test_id("practice")).to_be_visible()
    server.until(lambda: answers == ["not_now", "start"], 10)


def test_the_weekly_invitation_lets_one_choose(page: Page, server: Server) -> None:
    page.route("**/api/v1/invitations/i1/answer", lambda route: route.fulfill(json={}))
    invite(page, server, "weekly")
    page.get_by_test_id("invitation").get_by_role("button", name="Start").click()
    expect(page.get_by_text("Which one today?")).to_be_visible()
    expect(page.get_by_test_id("practice")).to_have_count(0)


def test_hours_are_chosen_and_stand_beside_their_practice(page: Page, server: Server) -> None:
    page.get_by_role("link", name="Settings").click()
    page.get_by_test_id("set-weekly").click()
    expect(page.get_by_test_id("said")).to_have_text("Saved.")
    page.get_by_test_id("set-weekly-day").select_option("Saturday")
    page.get_by_test_id("set-weekly-to").fill("13:00")
    page.get_by_test_id("set-weekly-to").blur()
    want = {"from": "10:00", "to": "13:00", "day": 5}
    server.until(lambda: server.get("settings")["practices"]["weekly"] == want, 10)
    page.get_by_role("link", name="Practices").click()
    expect(page.get_by_test_id("practice-weekly")).to_contain_text("Saturday, 10:00–13:00")
