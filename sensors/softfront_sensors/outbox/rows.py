"""What lies in the spool, as text: sessions, readings, and gaps where some are missing."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..packet import Gap, Reading, first_seq
from ..source import Rank, SessionInfo
from ..wire import Malformed, read_reading, write_reading


@dataclass(frozen=True, slots=True)
class Run:
    """A session as the spool keeps it."""

    info: SessionInfo
    zero_ms: int
    """What its clock showed when this machine's monotonic clock stood at 0."""


def write_run(run: Run) -> str:
    """Write what names a session, and its clock."""
    info = run.info
    return json.dumps(
        {
            "session": info.id,
            "device": info.device,
            "started_ms": info.started_ms,
            "boot": info.boot,
            "strap": info.strap,
            "zero_ms": run.zero_ms,
        }
    )


def read_run(text: str) -> Run:
    """Read what `write_run` wrote; whatever lies in a spool is a collector's."""
    body = json.loads(text)
    info = SessionInfo(
        id=body["session"],
        device=body["device"],
        started_ms=body["started_ms"],
        live=True,
        rank=Rank.COLLECTOR,
        boot=body["boot"],
        strap=body["strap"],
    )
    return Run(info, body["zero_ms"])


def write(reading: Reading) -> str:
    """Write a reading as it will travel."""
    return json.dumps(write_reading(reading), separators=(",", ":"))


def read(text: str) -> Reading:
    """Read what `write` wrote."""
    return read_reading(json.loads(text))


def gap(like: Reading, seq: int, count: int) -> Gap:
    """Tell `count` readings up to `seq` as lost, at the time of another."""
    return Gap(seq, like.epoch, like.t_ms, like.wall_ms, count)


def without_holes(readings: Iterable[Reading], last_seq: int) -> Iterator[Reading]:
    """Leave out what is known up to `last_seq`; fill with gaps what is missing behind it."""
    for reading in readings:
        if reading.seq <= last_seq:
            continue
        before = first_seq(reading) - 1
        if isinstance(reading, Gap) or not _travels(reading):
            yield gap(reading, reading.seq, reading.seq - last_seq)
        else:
            if before > last_seq:
                yield gap(reading, before, before - last_seq)
            yield reading
        last_seq = reading.seq


def _travels(reading: Reading) -> bool:
    """Say whether the other end can read it: what it cannot would hold up all that follows."""
    try:
        return read_reading(write_reading(reading)) == reading
    except Malformed:
        return False
