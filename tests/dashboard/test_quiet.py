"""How offers stand, and the three ways to have none for a while."""

import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .served import serve
from .serving import GREETED, Server, replaying

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(
    recording: Path, before_the_offer: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder = shutil.copytree(before_the_offer, tmp_path_factory.mktemp("quiet") / "diary")
    server = replaying(recording, folder, 1).start()
    server.until(lambda: server.get("now")["at"] is not None, 30)
    yield server
    server.stop(signal.SIGKILL)


@pytest.fixture(params=[(390, 844), (1280, 800)], ids=["phone", "desktop"])
def page(browser: Browser, server: Server, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, timezone_id="UTC")
    context.add_init_script(GREETED)
    page = context.new_page()
    page.goto(server.url)
    expect(page.get_by_test_id("value-heart_rate")).to_be_visible()
    yield page
    context.close()


def test_with_someone_is_one_tap_on_and_one_tap_off(page: Page, server: Server) -> None:
    button = page.get_by_test_id("with-someone")
    expect(button).to_have_text("With someone")
    expect(button).to_be_in_viewport(ratio=1)
    button.click()
    expect(button).to_have_text(re.compile(r"^With someone until \d\d:\d\d$"))
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_test_id("stance")).to_contain_text("With someone. Nothing comes until")
    assert server.get("now")["with_someone_until"] is not None
    button.click()
    expect(button).to_have_text("With someone")
    server.until(lambda: server.get("now")["with_someone_until"] is None, 10)
    expect(page.get_by_test_id("stance")).to_have_count(0)


def test_silence_for_the_rest_of_the_shift_can_be_had_and_taken_back(
    page: Page, server: Server
) -> None:
    page.get_by_test_id("quiet").click()
    page.get_by_role("button", name="Rest of the shift").click()
    expect(page.get_by_test_id("stance")).to_have_text(
        "You asked for silence for the rest of the shift."
    )
    expect(page.get_by_test_id("quiet")).to_have_text("Quiet this shift")
    assert server.get("settings")["snoozed_shift"] is not None
    page.get_by_test_id("quiet").click()
    page.get_by_role("button", name="Offers again now").click()
    expect(page.get_by_test_id("quiet")).to_have_text("Quiet until…")
    assert server.get("settings")["snoozed_shift"] is None
    server.until(lambda: server.get("now")["stance"]["name"] == "free", 15)
    expect(page.get_by_test_id("stance")).to_have_count(0)


def test_offers_can_be_switched_off_where_silence_is_asked_for(page: Page, server: Server) -> None:
    page.get_by_test_id("quiet").click()
    page.get_by_test_id("quiet-offers").click()
    expect(page.get_by_test_id("quiet")).to_have_text("Offers are off")
    expect(page.get_by_test_id("stance")).to_have_text("Offers are off. Measuring goes on.")
    assert server.get("settings")["offers"] is False
    page.get_by_test_id("quiet").click()
    page.get_by_test_id("quiet-offers").click()
    expect(page.get_by_test_id("quiet")).to_have_text("Quiet until…")
    server.until(lambda: server.get("now")["stance"]["name"] == "free", 15)


STANCES = {
    "deferred": "It would come when you next sit still, until 12:00 at the latest.",
    "refractory": "Between offers. The next is possible from 12:00.",
    "budget": "Enough offers for now. A pause by hand is always there.",
    "quiet": "Quiet hours until 12:00.",
    "calendar": "Your calendar is taken until 12:00.",
    "with_someone": "With someone. Nothing comes until 12:00, or until you switch it off.",
    "snoozed": "You asked for silence until 12:00.",
    "paused": "Offers are off. Measuring goes on.",
    "late": "The beats arrive late. They are kept, and nothing is offered from them.",
    "in_pause": "In a pause.",
    "free": "",
    "prompted": "",
    "silent_control": "",
}


@pytest.mark.parametrize("page", [(390, 844)], indirect=True)
def test_how_offers_stand_is_told_in_a_sentence_and_chance_is_not_told(
    page: Page, server: Server
) -> None:
    now = server.get("now")
    page.route("**/api/v1/live", lambda route: route.abort())
    for name, sentence in STANCES.items():
        stance = {"name": name, "since": now["at"], "until": "2026-06-09T12:00:00Z"}
        serve(page, "now", {**now, "age_s": 0, "stance": stance})
        page.reload()
        expect(page.get_by_test_id("sentence")).to_contain_text("usual range")
        if sentence:
            expect(page.get_by_test_id("stance")).to_have_text(sentence)
        else:
            # Not waited for: what is shown goes by itself once it is old.
            assert page.get_by_test_id("stance").count() == 0, name
