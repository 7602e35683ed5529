"""One Heart Rate Measurement (0x2A37), decoded byte by byte."""

from collections.abc import Sequence
from enum import Enum
from functools import lru_cache
from struct import Struct
from typing import NamedTuple

TICKS_PER_S = 1024
"""A strap counts RR intervals in 1/1024 s."""
SHORTEST_TICKS, LONGEST_TICKS = 300 * TICKS_PER_S // 1000, 2000 * TICKS_PER_S // 1000
"""30 to 200 beats a minute; beyond lies no heart at work."""

# Flag bits of byte 0, Heart Rate Service 1.0, section 3.1.1.1.
_WIDE_RATE = 0x01
_CONTACT_ON = 0x02
_CONTACT_SUPPORTED = 0x04
_ENERGY = 0x08
_RR = 0x10


class Contact(Enum):
    """What the strap itself says about touching skin."""

    UNSUPPORTED = "unsupported"
    LOST = "lost"
    ON = "on"


class HeartRate(NamedTuple):
    """What one notification says. `None` is "not said"; a heart rate of 0 is "not said" too.

    No dataclass: making a frozen one would take longer than all the rest of `decode`.
    """

    hr_bpm: int | None
    contact: Contact
    energy_kj: int | None
    rr_ticks: tuple[int, ...]
    """RR intervals in 1/1024 s, oldest first."""
    incomplete: bool
    """Bytes were missing or left over; the field they belonged to was dropped."""


def decode(data: bytes) -> HeartRate:
    """Decode any bytes whatever; what cannot be read is left out, never guessed.

    Source: Bluetooth SIG, Heart Rate Service 1.0, section 3.1.
    """
    size = len(data)
    flags = data[0] if size else 0
    rate_end = 3 if flags & _WIDE_RATE else 2
    rr_at = rate_end + 2 if flags & _ENERGY else rate_end
    if size < rr_at:
        rate = int.from_bytes(data[1:rate_end], "little") if size >= rate_end else None
        return HeartRate(rate or None, _CONTACTS[flags], None, (), incomplete=True)
    rate = data[1] | data[2] << 8 if flags & _WIDE_RATE else data[1]
    energy = data[rate_end] | data[rate_end + 1] << 8 if flags & _ENERGY else None
    count = (size - rr_at) // 2 if flags & _RR else 0
    left_over = rr_at + 2 * count < size
    rr_ticks = _words(count).unpack_from(data, rr_at)
    return HeartRate(rate or None, _CONTACTS[flags], energy, rr_ticks, left_over)


def encode(
    hr_bpm: int,
    rr_ticks: Sequence[int] = (),
    contact: Contact = Contact.UNSUPPORTED,
    energy_kj: int | None = None,
) -> bytes:
    """Write the bytes a strap would send; RR intervals in 1/1024 s, each below 2**16."""
    flags = {Contact.UNSUPPORTED: 0, Contact.LOST: _CONTACT_SUPPORTED}.get(
        contact, _CONTACT_SUPPORTED | _CONTACT_ON
    )
    wide = hr_bpm > 0xFF
    flags |= (_WIDE_RATE if wide else 0) | (_RR if rr_ticks else 0)
    flags |= _ENERGY if energy_kj is not None else 0
    energy = b"" if energy_kj is None else energy_kj.to_bytes(2, "little")
    rate = hr_bpm.to_bytes(2 if wide else 1, "little")
    return bytes([flags]) + rate + energy + b"".join(t.to_bytes(2, "little") for t in rr_ticks)


@lru_cache(maxsize=256)  # an attribute holds 512 bytes, and so at most 255 intervals
def _words(count: int) -> Struct:
    return Struct(f"<{count}H")


def _contact(flags: int) -> Contact:
    if not flags & _CONTACT_SUPPORTED:
        return Contact.UNSUPPORTED
    return Contact.ON if flags & _CONTACT_ON else Contact.LOST


_CONTACTS = tuple(_contact(flags) for flags in range(256))
