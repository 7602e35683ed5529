"""What is kept of a person, in a few numbers."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from ..diary import Reader, arrivals, counts, share_done, stored_readings


@dataclass(frozen=True, slots=True)
class Held:
    """How much there is, of when, and how much of it waits."""

    size_bytes: int
    readings: int
    shifts: int
    days: int
    first_ms: int | None
    last_ms: int | None
    records: int
    waiting: int
    share_done: float | None


def holdings(reader: Reader, zone: tzinfo | None) -> Held:
    """Look through what is kept."""
    shifts = reader.shifts()
    days = {datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).date() for at, _ in shifts}
    return Held(
        size_bytes=sum(_size(file) for file in reader.file.parent.glob(f"{reader.file.name}*")),
        readings=stored_readings(reader),
        shifts=len(shifts),
        days=len(days),
        first_ms=shifts[0][0] if shifts else None,
        last_ms=shifts[-1][1] if shifts else None,
        records=sum(counts(reader).values()),
        waiting=len(arrivals(reader)),
        share_done=share_done(reader),
    )


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:  # gone meanwhile
        return 0
