"""`softfront doctor --soak`: wear the strap for a while, and tell how well it was heard."""

import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Self, TextIO

from softfront_sensors.heart_rate import TICKS_PER_S, decode
from softfront_sensors.packet import Motion, Packet, Reading
from softfront_sensors.recording import dump, go_on
from softfront_sensors.source import Batch, Source, StrapStatus
from softfront_signal.audit import Audit
from softfront_signal.beats import Beat, BeatClock
from softfront_signal.contact import ContactSense

from ..clock import Clock
from ..reasons import found_of, hint, no_bluetooth
from ..words import say
from .common import Exit, print_json, stop, tell
from .room import strap_here

_SHOW_EVERY_S = 1.0
# Long enough to wet the pads and put it on; without anything by then, what to try is said.
_FIRST_S = 120.0


@dataclass(frozen=True, slots=True)
class Soaked:
    """What a strap sent over some minutes."""

    readings: tuple[Reading, ...]
    seconds: float
    status: StrapStatus
    first_beat_s: float | None


@dataclass(frozen=True, slots=True)
class Soak:
    """With which straps, how long, and where what is sent is kept."""

    straps: tuple[str, ...]
    minutes: float
    capture: Path | None = None


def soak(folder: Path, how: Soak, *, as_json: bool) -> Exit:
    """Listen to a strap, keep what it sent, and tell how it went; no value of a body is told."""
    source = strap_here(folder, how.straps, Clock.of_this_machine())
    told = _Progress(60 * how.minutes)
    with _Kept(how.capture) as kept:
        soaked = asyncio.run(_listen(source, 60 * how.minutes, told, kept))
    told.end()
    report = _report(soaked, source, how)
    if as_json:
        print_json(report)
    else:
        _tell(report, soaked)
    return _exit(soaked)


async def _listen(source: Source, seconds: float, told: "_Progress", kept: "_Kept") -> Soaked:
    """Hear until the time is over or somebody interrupts: what came until then counts."""
    readings: list[Reading] = []
    began_s, first_s = time.monotonic(), None
    try:
        while (spent_s := time.monotonic() - began_s) < seconds:
            for batch in await source.poll():
                await source.ack(batch.session.id, batch.readings[-1].seq)
                readings += kept.keep(batch)
            if first_s is None and any(map(_has_beat, readings)):
                first_s = time.monotonic() - began_s
            told.show(spent_s, len(readings), source.status)
            if not readings and spent_s > _FIRST_S:
                break
        status = source.status
    except asyncio.CancelledError:
        spent_s, status = time.monotonic() - began_s, source.status
    finally:
        await source.close()
    return Soaked(tuple(readings), spent_s, status, first_s)


class _Kept:
    """Writes down what comes as it comes: a soak that is cut short is kept up to there."""

    def __init__(self, file: Path | None) -> None:
        self._out: TextIO | None = None
        self._session: str | None = None
        self._epochs = self._epoch = 0
        if file is None:
            return
        try:
            self._out = file.open("w", encoding="utf-8")
        except OSError as closed:
            stop(f"{file}: {closed.strerror}. Nothing was measured.", Exit.USAGE)

    def __enter__(self) -> Self:
        """Hand out itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        if self._out is not None:
            self._out.close()

    def keep(self, batch: Batch) -> tuple[Reading, ...]:
        """Write a batch; a strap that took over from another is a link of its own."""
        first = self._session is None
        if batch.session.id != self._session:
            self._session, self._epochs = batch.session.id, self._epoch
        readings = tuple(replace(r, epoch=r.epoch + self._epochs) for r in batch.readings)
        self._epoch = readings[-1].epoch
        if self._out is not None:
            if first:
                dump(readings, batch.session.device, self._out)
            else:
                go_on(readings, self._out)
            self._out.flush()
        return readings


class _Progress:
    """One line on a terminal that says how far it is; nothing where there is none."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._shown_s = seconds, -_SHOW_EVERY_S
        self._live = sys.stderr.isatty()

    def show(self, spent_s: float, packets: int, status: StrapStatus) -> None:
        """Say where it stands, once a second."""
        if not self._live or spent_s - self._shown_s < _SHOW_EVERY_S:
            return
        self._shown_s = spent_s
        left = max(0, round(self._seconds - spent_s))
        text = say("soak.running", left=left, packets=packets, state=status.state.value)
        sys.stderr.write(f"\r{text:<70}")
        sys.stderr.flush()

    def end(self) -> None:
        """Leave the line."""
        if self._live:
            sys.stderr.write("\n")


