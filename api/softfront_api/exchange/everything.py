"""Everything of one person in one zip: the backup, from which all comes back as it was.

Version 1. All files are UTF-8, one JSON value a line.

- `sessions/0001.jsonl`, …: the readings of one run as they came, by seq. The first line names
  format, version, device and session; each further line is a reading: `seq`, `epoch`, `t_ms`
  and `wall_ms` (Unix ms), with `hex` (the value of 0x2A37), `steps_per_min`, `move_mg` or `lost`.
  Each of these files is a recording of its own, too.
- `sessions/0001.chunks.jsonl`: how they lie together: `seq0`, `n`, `spare` (kept and not
  counted), `damaged` (bytes that could not be read, as they are).
- `tables/….jsonl`: windows, decisions, prompts and answers, what chance chose, pauses, practices,
  lines, settings, states: the first line names the table and its columns, then row after row.
  Of the settings two are left out where they are set, since they may hold a password:
  `phone_url` and `home_url`.
- `manifest.json`, the last file: format, version, how many rows and readings, and each file's
  SHA-256.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from softfront_sensors.packet import Packet
from softfront_sensors.wire import write_reading

from ..diary import CHUNKS, TABLES, Reader, Snapshot, snapshot
from .zipped import ZipStream

FORMAT, VERSION = "softfront-everything", 1
MANIFEST = "manifest.json"
_SECRET = ("phone_url", "home_url")
PACKETS, PACKETS_VERSION = "softfront-packets", 1


def everything(
    reader: Reader, now: datetime, on_session: Callable[[int, int], None] = lambda n, total: None
) -> Iterator[bytes]:
    """Yield the zip of a diary as it stands; `on_session` is told how many runs of how many."""
    out = ZipStream(now)
    with snapshot(reader) as held:
        runs, told = held.sessions(), []
        for nth, (session, device) in enumerate(runs, start=1):
            run = _Run(held, session, device)
            yield from out.add(f"sessions/{nth:04}.jsonl", run.lines())
            yield from out.add(f"sessions/{nth:04}.chunks.jsonl", run.chunks())
            told.append({"file": f"sessions/{nth:04}", "id": session, "readings": run.count})
            on_session(nth, len(runs))
        rows: dict[str, int] = {}
        for table in TABLES:
            yield from out.add(f"tables/{table}.jsonl", _rows(held, table, rows))
    body = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": now.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "demo": reader.demo,
        "sessions": told,
        "rows": rows,
        "files": {name: [each.bytes, each.sha256] for name, each in out.files.items()},
    }
    yield from out.add(MANIFEST, [json.dumps(body, indent=1) + "\n"])
    yield from out.end()


class _Run:
    """One run of readings on its way out."""

    def __init__(self, held: Snapshot, session: str, device: str) -> None:
        self.count = 0
        self._held, self._session, self._device = held, session, device
        self._chunks: list[str] = []

    def lines(self) -> Iterator[str]:
        head = {"format": PACKETS, "version": PACKETS_VERSION, "device": self._device}
        yield line({**head, "session": self._session})
        for cells, readings in self._held.readings(self._session):
            self._chunks.append(line(cells))
            self.count += len(readings)
            for reading in readings:
                yield (
                    packet_line(reading)
                    if isinstance(reading, Packet)
                    else line(write_reading(reading))
                )

    def chunks(self) -> Iterator[str]:
        """Yield how they lay; to be asked once all lines are out."""
        yield line({"columns": CHUNKS})
        yield from self._chunks


def packet_line(it: Packet) -> str:
    """Write a packet as `write_reading` does, in a third of the time."""
    head = f'{{"seq":{it.seq},"epoch":{it.epoch},"t_ms":{it.t_ms},"wall_ms":{it.wall_ms},'
    return f'{head}"hex":"{it.data.hex()}"}}\n'


def _rows(held: Snapshot, table: str, rows: dict[str, int]) -> Iterator[str]:
    rows[table] = 0
    yield line({"table": table, "columns": TABLES[table]})
    for cells in held.rows(table):
        rows[table] += 1
        yield line(_told(cells) if table == "settings" else cells)


def _told(cells: list[Any]) -> list[Any]:
    """Leave out of the settings what may hold a password; else they stay as they are."""
    at = TABLES["settings"].index("body")
    body = json.loads(cells[at])
    if not any(body.get(name) for name in _SECRET):
        return cells
    kept = {name: value for name, value in body.items() if name not in _SECRET}
    return [*cells[:at], json.dumps(kept, separators=(",", ":")), *cells[at + 1 :]]


def line(value: object) -> str:
    """Write a value as one line."""
    return json.dumps(value, separators=(",", ":")) + "\n"
