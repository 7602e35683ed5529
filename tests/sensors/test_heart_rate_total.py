"""Ours against the second decoder: on all edges, on a million packets, and with slips put in."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from random import Random
from struct import pack

import pytest

from softfront_sensors.heart_rate import HeartRate, decode

from . import second_decoder
from .second_decoder import Decoder, differences, drawn, every_edge


def with_flags(change: Callable[[int], int]) -> Decoder:
    """Decode as if the flags were others."""
    return lambda data: decode(bytes(map(change, data[:1])) + data[1:])


def with_beats(change: Callable[[tuple[int, ...]], Iterable[int]]) -> Decoder:
    """Decode, and make something else of the intervals."""

    def slipped(data: bytes) -> HeartRate:
        said = decode(data)
        return said._replace(rr_ticks=tuple(change(said.rr_ticks)))

    return slipped


# What decoders in the world were seen to do, and what ours might come to.
SLIPS: dict[str, Decoder] = {
    "the most significant byte comes first": with_beats(
        lambda beats: (tick >> 8 | (tick & 0xFF) << 8 for tick in beats)
    ),
    "the energy is taken for a beat": with_flags(lambda flags: flags & 0xF7),
    "the rate is one byte always": with_flags(lambda flags: flags & 0xFE),
    "contact counts though it is not supported": with_flags(lambda flags: flags | flags << 1 & 4),
    "contact is never lost": with_flags(lambda flags: flags | flags >> 1 & 2),
    "beats are read that no flag announces": with_flags(lambda flags: flags | 0x10),
    "a reserved flag says something": with_flags(lambda flags: flags ^ flags >> 1 & 0x10),
    "there is one beat a packet": with_beats(lambda beats: beats[:1]),
    "there are nine beats at most": with_beats(lambda beats: beats[:9]),
    "the newest beat comes first": with_beats(reversed),
    "equal beats are one": with_beats(dict.fromkeys),
    "implausible beats are dropped": with_beats(
        lambda beats: filter(range(205, 2561).count, beats)
    ),
    "half a beat is filled up": lambda data: decode(data + b"\0"),
    "an odd byte is passed over": lambda data: decode(data)._replace(incomplete=False),
    "a rate of nothing is a rate": lambda data: decode(data)._replace(
        hr_bpm=decode(data).hr_bpm or 0
    ),
    "an empty packet raises": lambda data: decode(bytes([data[0]]) + data[1:]),
}


def test_every_edge_of_every_flag_is_read_as_the_specification_has_it() -> None:
    assert next(differences(decode, every_edge()), None) is None


def test_every_beat_is_two_bytes_of_the_packet_in_their_order() -> None:
    for data in every_edge():
        beats = decode(data).rr_ticks
        read = pack(f"<{len(beats)}H", *beats)
        rest = data[2 + data[0] % 2 + data[0] // 8 % 2 * 2 :] if beats else b""
        assert rest in (read, read + rest[-1:]), data.hex()


def test_a_million_packets_of_chance_are_read_as_the_specification_has_them() -> None:
    assert next(differences(decode, drawn(Random(2_037), 1_000_000)), None) is None


@pytest.mark.parametrize("slip", SLIPS)
def test_a_decoder_with_a_slip_is_found_out(slip: str) -> None:
    assert next(differences(SLIPS[slip], every_edge()), None), "the edges do not show it"


@pytest.mark.soak
def test_a_hundred_million_packets_are_read_as_the_specification_has_them() -> None:
    at_once = os.cpu_count() or 1
    script = [sys.executable, "-P", second_decoder.__file__]
    share = str(-(-100_000_000 // at_once))
    running = [
        subprocess.Popen([*script, str(seed), share], stderr=subprocess.PIPE, text=True)
        for seed in range(at_once)
    ]
    # Ten minutes where each has a core; an hour is for a machine with much else to do.
    told = [process.communicate(timeout=3600)[1] for process in running]
    assert told == [""] * at_once
