"""Frames of Polar's measurement service, written for tests by an encoder of our own."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

Samples: TypeAlias = Sequence[Sequence[int]]

ASK, START, STOP = 1, 2, 3
ACC = 2


def header(last_ns: int, frame_type: int, kind: int = ACC) -> bytes:
    return bytes([kind]) + last_ns.to_bytes(8, "little") + bytes([frame_type])


def plain(samples: Samples, size: int) -> bytes:
    values = (value for sample in samples for value in sample)
    return b"".join(value.to_bytes(size, "little", signed=True) for value in values)


def block(changes: Samples, bits: int) -> bytes:
    """Pack changes bit by bit, the lowest bit first."""
    stream = [value >> bit & 1 for change in changes for value in change for bit in range(bits)]
    eights = [stream[at : at + 8] for at in range(0, len(stream), 8)]
    packed = bytes(sum(bit << place for place, bit in enumerate(eight)) for eight in eights)
    return bytes([bits, len(changes)]) + packed


def width(changes: Samples) -> int:
    """The least bits that hold every change with its sign."""
    reach = max((value if value >= 0 else ~value for each in changes for value in each), default=0)
    return reach.bit_length() + 1


def delta(samples: Samples, size: int, each: int = 255) -> bytes:
    """Write the first sample whole, and then blocks of `each` changes."""
    changes = [[b - a for a, b in zip(one, two, strict=True)] for one, two in pairwise(samples)]
    blocks = [changes[at : at + each] for at in range(0, len(changes), each)]
    return plain(samples[:1], size) + b"".join(block(some, width(some)) for some in blocks)
