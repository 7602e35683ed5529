"""A second decoder of 0x2A37, plain and slow, and the packets on which both must agree.

It was written from the words of the Heart Rate Service 1.0, section 3.1, beside ours and not after
it. As a program it draws packets until it has drawn enough: `second_decoder.py SEED COUNT`.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from itertools import product
from random import Random
from struct import calcsize, unpack
from typing import TypeAlias

from softfront_sensors.heart_rate import Contact, HeartRate, decode

Decoder: TypeAlias = Callable[[bytes], HeartRate]

LENGTHS = range(26)
"""Of a whole packet. At the smallest MTU a strap sends 20 bytes at most."""

# An attribute's value has 512 bytes at most; one packet in a hundred or so is that long.
_LONG = (100, 243, 244, 511, 512)
_LENGTHS, _OFTEN = (*LENGTHS, *_LONG), (20,) * len(LENGTHS) + (1,) * len(_LONG)
_EDGES = b"\x00\x01\x7f\x80\xff"
_PATTERNS = (
    *(bytes([edge]) * 25 for edge in _EDGES),
    b"\x00\xff" * 13,
    b"\xff\x00" * 13,
    b"\x01\x00" * 13,
    b"\x00\x80" * 13,
    b"\xff\x7f" * 13,
    bytes(range(25)),
    bytes(range(255, 230, -1)),
)
_AT_ONCE = 100_000


def read(data: bytes) -> HeartRate:
    """Take one field after the other from the packet, as the specification lists them."""
    rest, short = BytesIO(data), False

    def take(code: str) -> int | None:
        nonlocal short
        size = calcsize(code)
        field = rest.read(size)
        if len(field) < size:
            short = True
            return None
        return int(unpack(code, field)[0])

    flags = take("<B") or 0
    rate = take("<H") if flags % 2 else take("<B")  # bit 0: the format of the heart rate
    contact = (Contact.UNSUPPORTED, Contact.UNSUPPORTED, Contact.LOST, Contact.ON)[flags // 2 % 4]
    energy = take("<H") if flags // 8 % 2 else None
    intervals = []
    while flags // 16 % 2 and rest.tell() < len(data):
        intervals.append(take("<H"))
    whole = tuple(interval for interval in intervals if interval is not None)
    if rate == 0:  # "not said", as this house reads it; the specification is silent on it
        rate = None
    return HeartRate(rate, contact, energy, whole, short or rest.tell() < len(data))


def every_edge() -> Iterator[bytes]:
    """Give all flags with all edge values up to 5 bytes, and at every length with each pattern."""
    yield b""
    for flags in range(256):
        for length in range(5):
            yield from (bytes([flags, *values]) for values in product(_EDGES, repeat=length))
        for length in LENGTHS[6:]:
            yield from (bytes([flags]) + pattern[: length - 1] for pattern in _PATTERNS)


def drawn(chance: Random, count: int) -> Iterator[bytes]:
    """Draw packets of any bytes whatever."""
    for begin in range(0, count, _AT_ONCE):
        lengths = chance.choices(_LENGTHS, _OFTEN, k=min(_AT_ONCE, count - begin))
        stuff, at = chance.randbytes(sum(lengths)), 0
        for length in lengths:
            yield stuff[at : at + length]
            at += length


def differences(decoder: Decoder, packets: Iterable[bytes]) -> Iterator[str]:
    """Say where a decoder and the second one do not agree; an exception is no answer either."""
    for data in packets:
        said: HeartRate | str
        try:
            said = decoder(data)
        except Exception as error:  # whatever it is: a total function raises nothing
            said = repr(error)
        if said != read(data):
            yield f"{data.hex()}: {said}, not {read(data)}"


def main(seed: int, count: int) -> str | None:
    """Name the first difference; `None` where there is none."""
    return next(differences(decode, drawn(Random(seed), count)), None)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
