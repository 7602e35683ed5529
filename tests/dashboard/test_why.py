"""Why: every reason has its sentence, and every row an answer that reads as one."""

import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from softfront_api.words import catalogue, say

from .served import text
from .serving import GREETED, Server, replaying

pytestmark = pytest.mark.browser

REASONS = [key for key in catalogue() if re.match(r"why\.(none|prompt)\.|why\.deferred$", key)]
# A gate that is closed, its number, and what its row then answers.
CLOSED: list[tuple[str, float | None, str]] = [
    ("learning", None, "Your usual range is known not yet"),
    ("armed", None, "Began while you were still no"),
    ("with_patient", 34.2, "With someone yes, for another 35 min"),
    ("calendar", 12.1, "Calendar taken, for another 13 min"),
    ("snoozed", 21, "Silence asked for yes, for another 21 min"),
    ("snoozed", None, "Silence asked for yes"),
    ("quiet", None, "Quiet hours yes"),
    ("paused", None, "Offers off"),
    ("in_pause", None, "In a pause yes"),
    ("effort", None, "Another cause, told just before yes"),
    ("irregular", None, "The measure can be used no"),
    ("contact", 44, "Last beat from the strap 44 s ago, at most 10 s"),
    ("budget", 4, "Offers so far 4 of at most 4"),
    ("late", 50, "Beats 50 s late, at most 30 s"),
    ("refractory", 12, "Time since the last offer 12 min, needs 45 min"),
]
NEEDED = {"contact": 10, "budget": 4, "late": 30, "refractory": 45}


@pytest.fixture(scope="module")
def server(
    recording: Path, before_the_offer: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder = shutil.copytree(before_the_offer, tmp_path_factory.mktemp("why") / "diary")
    server = replaying(recording, folder, 1).start()
    server.until(lambda: server.get("now")["at"] is not None, 30)
    yield server
    server.stop(signal.SIGKILL)


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, timezone_id="UTC")
    context.add_init_script(GREETED)
    page = context.new_page()
    page.goto(server.url)
    expect(page.get_by_test_id("value-heart_rate")).to_be_visible()
    yield page
    context.close()


def stored(server: Server) -> dict[str, Any]:
    found: dict[str, Any] = server.get(f"decisions?at={server.get('now')['at']}")["items"][0]
    return found


def opened_on(page: Page, decision: dict[str, Any]) -> None:
    page.route(
        "**/api/v1/decisions*",
        lambda route: route.fulfill(json={"items": [decision], "next": None}),
    )
    page.get_by_test_id("why-now").click()


def closed_again(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("why")).to_have_count(0)


def test_each_reason_is_told_in_its_own_words(page: Page, server: Server) -> None:
    base = stored(server)
    assert len(REASONS) > 30
    for key in REASONS:
        values = dict.fromkeys(re.findall(r"\{(\w+)\}", catalogue()[key]), 7)
        opened_on(page, {**base, "reason": text(key, **values), "lines": [text(key, **values)]})
        expect(page.get_by_test_id("why")).to_contain_text(say(key, values=values))
        closed_again(page)


def test_what_an_offer_rests_on_is_told_in_the_order_of_the_server(
    page: Page, server: Server
) -> None:
    lines = [text("why.prompt.hr", hold_s=30, hr=92, delta=19, median=73)]
    lines += [text("why.prompt.strong", hold_s=30), text("why.guess")]
    decision = {**stored(server), "verdict": "prompted", "reason": lines[0], "lines": lines}
    opened_on(page, decision)
    why = page.get_by_test_id("why")
    expect(why).to_contain_text("It is a guess.")
    said = why.inner_text()
    places = [said.index(say(line["id"], values=line["values"])) for line in lines]
    assert places == sorted(places)
    expect(why.get_by_role("heading", level=2)).to_contain_text("Why this offer at")


def test_a_row_answers_what_it_names_and_is_never_a_double_no(page: Page, server: Server) -> None:
    base = stored(server)
    for name, value, answer in CLOSED:
        gates = [
            {**gate, "open": gate["id"] != name, "value": value if gate["id"] == name else None}
            for gate in base["gates"]
        ]
        gates = [{**gate, "needed": NEEDED.get(gate["id"], gate["needed"])} for gate in gates]
        opened_on(page, {**base, "gates": gates})
        row = page.get_by_test_id(f"gate-{name}")
        # What is only heard stands first: whether it speaks for an offer, or holds it back.
        words = r"\s*".join(map(re.escape, answer.split()))
        expect(row).to_have_text(re.compile(rf"^\s*Holds it back:\s*{words}\s*$"))
        closed_again(page)
    opened_on(page, {**base, "gates": [{**gate, "open": True} for gate in base["gates"]]})
    expect(page.get_by_test_id("gate-with_patient")).to_contain_text(re.compile(r"someone\s*no$"))
    expect(page.get_by_test_id("gate-paused")).to_contain_text(re.compile(r"Offers\s*on$"))
    expect(page.get_by_test_id("gate-calendar")).to_contain_text(re.compile(r"Calendar\s*free$"))


def test_from_one_moment_the_offers_and_silences_before_it_are_reached(page: Page) -> None:
    page.get_by_test_id("why-now").click()
    why = page.get_by_test_id("why")
    expect(why.get_by_test_id("why.later")).to_have_count(0)
    seen = set()
    for _ in range(3):
        seen.add(why.get_by_role("heading", level=2).inner_text())
        earlier = why.get_by_test_id("why.earlier")
        time = earlier.inner_text()[len("Before: ") :][:5]
        earlier.click()
        expect(why.get_by_role("heading", level=2)).to_have_text(f"Why silence at {time}")
    assert len(seen) == 3
    expect(why.get_by_test_id("why.later")).to_be_visible()
    closed_again(page)
    expect(page.get_by_test_id("why-now")).to_be_focused()


def test_the_day_is_told_in_words_and_each_line_opens(page: Page, server: Server) -> None:
    page.get_by_test_id("why-now").click()
    day = page.get_by_test_id("why-day")
    day.locator("summary").click()
    lines = day.get_by_role("listitem")
    expect(lines.filter(has_text="No offer: you were moving.").first).to_be_visible()
    expect(day.locator("[aria-current=true]")).to_have_count(1)
    assert lines.count() < 25
    first = lines.first.get_by_role("button")
    time = first.inner_text()[-5:]
    first.click()
    heading = page.get_by_test_id("why").get_by_role("heading", level=2)
    expect(heading).to_have_text(f"Why silence at {time}")
    expect(lines.first).to_have_attribute("aria-current", "true")
