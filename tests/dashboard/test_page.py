"""The page as it meets a person: told in words, from one place, light enough, and kind."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from .serving import GREETED, Server, demonstrating

pytestmark = pytest.mark.browser

BROKEN_RULES = """
    globalThis.broken = [];
    document.addEventListener("securitypolicyviolation",
        ({ violatedDirective, blockedURI }) => broken.push(`${violatedDirective} ${blockedURI}`));
"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = demonstrating(tmp_path_factory.mktemp("demo")).start()
    server.until(lambda: server.get("now")["heart_rate"]["band"] is not None, 30)
    yield server
    server.stop()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield context
    context.close()


@pytest.fixture
def desk(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context
    context.close()


def opened(context: BrowserContext, server: Server) -> Page:
    context.add_init_script(GREETED)
    page = context.new_page()
    page.goto(server.url)
    expect(page.get_by_test_id("value-heart_rate")).to_be_visible()
    return page


def through_a_pause(page: Page) -> None:
    page.get_by_test_id("pause-now").click()
    expect(page.get_by_test_id("line")).not_to_be_empty()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("result")).to_be_visible()


def test_it_asks_only_its_own_server_and_breaks_no_rule(
    context: BrowserContext, demo: Server
) -> None:
    asked: list[str] = []
    said: list[str] = []

    def note_request(request: Request) -> None:
        asked.append(request.url)

    def note_message(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            said.append(message.text)

    context.on("request", note_request)
    context.on("console", note_message)
    context.on("weberror", lambda error: said.append(str(error.error)))
    context.add_init_script(BROKEN_RULES)
    page = opened(context, demo)
    through_a_pause(page)
    page.get_by_test_id("why-result").click()
    expect(page.get_by_test_id("why")).to_be_visible()
    assert len(asked) > 5
    assert [url for url in asked if not url.startswith((demo.url, "data:"))] == []
    assert said == []
    assert page.evaluate("broken") == []
    page.evaluate("document.body.append(Object.assign(new Image, {src: 'http://example.org/'}))")
    page.wait_for_function("broken.length === 1")


def test_the_banner_of_the_demo_stands_on_every_screen(desk: BrowserContext, demo: Server) -> None:
    desk.add_init_script("sessionStorage.opened ??= (localStorage.clear(), true)")
    page = desk.new_page()
    page.goto(demo.url)
    expect(page.get_by_test_id("first-run")).to_be_visible()
    banner = page.get_by_text("Demo: simulated heart")
    expect(banner).to_be_in_viewport()
    page.get_by_role("radio", name="With sound").check()
    page.get_by_role("button", name="See the demo").click()
    expect(page.get_by_test_id("value-heart_rate")).to_be_visible()
    expect(banner).to_be_in_viewport()
    page.get_by_test_id("why-now").click()
    expect(page.get_by_test_id("why")).to_contain_text("Rule")
    expect(banner).to_be_in_viewport()
    page.get_by_role("button", name="Close").click()
    page.get_by_test_id("pause-now").click()
    expect(page.get_by_test_id("pause")).to_be_visible()
    expect(banner).to_be_in_viewport()
    strip, pause = banner.bounding_box(), page.get_by_test_id("pause").bounding_box()
    assert strip is not None
    assert pause is not None
    assert pause["y"] >= strip["y"] + strip["height"] - 1, "the pause covers the banner"
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("result")).to_be_visible()
    expect(banner).to_be_in_viewport()


def test_the_three_sentences_are_said_once_and_no_bell_rings_unasked(
    browser: Browser, demo: Server
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(demo.url)
    first = page.get_by_test_id("first-run")
    expect(first.get_by_role("heading", level=1)).to_have_text(
        re.compile(r"^[^.]+\.[^.]+\.[^.]+\.$")
    )
    expect(first.get_by_role("radio", name="Vibration only")).to_be_checked()
    first.get_by_role("link", name="Use my strap").click()
    expect(first).to_have_count(0)
    assert page.evaluate("[location.hash, localStorage['softfront.sound']]") == ["#strap", "false"]
    page.reload()
    expect(page.get_by_test_id("demo-strip")).to_be_visible()
    expect(first).to_have_count(0)
    context.close()


def test_sentence_numbers_and_places_are_told_in_words(
    context: BrowserContext, demo: Server
) -> None:
    page = opened(context, demo)
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("usual range"))
    for name, unit in (("Heart rate", "bpm"), ("RMSSD", "ms")):
        reading = page.get_by_role("region", name=name)
        expect(reading).to_contain_text(re.compile(rf"\d\d\s{unit}"))
        expect(reading).to_contain_text(re.compile("In your usual range|Above|Below"))
        expect(reading).to_contain_text(re.compile(r"usual \d\d–\d\d"))
        gauge = re.compile(rf"{name} \d\d\s{unit}, (in|above|below) .*usual range of \d\d to \d\d")
        expect(page.get_by_role("img", name=gauge)).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_text(re.compile(r"\d+\ss ago"))).to_be_visible()


