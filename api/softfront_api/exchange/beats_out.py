"""One's beats in the formats of others: each run of readings a file, with what lies beside it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from softfront_sensors.heart_rate import decode
from softfront_sensors.packet import Packet, Reading
from softfront_sensors.recording import write_gaps
from softfront_sensors.wire import write_reading
from softfront_signal.unit import Unit

from ..diary import Reader, StoredPause, after
from ..straps import unit_of
from .escaping import row
from .everything import PACKETS, PACKETS_VERSION, line, packet_line

# More than a beat longer than its intervals: between two packets nothing was heard.
_GAP_MS = 1500


@dataclass(frozen=True, slots=True)
class Run:
    """A run of readings to write out."""

    id: str
    device: str
    from_ms: int
    to_ms: int
    begins_ms: int
    """When its first reading in this time arrived."""


Files: TypeAlias = Iterator[tuple[str, Iterable[str]]]
"""Names and lines, in the order in which they are to be written."""
Writes: TypeAlias = Callable[[Reader, Run], Files]


def json_lines(reader: Reader, run: Run) -> Files:
    """Write readings as they came; nothing of them is lost."""
    head = {"format": PACKETS, "version": PACKETS_VERSION, "device": run.device}
    yield f"{stamp(run.begins_ms)}.jsonl", _headed(line(head), map(_written, _heard(reader, run)))


def rr_text(reader: Reader, run: Run) -> Files:
    """Write intervals in ms, one a line; when they began stands in the name, gaps beside."""
    first = next(_intervals(reader, run), None)
    if first is None:
        return
    # The name tells whole seconds.
    begins_ms = (first[0] - round(sum(first[1]))) // 1000 * 1000
    text = _Text(begins_ms)
    yield f"{stamp(begins_ms)}.txt", text.lines(_intervals(reader, run))
    yield f"{stamp(begins_ms)}.json", _later(lambda: write_gaps(text.gaps_ms, iso(begins_ms)))


class _Text:
    """Intervals alone, and how long nothing was heard between them."""

    def __init__(self, begins_ms: int) -> None:
        self.gaps_ms: dict[int, float] = {}
        self._running_ms, self._count = float(begins_ms), 0

    def lines(self, told: Iterable[tuple[int, tuple[float, ...]]]) -> Iterator[str]:
        for t_ms, rr_ms in told:
            together = sum(rr_ms)
            apart = round(t_ms - self._running_ms - together)
            if apart >= _GAP_MS:
                self.gaps_ms[self._count] = apart
                self._running_ms += apart
            self._running_ms += together
            self._count += len(rr_ms)
            yield from (f"{_short(each)}\n" for each in rr_ms)


def hrv_logger(reader: Reader, run: Run) -> Files:
    """Write intervals with the time each was heard, and pauses as events."""
    name = stamp(run.begins_ms)

    def lines() -> Iterator[str]:
        yield "date,rr,since start\n"
        for t_ms, rr_ms in _intervals(reader, run):
            for each in rr_ms:
                yield f"{_spaced(t_ms)},{_short(each)},{t_ms - run.begins_ms}\n"

    def events() -> Iterator[str]:
        yield "date,timestamp,annotation,manual\n"
        for pause in _pauses(reader, run):
            at_ms = pause.started_ms
            manual = "false" if pause.prompt_id else "true"
            yield row([_spaced(at_ms), at_ms - run.begins_ms, "pause", manual])

    yield f"{name}_RR_softfront.csv", lines()
    yield f"{name}_Events_softfront.csv", events()


def openhrv(reader: Reader, run: Run) -> Files:
    """Write intervals as events, each with the time it was heard."""

    def lines() -> Iterator[str]:
        yield "event,value,timestamp\n"
        for t_ms, rr_ms in _intervals(reader, run):
            yield from (f"IBI,{_short(each)},{iso(t_ms)}\n" for each in rr_ms)

    yield f"{stamp(run.begins_ms)}_openhrv.csv", lines()


BEATS: dict[str, Writes] = {
    "json-lines": json_lines,
    "rr-text": rr_text,
    "hrv-logger": hrv_logger,
    "openhrv": openhrv,
}


def stamp(t_ms: int) -> str:
    """Write a moment so that it can stand in a name anywhere."""
    return f"{datetime.fromtimestamp(t_ms // 1000, UTC):%Y-%m-%dT%H-%M-%SZ}"


def iso(t_ms: int) -> str:
    """Write a moment to the millisecond."""
    return f"{datetime.fromtimestamp(t_ms // 1000, UTC):%Y-%m-%dT%H:%M:%S}.{t_ms % 1000:03}Z"


def _spaced(t_ms: int) -> str:
    return f"{datetime.fromtimestamp(t_ms // 1000, UTC):%Y-%m-%d %H:%M:%S}.{t_ms % 1000:03} +0000"


def _short(rr_ms: float) -> str:
    """Write an interval so that its tick can be had back."""
    return f"{rr_ms:.3f}".rstrip("0").rstrip(".")


def _heard(reader: Reader, run: Run) -> Iterator[Reading]:
    return (each for each in after(reader, run.id, 0) if run.from_ms <= each.t_ms < run.to_ms)


def _intervals(reader: Reader, run: Run) -> Iterator[tuple[int, tuple[float, ...]]]:
    """Yield each packet's time and its intervals in ms, as many as it held."""
    per_s = (unit_of(reader, run.id) or Unit.TICKS).per_s
    for reading in _heard(reader, run):
        if isinstance(reading, Packet):
            told = tuple(1000 * rr / per_s for rr in decode(reading.data).rr_ticks if rr)
            if told:
                yield reading.t_ms, told


def _pauses(reader: Reader, run: Run) -> Iterator[StoredPause]:
    """Give the pauses of a run's time."""
    until_ms = min(run.to_ms, (reader.reach(run.id) or run.begins_ms) + 1)
    yield from reader.pauses(run.begins_ms, until_ms)


def _written(reading: Reading) -> str:
    return packet_line(reading) if isinstance(reading, Packet) else line(write_reading(reading))


def _headed(head: str, lines: Iterable[str]) -> Iterator[str]:
    yield head
    yield from lines


def _later(tell: Callable[[], str]) -> Iterator[str]:
    yield tell()
