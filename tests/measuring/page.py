"""What the page costs: its script, the first paint and the chart on a slow phone, a live minute."""

import gzip
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, CDPSession, sync_playwright

from ..dashboard.serving import CHROMIUM, FLAGS, GREETED, Server, demonstrating
from .figure import Figure

PAGE = Path(__file__).parents[2] / "dashboard/softfront_dashboard"
LANGUAGES = ("en", "de")
_SLOWER = 6
"""An old phone beside the machine this runs on."""
_LOADS = 5
_WATCH_S = 30
_BEGINS_S = 10
_PAST_S = 300
"""The demo's two weeks are lived by then, or the page is measured while they are."""
# The chart is there when the first line of it is drawn after its readings have come.
_DRAWN = """
  const stroke = CanvasRenderingContext2D.prototype.stroke;
  const come = () => performance.getEntriesByType('resource')
    .some(({ name, responseEnd }) => name.includes('/windows?') && responseEnd > 0);
  CanvasRenderingContext2D.prototype.stroke = function (...path) {
    if (!globalThis.drawn && come()) globalThis.drawn = performance.now();
    return stroke.apply(this, path);
  };
  new MutationObserver(() => {
    if (document.querySelector('h1')) globalThis.said ??= performance.now();
  }).observe(document, { childList: true, subtree: true });
"""
_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def page() -> Iterator[Figure]:
    """Measure all of it; without a browser only what is loaded."""
    # Every place: a page that goes on without its server needs them all.
    yield Figure("page_javascript_gzipped", _weight("**/*.js"), "kB", 90)
    for language in LANGUAGES:
        yield Figure(f"page_texts_{language}_gzipped", _weight(f"assets/{language}-*.json"), "kB")
    if CHROMIUM is None:
        print("chromium is missing: the page is NOT MEASURED in a browser", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder, _lived(Path(folder)) as server, _browser() as at:
        loads = [_load(at, server.url) for _ in range(_LOADS)]
        painted, said, drawn = zip(*loads, strict=True)
        name = f"page_at_cpu_over_{_SLOWER}"
        yield Figure(f"{name}_first_paint", statistics.median(painted), "ms", 1000)
        yield Figure(f"{name}_sentence", statistics.median(said), "ms")
        yield Figure(f"{name}_chart", statistics.median(drawn), "ms", 2500)
        yield Figure("page_live_cpu", _live(at, server.url), "% of a core", 10)


def _weight(files: str) -> float:
    return sum(len(gzip.compress(file.read_bytes())) for file in PAGE.glob(files)) / 1000


def _load(browser: Browser, url: str) -> tuple[float, float, float]:
    """Open the page as on a first visit; milliseconds to its name, its sentence and its chart."""
    with _context(browser) as context:
        page = context.new_page()
        slow = context.new_cdp_session(page)
        slow.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
        page.goto(url)
        page.wait_for_function("() => globalThis.drawn", timeout=60_000)
        painted, said, drawn = page.evaluate(f"[{_PAINTED}, said, drawn]")
        return float(painted), float(said), float(drawn)


def _live(browser: Browser, url: str) -> float:
    """Watch the page live; the share of a core its own thread is busy."""
    with _context(browser) as context:
        page = context.new_page()
        page.goto(url)
        page.wait_for_function("() => globalThis.drawn", timeout=60_000)
        session = context.new_cdp_session(page)
        session.send("Performance.enable")
        page.wait_for_timeout(5000)  # the worker has put by what it keeps
        began = _busy(session)
        page.wait_for_timeout(1000 * _WATCH_S)
        ended = _busy(session)
        return 100 * (ended[1] - began[1]) / (ended[0] - began[0])


def _busy(session: CDPSession) -> tuple[float, float]:
    """Read the time, and how long the page's thread has been busy, in seconds."""
    told = {it["name"]: it["value"] for it in session.send("Performance.getMetrics")["metrics"]}
    return float(told["Timestamp"]), float(told["TaskDuration"])


@contextmanager
def _context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.add_init_script(GREETED)
    context.add_init_script(_DRAWN)
    try:
        yield context
    finally:
        context.close()


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def _lived(folder: Path) -> Iterator[Server]:
    """Start the demo, and wait until its two weeks lie behind it and it rests."""
    server = demonstrating(folder).start()
    try:
        time.sleep(_BEGINS_S)
        end = time.monotonic() + _PAST_S
        # They are lived in a folder of their own, which goes when they are over.
        while any(folder.glob("past-*")) and time.monotonic() < end:
            time.sleep(1)
        yield server
    finally:
        server.stop()
