"""A broker for whoever asks for one, and clocks that stand still."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .broker import Broker


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    made = Broker(tmp_path)
    made.start()
    yield made
    made.kill()


@pytest.fixture(autouse=True, scope="module")
def clocks_stand_still() -> Iterator[None]:
    """Time does not pass where things are stored here, and readings lie ahead of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("softfront_sensors.remote._ROUNDING_MS", 10**9)
        yield
