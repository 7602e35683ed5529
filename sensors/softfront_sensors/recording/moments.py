"""Moments as other programs write them, and as they stand in the name of a file."""

import re
from datetime import datetime, tzinfo

# Years in which a strap may have been worn: what lies outside is another number.
_FIRST, _LAST = 1990, 2200
_UNIX_MS = re.compile(r"\d{12,13}(\.\d+)?")
_NAMED = re.compile(
    r"(?<!\d)(\d{4})-?(\d\d)-?(\d\d)[T _-](\d\d)[-:._]?(\d\d)(?:[-:._]?(\d\d))?(?!\d)(Z)?"
)
_BARE_OFFSET = re.compile(r" ([+-]\d\d):?(\d\d)$")


def ms_of(text: str, zone: tzinfo | None) -> int | None:
    """Read a moment, as Unix ms; one without a zone is in the wearer's, `None` the machine's."""
    if _UNIX_MS.fullmatch(text):
        return round(float(text))
    try:
        read = datetime.fromisoformat(_BARE_OFFSET.sub(r"\1:\2", text))
        return _ms(_placed(read, zone)) if _FIRST <= read.year < _LAST else None
    except (ValueError, OverflowError):
        return None


def named_ms(name: str, zone: tzinfo | None) -> int | None:
    """Read when a recording began in the name of its file, as Unix ms."""
    found = _NAMED.search(name)
    if found is None:
        return None
    *parts, utc = found.groups()
    stamp = "{}-{}-{}T{}:{}:{}".format(*(part or "00" for part in parts))
    return ms_of(stamp + ("Z" if utc else ""), zone)


def date_ms(day: str, clock: str, zone: tzinfo | None) -> datetime | None:
    """Read a day as Polar Flow writes it, or as ISO does, with a time of day."""
    for form in ("%d-%m-%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S"):
        try:
            read = datetime.strptime(f"{day} {clock}", form)  # noqa: DTZ007  placed in the next line
        except ValueError:
            continue
        return _placed(read, zone) if _FIRST <= read.year < _LAST else None
    return None


def seconds_of(clock: str) -> float | None:
    """Read hours, minutes and seconds."""
    parts = clock.split(":")
    if len(parts) != 3 or not all(part.isdigit() and len(part) < 5 for part in parts):
        return None
    hours, minutes, seconds = map(int, parts)
    return hours * 3600.0 + minutes * 60 + seconds


def _placed(read: datetime, zone: tzinfo | None) -> datetime:
    if read.tzinfo is not None:
        return read
    return read.replace(tzinfo=zone) if zone is not None else read.astimezone()


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
