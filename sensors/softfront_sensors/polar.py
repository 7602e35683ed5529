"""Polar's measurement service (PMD), byte by byte: commands, replies, frames of samples.

Source: Polar's online_measurement.pdf, version 1.0, and the polar-ble-sdk where the two agree.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

SERVICE = "fb005c80-02e7-f387-1cad-8acd2d8df0c8"
CONTROL = "fb005c81-02e7-f387-1cad-8acd2d8df0c8"
DATA = "fb005c82-02e7-f387-1cad-8acd2d8df0c8"

DONE = 0
ALREADY = 6
"""The status of a reply where a measurement ran already."""

_FEATURES, _REPLY = 0x0F, 0xF0
_ASK, _START, _STOP = 1, 2, 3
_KINDS = 0x3F
_HEADER = struct.Struct("<BQB")
# How many bytes one value of a setting takes; what a number means is in `Settings`.
_RATE, _RESOLUTION, _RANGE, _RANGE_MILLI, _CHANNELS, _FACTOR = range(6)
_SIZES = {_RATE: 2, _RESOLUTION: 2, _RANGE: 2, _RANGE_MILLI: 4, _CHANNELS: 1, _FACTOR: 4}
# One and a half steps: a strap's clock is off by a few per cent, and a lost frame by a whole one.
_LONGEST_STEP = 1.5


class Measure(Enum):
    """What a Polar strap may measure."""

    ECG = 0
    PPG = 1
    ACC = 2
    PPI = 3
    GYRO = 5
    MAG = 6
    SDK_MODE = 9


@dataclass(frozen=True, slots=True)
class Settings:
    """What a measurement can be set to, or is set to; empty where that is not said."""

    rates_hz: tuple[int, ...] = ()
    resolutions_bits: tuple[int, ...] = ()
    ranges_g: tuple[int, ...] = ()
    channels: tuple[int, ...] = ()
    factor: float | None = None
    """What a compressed sample is multiplied with; a strap tells it when it starts."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a command."""

    op: int
    measure: int
    status: int
    more: bool
    """The answer goes on in the next one."""
    told: bytes
    """Blocks of settings."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Some samples in a row, and when the strap took the last of them."""

    measure: Measure
    last_ns: int
    """Nanoseconds since 2000-01-01 by the strap's own clock, which may never have been set."""
    samples: tuple[tuple[float, ...], ...]
    """ACC: x, y, z in 1/1000 g. ECG: µV. PPI: heart rate in bpm, interval in ms, its error in ms,
    and flags (bit 0: it moved; whether bits 1–2 mean contact, its makers contradict themselves)."""
    incomplete: bool
    """Bytes were missing, left over or without sense; the samples before them are kept."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the samples of one type of frame lie."""

    sizes: tuple[int, ...]
    """Bytes of each channel."""
    signed: bool = True
    unit: float = 1
    """What one is, in the unit of `Frame.samples`, before a factor."""


_COMPRESSED = 0x80
# By the number of what is measured, and of the type of frame.
_LAYOUTS = {
    (0, 0): _Layout((3,)),
    (2, 0): _Layout((1, 1, 1)),
    (2, 1): _Layout((2, 2, 2)),
    (2, 2): _Layout((3, 3, 3)),
    (2, _COMPRESSED | 0): _Layout((2, 2, 2), unit=1000),  # this one comes in g
    (2, _COMPRESSED | 1): _Layout((2, 2, 2)),
    (3, 0): _Layout((1, 2, 2, 1), signed=False),
}


def features(data: bytes) -> frozenset[Measure]:
    """Read what a strap can measure from the value of its control point."""
    if data[:1] != bytes([_FEATURES]):
        return frozenset()
    bits = int.from_bytes(data[1:], "little")
    return frozenset(measure for measure in Measure if bits >> measure.value & 1)


def ask(measure: Measure) -> bytes:
    """Write the command that asks for the settings there are."""
    return bytes([_ASK, measure.value])


def start(measure: Measure, chosen: Settings) -> bytes:
    """Write the command that starts, with the first value of each setting."""
    values = {
        _RATE: chosen.rates_hz,
        _RESOLUTION: chosen.resolutions_bits,
        _RANGE: chosen.ranges_g,
        _CHANNELS: chosen.channels,
    }
    blocks = [
        bytes([kind, 1]) + each[0].to_bytes(_SIZES[kind], "little")
        for kind, each in values.items()
        if each
    ]
    return bytes([_START, measure.value]) + b"".join(blocks)


def stop(measure: Measure) -> bytes:
    """Write the command that stops."""
    return bytes([_STOP, measure.value])


def read_reply(data: bytes) -> Reply | None:
    """Read what the control point indicates; `None` where that answers no command."""
    if len(data) < 4 or data[0] != _REPLY:
        return None
    return Reply(data[1], data[2], data[3], more=data[4:5] > b"\0", told=data[5:])


