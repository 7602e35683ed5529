"""From a calendar file to the times it takes.

Runs as a process of its own, `python -m softfront_api.appointments SINCE UNTIL < file`: anybody
can send an invitation, and one line of it can ask for hours of arithmetic. A process can be
ended, and takes with it what it has read. Titles, places and people are left out line by line,
before anything looks at them.
"""

import json
import os
import re
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icalendar import Component

MOST_TIMES = 5_000
"""In ten days; nobody keeps more appointments."""

# A file of 5 MB takes about 8 s on a slow laptop; twice that is left for a small board.
LIMIT_S = 20.0

# What comes more often than hourly is no appointment.
MOST_A_DAY = 24
# Hourly for a hundred years: such a rule is counted through from its first time, in about 4 s.
MOST_RUNS = 24 * 366 * 100

_A_DAY = {"SECONDLY": 86_400, "MINUTELY": 1_440, "HOURLY": 24}
_OF_AN_EVENT = """
UID SEQUENCE RECURRENCE-ID DTSTART DTEND DURATION RRULE RDATE EXDATE STATUS TRANSP
"""
_OF_A_ZONE = "DTSTART RRULE RDATE TZOFFSETFROM TZOFFSETTO"
_KEPT: dict[tuple[str, ...], frozenset[str]] = {
    path: frozenset(words.split())
    for path, words in (
        (("VCALENDAR", "VEVENT"), _OF_AN_EVENT),
        (("VCALENDAR", "VTIMEZONE"), "TZID"),
        (("VCALENDAR", "VTIMEZONE", "STANDARD"), _OF_A_ZONE),
        (("VCALENDAR", "VTIMEZONE", "DAYLIGHT"), _OF_A_ZONE),
    )
}
_NAME = re.compile(r"([A-Za-z0-9-]+)[;:]")
_NUMBERED = re.compile(r"\d+")

# Neither library names its errors: what a text may hold comes back as any of these.
_ODD = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Entry:
    """One event or time zone of the file, without its words."""

    kind: str
    line: int
    """Where it begins."""
    text: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What a calendar says about a stretch of days."""

    times: tuple[tuple[str, str], ...] = ()
    """Begin and end, ISO 8601; without an offset by the wearer's own clock."""
    left_out: tuple[int, ...] = ()
    """The lines where an entry begins that cannot be used."""
    breaks_off: int | None = None
    """The line from which on this is no calendar."""
    too_many: bool = False


class _BreaksOff(Exception):
    """From this line on it is no calendar."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def taken(content: bytes, since: datetime, until: datetime) -> Taken:
    """Read the times that are taken between two moments, and a day around for floating ones."""
    try:
        entries = tuple(_entries(content.decode(errors="replace")))
    except _BreaksOff as broken:
        return Taken(breaks_off=broken.line)
    events, left_out = _parsed(entries, until)
    times: list[tuple[str, str]] = []
    for line, series in events:
        try:
            # Whole or not at all: what raises half way has given some times by then.
            times += list(_times(series, since, until))
        except _ODD:
            left_out.append(line)
        if len(times) > MOST_TIMES:
            return Taken(too_many=True)
    return Taken(tuple(times), tuple(sorted(left_out)))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Give each line, unfolded, with the number of its first part."""
    begun, parts = 1, [""]
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        line = line.removesuffix("\r")
        if line[:1] in (" ", "\t"):
            parts.append(line[1:])
            continue
        yield begun, "".join(parts)
        begun, parts = number, [line]
    yield begun, "".join(parts)


def _entries(text: str) -> Iterator[Entry]:
    """Cut a calendar into what is asked of it; raise `_BreaksOff` where it is none."""
    inside: tuple[str, ...] = ()
    number, begun, seen = 1, 1, False
    kept: list[str] = []
    for number, line in _lines(text):
        found = _NAME.match(line)
        name = found[1].upper() if found else ""
        value = line.partition(":")[2].strip().upper()
        if name == "BEGIN":
            inside, seen = (*inside, value), True
            if len(inside) == 2:
                begun, kept = number, []
        if inside[:1] != ("VCALENDAR",) and (inside or line.strip()):
            raise _BreaksOff(number)
        if name in _KEPT.get(inside, ()) or (name in ("BEGIN", "END") and inside in _KEPT):
            kept.append(line)
        if name == "END":
            if value != inside[-1]:
                raise _BreaksOff(number)
            if len(inside) == 2 and inside in _KEPT:
                yield Entry(value, begun, "\r\n".join([*kept, ""]))
            inside = inside[:-1]
    if inside or not seen:
        raise _BreaksOff(number)


