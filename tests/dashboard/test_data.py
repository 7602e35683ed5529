"""My data: everything out, back in, and gone, by hand on the page."""

import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Page, expect

from .serving import GREETED, Server, replaying

pytestmark = pytest.mark.browser

PATIENCE_MS = 60_000


@pytest.fixture
def server(recording: Path, before_the_offer: Path, tmp_path: Path) -> Iterator[Server]:
    server = replaying(recording, shutil.copytree(before_the_offer, tmp_path / "diary"), 1).start()
    yield server
    server.stop(signal.SIGKILL)


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, timezone_id="UTC", accept_downloads=True
    )
    context.add_init_script(GREETED)
    page = context.new_page()
    page.goto(f"{server.url}/#settings")
    page.get_by_role("link", name="My data").click()
    expect(page.get_by_test_id("data-where")).to_be_visible()
    yield page
    context.close()


def downloaded(page: Page, link: str, to: Path) -> Path:
    with page.expect_download(timeout=PATIENCE_MS) as waiting:
        page.get_by_test_id(link).click()
    waiting.value.save_as(to)
    return to


def test_everything_goes_out_and_is_known_when_it_comes_back(page: Page, tmp_path: Path) -> None:
    whole = downloaded(page, "export-all", tmp_path / "all.zip")
    with ZipFile(whole) as zipped:
        assert zipped.testzip() is None
        assert "manifest.json" in zipped.namelist()
    expect(page.get_by_test_id("export-state")).to_contain_text("days")
    page.get_by_test_id("import-file").set_input_files(whole)
    page.get_by_test_id("import").click()
    told = page.get_by_test_id("import-state")
    expect(told).to_contain_text("known already", timeout=PATIENCE_MS)


def test_a_format_of_others_says_what_it_cannot_hold(page: Page, tmp_path: Path) -> None:
    page.get_by_test_id("export-format").select_option("rr-text")
    expect(page.get_by_test_id("data")).to_contain_text("This format cannot hold")
    with ZipFile(downloaded(page, "export-as", tmp_path / "rr.zip")) as zipped:
        assert any(name.endswith(".txt") for name in zipped.namelist())


def test_what_is_no_recording_is_refused_and_says_so(page: Page, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(bytes(range(256)) * 40)
    page.get_by_test_id("import-file").set_input_files(tmp_path / "photo.jpg")
    page.get_by_test_id("import").click()
    expect(page.get_by_test_id("import-state")).to_contain_text("photo.jpg", timeout=PATIENCE_MS)


@pytest.mark.parametrize(
    ("status", "said"),
    [(409, "Another file is being read"), (413, "was not taken in"), (0, "answer")],
)
def test_why_a_file_did_not_go_in_is_told_apart(
    page: Page, tmp_path: Path, status: int, said: str
) -> None:
    (tmp_path / "shift.txt").write_text("800")
    page.route(
        "**/api/v1/import?*",
        lambda route: route.fulfill(status=status) if status else route.abort(),
    )
    page.get_by_test_id("import-file").set_input_files(tmp_path / "shift.txt")
    page.get_by_test_id("import").click()
    expect(page.get_by_text("shift.txt")).to_contain_text(said)


def test_everything_is_deleted_with_the_proof_and_begun_anew(
    page: Page, server: Server, tmp_path: Path
) -> None:
    page.get_by_test_id("delete-ask").click()
    button = page.get_by_test_id("delete")
    expect(button).to_be_disabled()
    page.get_by_label("Type delete to confirm.").fill(" Delete ")
    button.click()
    gone = page.get_by_test_id("gone")
    expect(gone).to_contain_text("0 of your records left", timeout=PATIENCE_MS)
    expect(gone).to_contain_text(re.compile(r"Deleted at \d\d:\d\d: [\d,]+ records"))
    server.until(lambda: server.get("journal")["items"] == [], 30)
    page.get_by_role("button", name="Begin anew").click()
    expect(page.get_by_test_id("first-run")).to_be_hidden()  # this browser was greeted before
    expect(page.get_by_test_id("pause-now").first).to_be_visible(timeout=PATIENCE_MS)


def test_who_thinks_again_keeps_everything(page: Page, server: Server) -> None:
    page.get_by_test_id("delete-ask").click()
    page.get_by_role("button", name="Keep everything").click()
    expect(page.get_by_test_id("delete-ask")).to_be_visible()
    assert server.get("data")["readings"] > 0