def _report(soaked: Soaked, source: Source, how: Soak) -> dict[str, Any]:
    packets = [reading for reading in soaked.readings if isinstance(reading, Packet)]
    beats, audit, contact = _heard_again(packets)
    status = soaked.status
    return {
        "strap": {
            "id": source.session.strap,
            "name": status.name,
            "model": status.model,
            "serial": status.serial,
            "battery_percent": status.battery_percent,
            "state": status.state.value,
            "hint": status.hint.value if status.hint else None,
            "problem": status.problem.value if status.problem else None,
        },
        "seconds": round(soaked.seconds, 1),
        "first_beat_s": soaked.first_beat_s and round(soaked.first_beat_s, 1),
        "packets": len(packets),
        "incomplete": sum(decode(packet.data).incomplete for packet in packets),
        "intervals": sum(len(decode(packet.data).rr_ticks) for packet in packets),
        "links": len({packet.epoch for packet in packets}),
        "losses": {cause.value: n for cause, n in status.losses},
        "longest_silence_s": _longest_silence_s(packets),
        "runs": beats[-1].run if beats else 0,
        "coverage": _coverage(packets, beats),
        "contact": contact.state.value if packets else None,
        "movement": any(isinstance(reading, Motion) for reading in soaked.readings),
        "audit": audit.verdict.to_plain(),
        "capture": str(how.capture) if how.capture and soaked.readings else None,
    }


def _heard_again(packets: Sequence[Packet]) -> tuple[list[Beat], Audit, ContactSense]:
    clock, audit, contact, beats = BeatClock(), Audit(), ContactSense(), list[Beat]()
    for packet in packets:
        said = decode(packet.data)
        beats += clock.hear(packet, said)
        audit.hear(packet, said)
        contact.hear(packet, said)
    return beats, audit, contact


def _coverage(packets: Sequence[Packet], beats: Sequence[Beat]) -> float | None:
    """Return the share of the time from the first packet to the last that intervals cover."""
    span_ms = packets[-1].t_ms - packets[0].t_ms if packets else 0
    # What the first packet brings lies before it.
    after_first = sum(beat.rr_ticks for beat in beats if beat.t_ms > packets[0].t_ms)
    return round(after_first * 1000 / TICKS_PER_S / span_ms, 3) if span_ms else None


def _longest_silence_s(packets: Sequence[Packet]) -> float | None:
    times = [packet.t_ms for packet in packets]
    steps = [later - earlier for earlier, later in pairwise(times)]
    return max(steps) / 1000 if steps else None


def _has_beat(reading: Reading) -> bool:
    return isinstance(reading, Packet) and bool(decode(reading.data).rr_ticks)


def _tell(report: dict[str, Any], soaked: Soaked) -> None:
    for name, value in report.items():
        told = value if not isinstance(value, dict) else _in_a_line(value)
        print(f"{name:18} {'–' if told is None else told}")
    for text in found_of(report["audit"]):
        print(say(text.id))
    if soaked.status.hint is not None:
        tell(say(hint(soaked.status.hint).id))


def _in_a_line(value: dict[str, Any]) -> str:
    return ", ".join(f"{name} {each}" for name, each in value.items() if each is not None) or "–"


def _exit(soaked: Soaked) -> Exit:
    if soaked.status.problem is not None:
        title, do = no_bluetooth(soaked.status.problem)
        tell(f"{say(title.id)}. {say(do.id, values=do.values)}")
        return Exit.NO_BLUETOOTH
    if not soaked.readings:
        tell(f"{say('strap.scan.none')} {say('strap.none.wet')}")
        return Exit.NOTHING_FOUND
    return Exit.OK if soaked.first_beat_s is not None else Exit.FAILED
