from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from .serving import CHROMIUM, FLAGS, OFFER_S, fill, record, record_days

# Two busy cores may take their time; what does not come at all fails all the same.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(tmp_path_factory.mktemp("heart") / "shift.jsonl")


@pytest.fixture(scope="session")
def before_the_offer(recording: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A diary that ends a minute before the offer. Copy it; a server goes on from there."""
    return fill(recording, tmp_path_factory.mktemp("minute"), OFFER_S - 60)


@pytest.fixture(scope="session")
def right_before_the_offer(recording: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, three seconds before it, for a server that takes its time."""
    return fill(recording, tmp_path_factory.mktemp("seconds"), OFFER_S - 3)


@pytest.fixture(scope="session")
def days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record_days(tmp_path_factory.mktemp("heart") / "days.jsonl")


@pytest.fixture(scope="session")
def after_three_shifts(days: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A diary with three whole shifts; the fourth has begun ten minutes ago."""
    return fill(days, tmp_path_factory.mktemp("shifts"), 600)
