"""Readings as JSON: one form for files, for the spool, and for the way between machines."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from .heart_rate import TICKS_PER_S, encode
from .packet import Gap, Motion, Packet, Reading

Json: TypeAlias = dict[str, Any]

LARGEST = 255
"""Bytes of a notification that are taken; a strap sends about twenty."""
MOST_RR = 120
"""RR intervals that go into one packet, whoever made it."""
_EXACT = 2**53 - 1
"""Above it JSON numbers are not whole any more in many languages."""
_WIDEST = 0xFFFF
_MOST_STEPS = 1000
_MOST_LOST = 10**9
"""Thirty years of a strap."""
_MOST_MG = 100_000


class Malformed(ValueError):
    """JSON that is no reading; `field` and `why` say where and what, never the value."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why = field, why


def write_reading(reading: Reading) -> Json:
    """Write a reading, losing nothing."""
    head: Json = {
        "seq": reading.seq,
        "epoch": reading.epoch,
        "t_ms": reading.t_ms,
        "wall_ms": reading.wall_ms,
    }
    if isinstance(reading, Packet):
        return {**head, "hex": reading.data.hex()}
    if isinstance(reading, Gap):
        return {**head, "lost": reading.count}
    told = {"steps_per_min": reading.steps_per_min, "move_mg": reading.move_mg}
    return {**head, **{name: value for name, value in told.items() if value is not None}}


def read_reading(body: object) -> Reading:
    """Read what `write_reading` wrote, or what a simpler sender says: RR, its unit in the name.

    `epoch` and `wall_ms` may be missing. Intervals in ms become ticks of 1/1024 s; a tick is
    shorter than a millisecond, so whole milliseconds can be had back from them.

    Raises:
        Malformed: it is none.
    """
    if not isinstance(body, dict):
        raise Malformed("packet", "not an object")
    seq, t_ms = whole(body, "seq", 1, _EXACT), whole(body, "t_ms", 0, _EXACT)
    epoch = whole(body, "epoch", 0, _EXACT) if "epoch" in body else 1
    wall_ms = whole(body, "wall_ms", 0, _EXACT) if "wall_ms" in body else t_ms
    head = seq, epoch, t_ms, wall_ms
    if "lost" in body:
        return Gap(*head, whole(body, "lost", 1, min(seq, _MOST_LOST)))
    if "steps_per_min" in body:
        return Motion(*head, steps_per_min=whole(body, "steps_per_min", 0, _MOST_STEPS))
    if "move_mg" in body:
        return Motion(*head, move_mg=whole(body, "move_mg", 0, _MOST_MG))
    return Packet(*head, _notification(body))


def whole(body: Mapping[str, Any], name: str, least: int, most: int) -> int:
    """Return a whole number of a body. Raises `Malformed` where it is none, or out of bounds."""
    value = body.get(name)
    if type(value) is not int:
        raise Malformed(name, "not a whole number" if name in body else "missing")
    if not least <= value <= most:
        raise Malformed(name, f"not between {least} and {most}")
    return value


def _notification(body: Mapping[str, Any]) -> bytes:
    if "hex" in body:
        return _bytes(body["hex"])
    rate = whole(body, "hr_bpm", 0, _WIDEST) if "hr_bpm" in body else None
    if "rr_1024" in body:
        ticks = _intervals(body["rr_1024"], "rr_1024", _WIDEST)
    elif "rr_ms" in body:
        longest = _WIDEST * 1000 // TICKS_PER_S
        ticks = [ticks_of(ms) for ms in _intervals(body["rr_ms"], "rr_ms", longest)]
    elif rate is None:
        raise Malformed("packet", "neither hex, rr_1024, rr_ms, hr_bpm, steps_per_min nor move_mg")
    else:
        ticks = []  # a heart rate alone: shown, and never made into intervals
    return encode(rate or 0, ticks)


def ticks_of(ms: float) -> int:
    """Return an interval in 1/1024 s."""
    return round(ms * TICKS_PER_S / 1000)


def _bytes(sent: object) -> bytes:
    try:
        data = bytes.fromhex(sent) if isinstance(sent, str) else None
    except ValueError:
        data = None
    if data is None:
        raise Malformed("hex", "not hexadecimal")
    if len(data) > LARGEST:
        raise Malformed("hex", f"more than {LARGEST} bytes")
    return data


def _intervals(sent: object, name: str, longest: int) -> list[int]:
    if not isinstance(sent, list) or len(sent) > MOST_RR:
        raise Malformed(name, f"not a list of at most {MOST_RR}")
    if not all(type(each) is int and 0 <= each <= longest for each in sent):
        raise Malformed(name, f"not whole numbers between 0 and {longest}")
    return sent
