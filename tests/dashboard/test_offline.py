"""With the server gone the page opens all the same, and what was done is told later."""

import os
import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from .serving import GREETED, OFFER_S, Server, replaying, utc

pytestmark = pytest.mark.browser

BUILT = Path(__file__).parents[2] / "dashboard/softfront_dashboard"
KEPT = """async () => {
  const all = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  const kept = await Promise.all(all.map((cache) => cache.keys()));
  return kept.flat().map(({ url }) => new URL(url).pathname);
}"""
AT_HAND = "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"


@pytest.fixture
def server(recording: Path, before_the_offer: Path, tmp_path: Path) -> Iterator[Server]:
    folder = shutil.copytree(before_the_offer, tmp_path / "diary")
    server = replaying(recording, folder, 1).start()
    yield server
    server.stop(signal.SIGKILL)


def opened(browser: Browser, server: Server) -> Iterator[Page]:
    """Open the page, and wait until all of it is at hand."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.add_init_script(GREETED)
    page = context.new_page()
    page.goto(server.url)
    expect(page.get_by_test_id("value-heart_rate")).to_be_visible()
    page.wait_for_function(AT_HAND)
    yield page
    context.close()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    yield from opened(browser, server)


def pauses(server: Server) -> list[dict[str, Any]]:
    found = server.get(f"windows?from={utc(OFFER_S - 600)}&to={utc(OFFER_S + 3600)}")["pauses"]
    return list(found)


def test_without_its_server_the_page_opens_and_a_pause_runs_to_its_end(
    page: Page, server: Server
) -> None:
    server.stop(signal.SIGKILL)
    page.clock.install()
    page.reload()
    expect(page.get_by_test_id("gone")).to_contain_text("A pause can still start")
    page.get_by_test_id("pause-now").click()
    page.clock.run_for(45_000)
    expect(page.get_by_test_id("pause")).to_contain_text("For yourself")
    page.clock.run_for(48_000)
    expect(page.get_by_test_id("result-sentence")).to_contain_text("when Softfront is back")
    page.get_by_test_id("journal").fill("without a server")
    page.get_by_test_id("back").click()

    server.start()
    server.until(lambda: [pause["lasted_s"] for pause in pauses(server)] == [90], 40)
    server.until(lambda: len(server.get("journal")["items"]) == 1, 20)


def test_every_place_opens_without_the_server(page: Page, server: Server) -> None:
    server.stop(signal.SIGKILL)
    page.reload()
    for place in page.get_by_test_id("bar").get_by_role("link").all():
        place.click()
        expect(place).to_have_attribute("aria-current", "page")
        expect(page.get_by_role("heading", level=1)).not_to_be_empty()


def test_nothing_of_a_person_is_kept_by_the_worker(page: Page) -> None:
    kept = page.evaluate(KEPT)
    assert len(kept) > 5
    assert not [path for path in kept if path.startswith("/api")]


def another_edition(page: Path) -> None:
    """Put a newer page in the place of one: its settings are another file, and it says so."""
    for gone in page.glob("assets/Settings-*.js"):
        gone.unlink()
    index, worker = page / "index.html", page / "worker.js"
    index.write_text(index.read_text().replace("<html ", '<html data-edition="2" '))
    told = re.sub(r'"/assets/Settings-[^"]*\.js",?', "", worker.read_text())
    worker.write_text(re.sub(r'"[0-9a-f]{12}"', '"edition2"', told))


def test_a_newer_page_is_let_in_and_an_older_one_is_not_stranded(
    browser: Browser,
    recording: Path,
    before_the_offer: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = shutil.copytree(before_the_offer, tmp_path / "diary")
    built = shutil.copytree(BUILT, tmp_path / "softfront_dashboard")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    server = replaying(recording, folder, 1).start()
    try:
        for page in opened(browser, server):
            another_edition(built)
            page.evaluate("navigator.serviceWorker.getRegistration().then(it => it.update())")
            page.wait_for_function("caches.keys().then(names => names.length === 2)")
            page.get_by_role("link", name="Settings").click()
            expect(page.get_by_test_id("set-offers")).to_be_visible()
            assert page.locator("html").get_attribute("data-edition") is None
            page.evaluate("Object.defineProperty(document, 'hidden', { value: true })")
            page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
            expect(page.locator("html")).to_have_attribute("data-edition", "2")
    finally:
        server.stop(signal.SIGKILL)
