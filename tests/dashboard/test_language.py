"""The page speaks the language that is set, else the browser's; and loads no other."""

import gzip
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .serving import GREETED, Server, change_elsewhere, demonstrating

pytestmark = pytest.mark.browser

BUILT = Path(__file__).parents[2] / "dashboard/softfront_dashboard"
LANGUAGES = ("en", "de")
SCRIPT_MOST = 90_000
# A few hundred sentences; what is not said on the page is left out when it is built.
TEXTS_MOST = 22_000


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = demonstrating(tmp_path_factory.mktemp("demo")).start()
    server.until(lambda: server.get("now")["heart_rate"]["band"] is not None, 30)
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def nothing_is_set(demo: Server) -> None:
    change_elsewhere(demo, language=None, offers=False)


def opened(browser: Browser, server: Server, locale: str, place: str = "now") -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale=locale)
    context.add_init_script(GREETED)
    page = context.new_page()
    page.goto(f"{server.url}/#{place}")
    yield page
    context.close()


@pytest.fixture
def english(browser: Browser, demo: Server) -> Iterator[Page]:
    yield from opened(browser, demo, "en-US", "settings")


def loaded(page: Page) -> set[str]:
    """Name the languages this page has asked the server for."""
    names = page.evaluate("performance.getEntriesByType('resource').map(it => it.name)")
    return {
        found[1] for name in names if (found := re.search(r"/assets/(en|de)-[^/]*\.json$", name))
    }


@pytest.mark.parametrize(
    ("locale", "language", "words"),
    [("de-CH", "de", "Bereich"), ("en-AU", "en", "range"), ("fr-FR", "en", "range")],
)
def test_it_speaks_as_the_browser_does_and_loads_one_language(
    browser: Browser, demo: Server, locale: str, language: str, words: str
) -> None:
    for page in opened(browser, demo, locale):
        expect(page.get_by_role("heading", level=1)).to_contain_text(words)
        html = page.locator("html")
        assert (html.get_attribute("lang"), html.get_attribute("dir")) == (language, "ltr")
        assert loaded(page) == {language}


def test_what_is_set_counts_more_and_every_page_follows(english: Page, demo: Server) -> None:
    english.get_by_role("radio", name="Deutsch").check()
    expect(english.locator("html")).to_have_attribute("lang", "de")
    expect(english.get_by_role("heading", name="Sprache")).to_have_count(0)
    expect(english.get_by_text("Wie dieser Browser")).to_be_visible()
    assert demo.get("settings")["language"] == "de"
    english.reload()
    expect(english.get_by_text("Pausen anbieten")).to_be_visible()
    assert loaded(english) == {"de"}
    change_elsewhere(demo, language="en")
    expect(english.get_by_text("Offer pauses")).to_be_visible()


def test_numbers_and_days_are_written_as_the_language_does(browser: Browser, demo: Server) -> None:
    for page in opened(browser, demo, "de-DE", "trends"):
        page.get_by_test_id("day-before").click()
        day = page.get_by_test_id("day").get_by_role("heading", level=2)
        expect(day).to_contain_text(re.compile(r"^.*(tag|woch), \d{1,2}\. [A-ZÄ]"))


def weight(files: Iterable[Path]) -> int:
    return sum(len(gzip.compress(file.read_bytes())) for file in files)


def test_the_script_of_all_places_stays_light() -> None:
    assert 0 < weight(BUILT.glob("**/*.js")) <= SCRIPT_MOST


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_texts_of_a_language_stay_light(language: str) -> None:
    """They are data, and no script; of all languages one is loaded."""
    found = list(BUILT.glob(f"assets/{language}-*.json"))
    assert len(found) == 1
    assert 0 < weight(found) <= TEXTS_MOST
