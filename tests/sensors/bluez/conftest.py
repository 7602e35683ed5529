from collections.abc import Iterator

import pytest

from .bus import PrivateBus


@pytest.fixture(scope="package")
def daemon() -> Iterator[PrivateBus]:
    with PrivateBus() as bus:
        yield bus


@pytest.fixture
def bus(daemon: PrivateBus, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", daemon.address)
    return daemon.address
