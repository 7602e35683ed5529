"""The page speaks the language that is set, else the browser's; and loads no other."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .serving import GREETED, Server, change_elsewhere, demonstrating

pytestmark = pytest.mark.browser

BUILT = Path(__file__).parents[2] / "dashboard/softfront_dashboard"
LANGUAGES = ("en", "de")
MOST_BYTES = 90_000


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
    return {found[1] for name in names if (found := re.search(r"/assets/(en|de)-[^/]*\.js$", name))}


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
    for page in opened(browser, demo, "de-DE"):
        proxy = page.get_by_test_id("proxy")
        proxy.locator("summary").first.click()
        proxy.get_by_text("Als Tabelle zeigen").click()
        expect(proxy.get_by_role("row").nth(1)).to_contain_text(re.compile(r"\d{1,2}\. [A-ZÄ]"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_script_stays_light_for_one_person_in_all_places(language: str) -> None:
    scripts = list(BUILT.glob("**/*.js"))
    others = tuple(f"{other}-" for other in LANGUAGES if other != language)
    own = [script for script in scripts if not script.name.startswith(others)]
    assert len(own) == len(scripts) - 1
    assert 0 < sum(len(gzip.compress(script.read_bytes())) for script in own) <= MOST_BYTES
