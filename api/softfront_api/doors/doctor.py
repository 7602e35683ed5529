"""`softfront doctor`: what is there, what is not, and what to do."""

import asyncio
import platform
import shutil
import subprocess
from pathlib import Path
from typing import Any

from softfront_sensors.bluetooth import FoundStrap, scan
from softfront_sensors.errors import BluetoothProblem, BluetoothUnavailable, StrapLost
from softfront_sensors.strap import KnownStraps
from softfront_signal.indicator import RULE_VERSION

from ..app import page_folder
from ..diary import Diary
from ..errors import ApiError, DatabaseMissing
from ..house import VERSION
from ..tokens import Tokens
from .common import Exit, bluetooth_help, print_json, sentence, tell
from .reaching import settings_in, to_home, to_phone

_ADAPTERS = Path("/sys/class/bluetooth")
# A strap on skin advertises about once a second.
_SCAN_S = 4.0


def doctor(folder: Path, *, as_json: bool) -> Exit:
    """Print what is there and what is not, each with what to do."""
    database, database_ok, rules = _database(folder)
    page = page_folder() is not None
    straps, problem = _bluetooth()
    settings = settings_in(folder)
    phone, home = to_phone(settings), to_home(settings)
    checks: dict[str, Any] = {
        "version": VERSION,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "page": page,
        "data": str(folder),
        "database": database,
        "rules": ", ".join(rules) or None,
        "adapter": _adapters(),
        "bluez": _bluez(),
        "bluetooth": problem.value if problem else "ok",
        "straps": [{"id": s.id, "name": s.name, "signal_dbm": s.signal_dbm} for s in straps],
        "remembered": [_named(s.id, s.name) for s in KnownStraps(folder / "straps.json").straps],
        "paired": [_named(p.id, p.name) for p in Tokens(folder).all()],
        "phone": phone.state,
        "home": home.state,
    }
    if as_json:
        print_json(checks)
    else:
        for name, value in checks.items():
            print(f"{name:10} {_plain(value)}")
    _advise([rule for rule in rules if rule != RULE_VERSION], phone.said, home.said, page=page)
    if problem is not None:
        tell(bluetooth_help(problem))
        return Exit.NO_BLUETOOTH
    well = page and database_ok and phone.problem is None and home.problem is None
    return Exit.OK if well else Exit.FAILED


def _advise(older: list[str], *said: str | None, page: bool) -> None:
    """Say what to do about what was found."""
    if older:
        tell(f"Some of it was thought by rule {', '.join(older)}; now it is {RULE_VERSION}.")
        tell("`softfront rederive` thinks it through anew. What happened stays as it was.")
    if not page:
        tell("The page is not built: run `make page`, or install a release.")
    for problem in filter(None, said):
        tell(problem)


def _bluetooth() -> tuple[tuple[FoundStrap, ...], BluetoothProblem | None]:
    """Listen for straps for a moment; say what keeps this machine from it, if anything does."""
    try:
        return asyncio.run(scan(_SCAN_S)), None
    except BluetoothUnavailable as unavailable:
        return (), unavailable.problem
    except StrapLost:  # Bluetooth answered: the radio was busy, which passes
        return (), None


def _adapters() -> str:
    if platform.system() != "Linux":
        return "as the system has it"
    found = sorted(each.name for each in _ADAPTERS.glob("hci*"))
    return ", ".join(found) or "none"


def _bluez() -> str | None:
    """Ask which BlueZ this is; `None` where that cannot be told, or is another system's matter."""
    command = shutil.which("bluetoothctl")
    if command is None:
        return None
    try:
        asked = subprocess.run([command, "--version"], capture_output=True, text=True, timeout=5)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return asked.stdout.strip()[:40] or None


def _named(ident: str, name: str | None) -> dict[str, str | None]:
    return {"id": ident, "name": name}


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(f"{each['name'] or '?'} {each['id']}" for each in value) or "none"
    return "not told" if value is None else str(value)


def _database(folder: Path) -> tuple[str, bool, list[str]]:
    """Say how the diary is, whether that is well, and by which rules it was thought."""
    try:
        with Diary.peek(folder, demo=False) as diary:
            session, rules = diary.last_session(), sorted(diary.rule_versions())
    except DatabaseMissing:
        return "none yet", True, []
    except ApiError as closed:
        tell(sentence(closed))
        return type(closed).__name__, False, []
    said = f"ok, {session.last_seq} readings in the last session" if session else "ok"
    return said, True, rules
