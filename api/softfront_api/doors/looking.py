"""Commands that only look: straps in the room, and why."""

import asyncio
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path

from softfront_sensors.bluetooth import scan
from softfront_sensors.errors import BluetoothUnavailable

from ..diary import Diary, StoredDecision
from ..errors import DatabaseMissing, DiaryError
from ..reasons import lines
from ..settings import Settings
from ..shapes.moments import DecisionOut
from ..words import say, speak
from .common import Exit, bluetooth_help, print_json, print_line, sentence, stop, tell


def scan_room(seconds: float, *, as_json: bool) -> Exit:
    """Print the heart-rate straps that answer."""
    try:
        found = asyncio.run(scan(seconds))
    except BluetoothUnavailable as unavailable:
        if as_json:
            print_json({"straps": [], "problem": unavailable.problem.value})
        tell(bluetooth_help(unavailable.problem))
        return Exit.NO_BLUETOOTH
    if as_json:
        rows = [{"id": s.id, "name": s.name, "signal_dbm": s.signal_dbm} for s in found]
        print_json({"straps": rows, "problem": None})
    for strap in () if as_json else found:
        print(f"{strap.name or '?':24} {strap.signal_dbm or '?':>5} dBm  {strap.id}")
    if not found:
        tell(f"{say('strap.scan.none')} {say('strap.none.wet')}")
        return Exit.NOTHING_FOUND
    return Exit.OK


def why(when: str, folder: Path, *, demo: bool, as_json: bool) -> Exit:
    """Print why there was an offer at a time, or why there was none."""
    try:
        with Diary.peek(folder, demo=demo) as diary:
            settings = Settings.read(dict(diary.settings().body))
            speak(settings.language)
            moment = _moment(when, datetime.now().astimezone(settings.zone))
            stored = diary.decision_near(round(moment.timestamp() * 1000))
    except DatabaseMissing as missing:
        stop(sentence(missing), Exit.NOTHING_FOUND)
    except DiaryError as closed:
        stop(sentence(closed))
    if stored is None:
        stop(say("why.none.off"), Exit.NOTHING_FOUND)
    if as_json:
        print_line(DecisionOut.of(stored).model_dump_json())
    else:
        _tell_decision(stored, moment)
    return Exit.OK


def _tell_decision(stored: StoredDecision, moment: datetime) -> None:
    title = "why.title.prompt" if stored.verdict == "prompted" else "why.title.silence"
    at = datetime.fromtimestamp(stored.decision.t_ms / 1000, moment.tzinfo)
    print(say(title, time=f"{at:%H:%M:%S}"))
    for line in lines(stored.decision, stored.verdict):
        print(f"  {say(line.id, zone=moment.tzinfo or UTC, values=line.values)}")
    closed = [gate.id for gate in stored.decision.gates if not gate.open]
    for name in closed:
        print(f"  – {say(f'why.gate.{name}')}: {say(f'why.gate.{name}.closed')}")


def _moment(when: str, now: datetime) -> datetime:
    """Read `14:32`, the latest one there was, or a date with a time."""
    try:
        if "-" not in when:
            clock = clock_time.fromisoformat(when)
            today = datetime.combine(now.date(), clock, now.tzinfo)
            return today if today <= now else today - timedelta(days=1)
        moment = datetime.fromisoformat(when)
    except ValueError:
        stop(say("door.no_clock", text=when), Exit.USAGE)
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
