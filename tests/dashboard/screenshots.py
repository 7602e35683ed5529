"""The README's pictures, taken from the running demo: `now.png`, and `pause.png` on a phone."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
# As a script this file has no package around it; its neighbours are found from the root.
sys.path.append(str(ROOT))

if TYPE_CHECKING:
    from .serving import Server

# The demo's first offer comes within 90 s.
OFFER_WITHIN_MS = 95_000
LARGEST_BYTES = 150_000


@contextmanager
def opened(
    browser: Browser, server: "Server", width: int, height: int, scheme: Literal["light", "dark"]
) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, timezone_id="UTC"
    )
    context.add_init_script("localStorage.setItem('softfront.first', 'false')")
    page = context.new_page()
    page.clock.install()
    page.goto(server.url)
    expect(page.get_by_test_id("value-heart_rate")).to_be_visible()
    yield page
    context.close()


def take(page: Page, name: str) -> None:
    file = ROOT / "dashboard" / name
    page.evaluate("document.fonts.ready")
    taken = page.screenshot(path=file, animations="disabled", caret="hide")
    assert len(taken) < LARGEST_BYTES, f"{name}: {len(taken)} bytes"
    print(f"{os.path.relpath(file)}: {len(taken) // 1000} kB")


def take_all(browser: Browser, server: "Server") -> None:
    with opened(browser, server, 1280, 800, "light") as page:
        expect(page.get_by_test_id("prompt")).to_be_visible(timeout=OFFER_WITHIN_MS)
        take(page, "now.png")
    with opened(browser, server, 390, 844, "dark") as page:
        page.get_by_test_id("prompt").get_by_role("button", name="Start").click()
        expect(page.get_by_test_id("pause")).to_be_visible()
        page.clock.fast_forward(12_500)
        expect(page.get_by_test_id("time-left")).to_have_text("1:17")
        take(page, "pause.png")


def main() -> None:
    from tests.dashboard.serving import CHROMIUM, FLAGS, demonstrating

    if CHROMIUM is None:
        raise SystemExit("chromium is missing: no pictures can be taken.")
    with TemporaryDirectory(prefix="softfront-pictures-") as folder:
        server = demonstrating(Path(folder)).start()
        try:
            with sync_playwright() as playwright:
                take_all(playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS), server)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
