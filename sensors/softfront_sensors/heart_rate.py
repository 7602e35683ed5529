"""One Heart Rate Measurement (0x2A37), decoded byte by byte."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

TICKS_PER_S = 1024
"""A strap counts RR intervals in 1/1024 s."""

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


@dataclass(frozen=True, slots=True)
class HeartRate:
    """What one notification says. `None` is "not said"; a heart rate of 0 is "not said" too."""

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
    if not data:
        return HeartRate(None, Contact.UNSUPPORTED, None, (), incomplete=True)
    flags, at = data[0], 1
    rate, at, short_rate = _uint(data, at, 2 if flags & _WIDE_RATE else 1)
    energy, short_energy = None, False
    if flags & _ENERGY:
        energy, at, short_energy = _uint(data, at, 2)
    end = at + (len(data) - at) // 2 * 2 if flags & _RR else at
    left_over = end < len(data)
    return HeartRate(
        hr_bpm=rate or None,
        contact=_contact(flags),
        energy_kj=energy,
        rr_ticks=tuple(data[i] | data[i + 1] << 8 for i in range(at, end, 2)),
        incomplete=short_rate or short_energy or left_over,
    )


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


def _uint(data: bytes, at: int, size: int) -> tuple[int | None, int, bool]:
    """Read one little-endian field; its value, the next place, and whether it was cut short."""
    field = data[at : at + size]
    if len(field) < size:
        return None, len(data), True
    return int.from_bytes(field, "little"), at + size, False


def _contact(flags: int) -> Contact:
    if not flags & _CONTACT_SUPPORTED:
        return Contact.UNSUPPORTED
    return Contact.ON if flags & _CONTACT_ON else Contact.LOST