def _parsed(
    entries: tuple[Entry, ...], until: datetime
) -> tuple[list[tuple[int, list["Component"]]], list[int]]:
    """Return the events that belong together, by first line, and the lines of odd entries."""
    from icalendar import Component

    left_out = []
    together: dict[str, list[Component]] = defaultdict(list)
    lines: dict[str, int] = {}
    # A zone may stand below the events that name it. Parsed once, the library knows it.
    for entry in sorted(entries, key=lambda entry: entry.kind != "VTIMEZONE"):
        try:
            if _too_often(entry.text, until):
                raise ValueError("no appointment")
            component = Component.from_ical(entry.text)
            if component.errors:
                raise ValueError("not all of it was understood")
        except _ODD:
            left_out.append(entry.line)
            continue
        if entry.kind == "VEVENT":
            series = str(component.get("UID", entry.line))
            together[series].append(component)
            lines.setdefault(series, entry.line)
    return [(lines[series], events) for series, events in together.items()], left_out


def _too_often(text: str, until: datetime) -> bool:
    """Tell whether a rule asks for more times than a person keeps, or cannot be counted."""
    start = re.search(r"^DTSTART.*?:(\d{4})\d{4}", text, re.MULTILINE | re.IGNORECASE)
    days = 366 * (until.year - int(start[1])) if start else 0
    for rule in re.findall(r"^RRULE(.*?)\r?$", text, re.MULTILINE | re.IGNORECASE):
        parts = [part.partition("=") for part in rule[1:].strip().upper().split(";") if part]
        said = {name: value for name, _, value in parts}
        # A second FREQ, or one behind a parameter, would be read by nobody here.
        if rule[:1] != ":" or len(said) < len(parts) or not int(said.get("INTERVAL", 1)) > 0:
            return True
        a_day = 1 if "BYHOUR" in said else _A_DAY.get(said.get("FREQ", ""), 1)
        for by in ("BYHOUR", "BYMINUTE", "BYSECOND"):
            a_day *= len(_NUMBERED.findall(said.get(by, "0")))
        if a_day > MOST_A_DAY or a_day * days > MOST_RUNS:
            return True
    return False


def _times(
    events: list["Component"], since: datetime, until: datetime
) -> Iterator[tuple[str, str]]:
    """Give begin and end of each time that a series of events takes."""
    import recurring_ical_events
    from icalendar import Calendar

    calendar = Calendar()
    for event in events:
        calendar.add_component(event)
    day = timedelta(days=1)
    for event in recurring_ical_events.of(calendar).between(since - day, until + day):
        begin, end = event["DTSTART"].dt, event["DTEND"].dt
        if end > begin and _takes(event, begin, end):
            yield _written(begin), _written(end)


def _takes(event: "Component", begin: date, end: date) -> bool:
    """Tell whether an event keeps the wearer from being asked.

    What lasts all day, or longer than one, counts only where it is said to be opaque: birthdays,
    holidays and "night shifts this week" say what a day is, not that nobody may be spoken to,
    and a silence of days should be somebody's word.
    """
    transparency = str(event.get("TRANSP", "")).strip().upper()
    if transparency == "TRANSPARENT" or str(event.get("STATUS", "")).strip().upper() == "CANCELLED":
        return False
    all_day = not isinstance(begin, datetime)
    return transparency == "OPAQUE" or not (all_day or end - begin > timedelta(days=1))


def _written(moment: date) -> str:
    # Beyond these no clock of the house goes.
    if not 1970 < moment.year < 2200:
        raise ValueError("out of reach")
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time()).isoformat()
    return (moment.astimezone(UTC) if moment.tzinfo else moment).isoformat()


def main() -> None:
    """Read a calendar from standard input; write what it takes as one line of JSON."""
    # Whoever asked may be gone by then, and nobody else would end this.
    watch = threading.Timer(LIMIT_S, os._exit, (1,))
    watch.daemon = True
    watch.start()
    since, until = (datetime.fromisoformat(moment) for moment in sys.argv[1:3])
    print(json.dumps(asdict(taken(sys.stdin.buffer.read(), since, until))))


if __name__ == "__main__":
    main()