def read_settings(data: bytes) -> Settings:
    """Read blocks of settings up to the first that is broken or not known."""
    found: dict[int, tuple[int, ...]] = {}
    at = 0
    while at + 2 <= len(data) and data[at] in _SIZES:
        kind, size = data[at], _SIZES[data[at]]
        first, at = at + 2, at + 2 + data[at + 1] * size
        if at > len(data):
            break
        values = (data[i : i + size] for i in range(first, at, size))
        found[kind] = tuple(int.from_bytes(value, "little") for value in values)
    return Settings(
        found.get(_RATE, ()),
        found.get(_RESOLUTION, ()),
        found.get(_RANGE, ()),
        found.get(_CHANNELS, ()),
        next((_float(value) for value in found.get(_FACTOR, ())), None),
    )


def decode(data: bytes, factor: float | None = None) -> Frame | None:
    """Decode any bytes whatever; `None` where they are no frame of a type known here."""
    if len(data) < _HEADER.size:
        return None
    kind, last_ns, frame_type = _HEADER.unpack_from(data)
    layout = _LAYOUTS.get((kind & _KINDS, frame_type))
    if layout is None:
        return None
    body = data[_HEADER.size :]
    samples: tuple[tuple[float, ...], ...]
    if frame_type & _COMPRESSED:
        raw, incomplete = deltas(body, len(layout.sizes), layout.sizes[0])
        one = layout.unit * (1 if factor is None else factor)
        samples = tuple(tuple(value * one for value in sample) for sample in raw)
    else:
        samples, incomplete = _plain(body, layout)
    return Frame(Measure(kind & _KINDS), last_ns, samples, incomplete)


def deltas(body: bytes, channels: int, size: int) -> tuple[tuple[tuple[int, ...], ...], bool]:
    """Unpack a sample and what changed from each to the next; say whether anything was broken.

    `size` is the bytes of a channel. The work is bounded by the length of the bytes.
    """
    at = channels * size
    if len(body) < at:
        return (), True
    limit = 1 << 8 * size - 1
    samples = [tuple(_int(body, i, size) for i in range(0, at, size))]
    while at < len(body):
        block = body[at : at + 2]
        # A change wider than the difference of the two extremes is none.
        if len(block) < 2 or not 0 < block[0] <= 8 * size + 1:
            return tuple(samples), True
        bits, count = block
        first, at = at + 2, at + 2 + -(-bits * channels * count // 8)
        for change in _changes(body[first:at], bits, channels, count):
            sample = tuple(a + b for a, b in zip(samples[-1], change, strict=True))
            if not all(-limit <= value < limit for value in sample):
                return tuple(samples), True
            samples.append(sample)
    return tuple(samples), at > len(body)


def sample_times(frame: Frame, previous_ns: int | None, rate_hz: int) -> tuple[int, ...]:
    """Return when each sample was taken, in nanoseconds on the strap's clock.

    The time since the frame before (`previous_ns`) is spread evenly. Where there was none, one
    was lost or the clock was set, the nominal rate has to do.
    """
    count, nominal_ns = len(frame.samples), 1e9 / rate_hz
    step_ns = nominal_ns
    if previous_ns is not None and count:
        since_ns = (frame.last_ns - previous_ns) / count
        step_ns = since_ns if 0 < since_ns <= _LONGEST_STEP * nominal_ns else nominal_ns
    return tuple(frame.last_ns - round(step_ns * back) for back in reversed(range(count)))


def _plain(body: bytes, layout: _Layout) -> tuple[tuple[tuple[int, ...], ...], bool]:
    step = sum(layout.sizes)
    whole = len(body) // step
    samples = tuple(_sample(body, step * n, layout) for n in range(whole))
    return samples, not samples or whole * step < len(body)


def _sample(body: bytes, at: int, layout: _Layout) -> tuple[int, ...]:
    values = []
    for size in layout.sizes:
        values.append(_int(body, at, size, layout.signed))
        at += size
    return tuple(values)


def _changes(packed: bytes, bits: int, channels: int, count: int) -> Iterator[tuple[int, ...]]:
    """Take the changes out, the lowest bit first: the bytes are one little-endian number."""
    number, mask, sign = int.from_bytes(packed, "little"), (1 << bits) - 1, 1 << bits - 1
    whole = min(count, 8 * len(packed) // (bits * channels))
    for n in range(whole):
        places = (bits * (n * channels + channel) for channel in range(channels))
        yield tuple(((number >> place & mask) ^ sign) - sign for place in places)


def _int(body: bytes, at: int, size: int, signed: bool = True) -> int:
    return int.from_bytes(body[at : at + size], "little", signed=signed)


def _float(bits: int) -> float:
    value: float = struct.unpack("<f", bits.to_bytes(4, "little"))[0]
    return value
