"""Every place, as it is where letters are large, colours are few, or lines run from the right."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from .axe import AXE, findings
from .places import PLACES, visit
from .serving import GREETED, Server, change_elsewhere, demonstrating

pytestmark = pytest.mark.browser

PHONE, DESKTOP = (390, 844), (1280, 800)
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

# What can be pressed is whole, within the window, and not under anything else.
UNREACHABLE = """() => {
  const top = [...document.querySelectorAll('dialog[open]')].at(-1)
    ?? document.querySelector('[data-testid=pause]') ?? document.body;
  const found = [];
  for (const one of top.querySelectorAll('button, a[href], input, select, textarea, summary')) {
    if (!one.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    one.scrollIntoView({ block: 'center' });
    const box = one.getBoundingClientRect();
    if (box.width < 2) continue;
    const name = one.textContent.trim() || one.dataset.testid || one.outerHTML.slice(0, 80);
    const typed = one.matches('input, textarea');
    if (!typed && one.scrollWidth > one.clientWidth + 1) found.push(`clipped: ${name}`);
    if (box.left < -1 || box.right > innerWidth + 1) found.push(`outside: ${name}`);
    const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const own = there && (one.contains(there) || there.contains(one));
    const label = there && [...(one.labels ?? [])].some((label) => label.contains(there));
    // Marks of one moment share a place; each has a key of its own.
    const crowd = there && one.matches('button')
      && there.closest('button')?.className === one.className;
    if (!own && !label && !crowd) found.push(`covered: ${name}`);
  }
  return found;
}"""
# Where the times along the chart stand, in their own order; after midnight it is the next day.
TIMES = """() => {
  const found = [...document.querySelectorAll('[data-testid=chart] *')]
    .filter((one) => !one.children.length && /^\\d\\d:\\d\\d$/.test(one.textContent.trim()))
    .map((one) => [parseInt(one.textContent.replace(':', '')), one.getBoundingClientRect().x]);
  const over = found.some(([time]) => time >= 1200) ? 2400 : 0;
  const day = (time) => (time < 600 ? time + over : time);
  return found.sort(([a], [b]) => day(a) - day(b)).map(([, x]) => x);
}"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """No offer comes while one walks about."""
    server = demonstrating(tmp_path_factory.mktemp("demo")).start()
    server.until(lambda: server.get("now")["heart_rate"]["band"] is not None, 30)
    change_elsewhere(server, offers=False)
    yield server
    server.stop()


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    width, height = request.param
    return width, height


def opened(
    browser: Browser, server: Server, size: tuple[int, int], *, forced: bool = False
) -> Iterator[Page]:
    """Open it in German, whose words are the longest."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="de-AT",
        forced_colors="active" if forced else None,
        reduced_motion="reduce",
    )
    context.add_init_script(GREETED)
    page = context.new_page()
    page.goto(server.url)
    expect(page.get_by_test_id("value-heart_rate")).to_be_visible()
    yield page
    context.close()


@pytest.fixture
def german(browser: Browser, demo: Server, size: tuple[int, int]) -> Iterator[Page]:
    yield from opened(browser, demo, size)


@pytest.fixture
def few_colours(browser: Browser, demo: Server, size: tuple[int, int]) -> Iterator[Page]:
    yield from opened(browser, demo, size, forced=True)


def walk(page: Page) -> dict[str, object]:
    """Visit every place, and note what cannot be reached there."""
    found: dict[str, object] = {}
    for place in PLACES:
        visit(page, place)
        wide, hidden = page.evaluate(SIDEWAYS), page.evaluate(UNREACHABLE)
        if wide or hidden:
            found[place.name] = [f"{wide} px too wide", *hidden]
    return found


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is missing: access is UNTESTED")
def test_every_place_speaks_german_and_axe_has_nothing_to_say(german: Page) -> None:
    english = re.compile(r"\b(the|your|you|and|is|of|with|now|why|offer|pads|usual)\b")
    for place in PLACES:
        visit(german, place)
        said = german.locator("body").inner_text().replace("Simulated strap", "")
        said = re.sub(r"/\S+", "", said)  # a folder is called what it is called
        assert english.findall(said) == [], place.name
        assert findings(german) == [], place.name


def test_german_words_find_their_place(german: Page) -> None:
    assert walk(german) == {}


def test_letters_twice_as_large_hide_nothing(german: Page) -> None:
    german.evaluate("document.documentElement.style.fontSize = '200%'")
    assert walk(german) == {}


def test_where_lines_run_from_the_right_nothing_is_pushed_out(german: Page) -> None:
    german.evaluate("document.documentElement.dir = 'rtl'")
    assert walk(german) == {}


@pytest.mark.parametrize("how", ["style.fontSize = '200%'", "dir = 'rtl'"])
def test_the_first_words_find_their_place_as_well(german: Page, how: str) -> None:
    german.evaluate("localStorage.clear()")
    german.add_init_script("localStorage.clear()")
    german.reload()
    expect(german.get_by_test_id("first-run")).to_contain_text("du entscheidest")
    german.evaluate(f"document.documentElement.{how}")
    assert german.evaluate(SIDEWAYS) == 0
    assert german.evaluate(UNREACHABLE) == []


def test_time_runs_from_left_to_right_in_every_language(german: Page) -> None:
    visit(german, PLACES[0])
    expect(german.get_by_test_id("chart")).to_contain_text(re.compile(r"\d\d:\d\d"))
    runs = german.evaluate(TIMES)
    german.evaluate("document.documentElement.dir = 'rtl'")
    turned = german.evaluate(TIMES)
    assert len(runs) == len(turned) > 1
    assert runs == sorted(runs)
    assert turned == sorted(turned)


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is missing: access is UNTESTED")
def test_with_few_colours_all_is_there(few_colours: Page) -> None:
    assert few_colours.evaluate("matchMedia('(forced-colors: active)').matches")
    assert walk(few_colours) == {}
    visit(few_colours, PLACES[0])
    assert findings(few_colours) == []