def test_why_for_now_and_for_a_moment_of_the_chart(desk: BrowserContext, demo: Server) -> None:
    page = opened(desk, demo)
    page.get_by_role("button", name="Why?", exact=True).click()
    why = page.get_by_test_id("why")
    title = why.get_by_role("heading", level=2)
    expect(title).to_have_text(re.compile(r"^Why silence at \d\d:\d\d$"))
    expect(why.get_by_test_id("gate-held")).to_contain_text(re.compile(r"of 45\ss"))
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("why-now")).to_be_focused()
    chart = page.get_by_test_id("chart-root")
    chart.focus()
    for _ in range(10):
        chart.press("Shift+ArrowLeft")
    expect(page.get_by_test_id("cursor")).to_contain_text(re.compile(r"heart rate \d\d"))
    moment = page.get_by_test_id("cursor").inner_text().split(",")[0]
    chart.press("Enter")
    expect(title).to_contain_text(moment)
    expect(why.get_by_test_id("gate-motion")).to_contain_text("needs")
    box = chart.bounding_box()
    assert box is not None
    chart.click(position={"x": box["width"] * 0.4, "y": box["height"] / 4})
    expect(title).not_to_contain_text(moment)


def test_silence_can_be_asked_for_and_taken_back(context: BrowserContext, demo: Server) -> None:
    page = opened(context, demo)
    page.get_by_test_id("quiet").click()
    page.get_by_role("button", name="30 minutes").click()
    expect(page.get_by_test_id("quiet")).to_contain_text(re.compile(r"Quiet until \d\d:\d\d"))
    demo.until(lambda: demo.get("now")["quiet_until"] is not None, 10)
    page.get_by_test_id("quiet").click()
    page.get_by_role("button", name="Offers again now").click()
    expect(page.get_by_test_id("quiet")).to_have_text("Quiet until…")
    demo.until(lambda: demo.get("now")["quiet_until"] is None, 10)


def test_who_wants_no_movement_gets_ticks_in_place_of_it(browser: Browser, demo: Server) -> None:
    sizes: dict[str, set[object]] = {}
    for motion in ("reduce", "no-preference"):
        context = browser.new_context(reduced_motion="reduce" if motion == "reduce" else None)
        context.add_init_script(GREETED)
        page = context.new_page()
        page.clock.install()
        page.goto(demo.url)
        page.get_by_test_id("pause-now").click()
        figure = page.get_by_test_id("figure")
        expect(figure.locator("line")).to_have_count(10 if motion == "reduce" else 0)
        sizes[motion] = set()
        for _ in range(4):
            page.clock.run_for(1000)
            sizes[motion].add(page.get_by_test_id("breath").get_attribute("r"))
        context.close()
    assert len(sizes["reduce"]) == 1
    assert len(sizes["no-preference"]) > 1


def test_large_text_does_not_push_the_page_sideways(context: BrowserContext, demo: Server) -> None:
    page = opened(context, demo)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(SIDEWAYS) == 0
    through_a_pause(page)
    expect(page.get_by_test_id("row-before")).to_have_count(2)
    assert page.evaluate(SIDEWAYS) == 0
    page.get_by_test_id("why-result").click()
    expect(page.get_by_test_id("why")).to_contain_text("Rule")
    assert page.evaluate(SIDEWAYS) == 0
    inside = page.get_by_test_id("why").evaluate("why => why.scrollWidth - why.clientWidth")
    assert inside == 0


def test_the_proxy_is_folded_and_tells_its_interval_and_what_it_is_not(
    context: BrowserContext, demo: Server
) -> None:
    page = opened(context, demo)
    proxy = page.get_by_test_id("proxy")
    expect(proxy.get_by_test_id("proxy-value")).to_be_hidden()
    proxy.get_by_text("Soothing-system proxy").click()
    expect(proxy.get_by_test_id("proxy-value")).to_have_text(re.compile(r"^\d\d\sms/s$"))
    expect(proxy).to_contain_text(re.compile(r"Between \d\d and \d\d, 95 times in 100\."))
    expect(proxy).to_contain_text(re.compile(r"usual range, \d\d–\d\d\."))
    expect(proxy).to_contain_text("cannot show how soothed or how kind anyone is")
    # A phone turned, a window made small: what was unfolded stays so.
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        expect(proxy.get_by_test_id("proxy-value")).to_be_visible()
    proxy.get_by_role("link", name="Over time").click()
    expect(page.get_by_test_id("soothing-fold")).to_be_visible()
