"""Pictures of the running demo: the README's two or, into a folder that is named, every screen."""

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
SIZES = {"phone": (390, 844), "desktop": (1280, 800)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PLACES = ("now", "practices", "trends", "journal", "settings", "data", "help", "strap")
# The two weeks come in while the page is open; a slow machine takes its time.
PAST_WITHIN_S = 240


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


def take_every_screen(browser: Browser, server: "Server", data: Path, folder: Path) -> None:
    """Take each screen light and dark, on a phone and a desktop."""
    folder.mkdir(parents=True, exist_ok=True)
    server.until(lambda: server.get("now")["prompt"] is not None, OFFER_WITHIN_MS / 1000)
    looks = [(name, size, scheme) for name, size in SIZES.items() for scheme in SCHEMES]
    for name, (width, height), scheme in looks:
        with opened(browser, server, width, height, scheme) as page:
            look = f"{name}-{scheme}"
            expect(page.get_by_test_id("prompt")).to_be_visible()
            keep(page, folder / f"prompt-{look}.png")
            page.get_by_test_id("prompt").get_by_role("button", name="Why?").click()
            expect(page.get_by_test_id("why")).to_contain_text("What was asked")
            keep(page, folder / f"why-{look}.png")
    offered = server.get("prompts?limit=1")["items"][0]["id"]
    server.until(lambda: server.get("prompts?limit=1")["items"][0]["status"] == "expired", 100)
    server.until(lambda: not list(data.glob("past-*")), PAST_WITHIN_S)
    assert offered == server.get("prompts?limit=1")["items"][0]["id"]
    for name, (width, height), scheme in looks:
        with opened(browser, server, width, height, scheme) as page:
            walk(page, server, folder, f"{name}-{scheme}")


def walk(page: Page, server: "Server", folder: Path, look: str) -> None:
    page.get_by_test_id("pause-now").click()
    page.clock.fast_forward(12_500)
    keep(page, folder / f"pause-{look}.png")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("row-before")).to_have_count(2)
    keep(page, folder / f"result-{look}.png", whole=True)
    for place in PLACES:
        page.goto(f"{server.url}/#{place}")
        page.reload()
        page.wait_for_timeout(1500)  # charts are drawn once their numbers are there
        keep(page, folder / f"{place}-{look}.png", whole=True)


def keep(page: Page, file: Path, *, whole: bool = False) -> None:
    page.evaluate("document.fonts.ready")
    page.screenshot(path=file, animations="disabled", caret="hide", full_page=whole)


def main() -> None:
    from tests.dashboard.serving import CHROMIUM, FLAGS, demonstrating

    if CHROMIUM is None:
        raise SystemExit("chromium is missing: no pictures can be taken.")
    with TemporaryDirectory(prefix="softfront-pictures-") as data:
        server = demonstrating(Path(data)).start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                if len(sys.argv) > 1:
                    take_every_screen(browser, server, Path(data), Path(sys.argv[1]))
                else:
                    take_all(browser, server)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
