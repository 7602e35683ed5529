"""Spoilt on purpose: quiet stretches, and the artefacts that are put into them."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from softfront_sensors.heart_rate import LONGEST_TICKS, SHORTEST_TICKS
from softfront_signal.batch.series import Ints

LENGTH = 1200
"""Beats in a stretch: about a quarter of an hour."""
SHARE = 0.02
"""Of its beats, as many are spoilt."""
# One of each half hour of a day and a night.
_STRETCHES = 48
# Quiet is where no neighbour jumps by more.
_JUMP = 0.25
# What is spoilt lies apart, so that one is not hidden by the next.
_APART = 8


class Spoil(Enum):
    """What is done to a beat."""

    NOTHING = "nothing"
    MISSED = "missed"
    """It is not seen: two intervals become one."""
    EXTRA = "extra"
    """Another is seen before it: one interval becomes two, cut between a fifth and four fifths."""
    ECTOPIC = "ectopic"
    """It comes 20 to 40 % early, and the next one comes when it would have."""
    MISALIGNED = "misaligned"
    """It is seen a tenth of its interval early or late, and the next one where it was."""


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A stretch with artefacts in it."""

    rr_ticks: Ints
    event: Ints
    """For each interval the number of the event that spoilt it, from 0; -1 where none did."""
    events: int


def quiet(rr_ticks: Ints) -> list[Ints]:
    """Take the first quiet stretch from each of 48 equal parts of a recording, where it has one."""
    parts = min(_STRETCHES, len(rr_ticks) // LENGTH)
    found = (_first_quiet(part) for part in np.array_split(rr_ticks, parts)) if parts else ()
    return [stretch for stretch in found if stretch is not None]


def _first_quiet(rr_ticks: Ints) -> Ints | None:
    out = (rr_ticks < SHORTEST_TICKS) | (rr_ticks > LONGEST_TICKS)
    jump = np.abs(np.diff(rr_ticks)) > _JUMP * rr_ticks[:-1]
    # How many breaks of quiet lie before each beat: where none lies between, it is one stretch.
    beats = np.concatenate(([0], np.cumsum(out)))
    steps = np.concatenate(([0], np.cumsum(jump)))
    within_beats = beats[LENGTH:] - beats[:-LENGTH]
    within_steps = steps[LENGTH - 1 :] - steps[: len(steps) - LENGTH + 1]
    starts = np.flatnonzero(within_beats + within_steps == 0)
    return rr_ticks[starts[0] : starts[0] + LENGTH] if len(starts) else None


def spoil(rr_ticks: Ints, kind: Spoil, draw: np.random.Generator) -> Spoilt:
    """Spoil 2 % of the beats of a stretch, at places drawn by chance."""
    if kind is Spoil.NOTHING:
        return Spoilt(rr_ticks, np.full(len(rr_ticks), -1), 0)
    pieces: list[list[int]] = []
    events: list[Ints] = []
    at = 0
    places = _places(len(rr_ticks), round(SHARE * len(rr_ticks)), draw)
    for number, place in enumerate(places):
        pieces.append(rr_ticks[at:place].tolist())
        made, used = _made(kind, int(rr_ticks[place]), int(rr_ticks[place + 1]), draw)
        pieces.append(made)
        events += [np.full(place - at, -1), np.full(len(made), number)]
        at = place + used
    pieces.append(rr_ticks[at:].tolist())
    events.append(np.full(len(rr_ticks) - at, -1))
    spoilt = np.array([rr for piece in pieces for rr in piece], np.int64)
    return Spoilt(spoilt, np.concatenate(events), len(places))


def _places(beats: int, events: int, draw: np.random.Generator) -> NDArray[np.int64]:
    """Draw places that lie apart from one another and from both ends, all sets alike likely."""
    free = beats - _APART * (events + 1)
    return np.sort(draw.choice(free, events, replace=False)) + _APART * np.arange(1, events + 1)


def _made(kind: Spoil, rr: int, then: int, draw: np.random.Generator) -> tuple[list[int], int]:
    """Spoil one beat; return the intervals that come of it, and how many they stand for."""
    if kind is Spoil.MISSED:
        return [rr + then], 2
    if kind is Spoil.EXTRA:
        first = round(rr * draw.uniform(0.2, 0.8))
        return [first, rr - first], 1
    if kind is Spoil.ECTOPIC:
        early = round(rr * draw.uniform(0.2, 0.4))
        return [rr - early, then + early], 2
    off = round(rr * draw.choice((-0.1, 0.1)))
    return [rr + off, then - off], 2
