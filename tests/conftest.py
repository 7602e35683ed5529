"""What this machine lacks is said: those tests are skipped, and counted at the end."""

import os
import shutil
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import settings

# What numba has compiled it keeps by the file a function stands in, and would miss that another
# file, with a function it calls, has changed: what is written differently is kept elsewhere.
_HOUSE = Path(__file__).parents[1]
_SIGNAL = sorted((_HOUSE / "signal/softfront_signal").rglob("*.py"))
_WRITTEN = sha256(b"".join(path.read_bytes() for path in _SIGNAL)).hexdigest()[:16]
os.environ.setdefault("NUMBA_CACHE_DIR", str(_HOUSE / ".numba_cache" / _WRITTEN))

# Wherever the tests run, what they read from a terminal is English, unless one asks otherwise.
os.environ["LC_ALL"] = "C.UTF-8"

# What CI tries is the same each time; a search for new examples belongs to a person's machine.
settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")

# Each marker, what it needs, and what stays untested without it.
NEEDED = {
    "browser": (("chromium", "chromium-browser"), "the page is UNTESTED"),
    "dbus": (("dbus-daemon",), "Bluetooth and the desktop's notices are UNTESTED"),
    "mosquitto": (("mosquitto", "/usr/sbin/mosquitto"), "the road over MQTT is UNTESTED"),
}


def missing(marker: str) -> str | None:
    """Say what keeps the tests with a marker from running here; `None` where nothing does."""
    commands, untested = NEEDED[marker]
    if marker == "dbus" and sys.platform != "linux":
        return f"D-Bus is Linux's: {untested}"
    if any(shutil.which(command) for command in commands):
        return None
    return f"{commands[0]} is missing: {untested}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    lacks = {marker: why for marker in NEEDED if (why := missing(marker))}
    for item in items:
        for marker, why in lacks.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=why))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.getreports("skipped")
    counts = {m: sum(m in report.keywords for report in skipped) for m in NEEDED}
    if not any(counts.values()):
        return
    terminalreporter.section("NOT TESTED HERE", sep="=", yellow=True, bold=True)
    for marker, count in counts.items():
        if count:
            why = missing(marker) or "see the reasons above"
            terminalreporter.line(f"{count} {marker} tests skipped: {why}", yellow=True)
