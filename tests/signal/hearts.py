"""Hearts made for tests: any that may come, and stationary ones whose long run is known."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import islice
from math import cos, sin, sqrt, tau
from random import Random

import numpy as np

from softfront_sensors.heart_rate import TICKS_PER_S
from softfront_sensors.simulated import Person
from softfront_signal.artefacts import JudgedBeat
from softfront_signal.batch.series import Codes, Ints, Series

from .making import START, judged


def stream(drawn: Sequence[tuple[int, bool, int]]) -> list[JudgedBeat]:
    """Make beats of intervals, each flagged or not, a cut before each that says 0."""
    made: list[JudgedBeat] = []
    run, at_ms = 1, START
    for rr, flagged, cut in drawn:
        if cut == 0:
            run, at_ms = run + 1, at_ms + 7000
        made += judged([rr], [0] if flagged else [], at_ms, run)
        at_ms = made[-1].beat.t_ms
    return made


def heart(seed: int) -> list[JudgedBeat]:
    """Make minutes of one of many hearts: fast or slow, steady or not, with gaps and artefacts."""
    draw = Random(seed)
    mean, spread = draw.uniform(400, 1500), draw.choice([0, 3, 30, 300])
    cut, flag = draw.choice([0.0, 0.01, 0.1]), draw.choice([0.0, 0.03, 0.3])
    return stream(
        [
            (max(1, round(draw.gauss(mean, spread))), draw.random() < flag, draw.random() >= cut)
            for _ in range(draw.randrange(500))
        ]
    )


def columns(beats: Sequence[JudgedBeat]) -> tuple[Series, Codes]:
    """Lay beats and their verdicts out for the batch driver."""
    codes = np.array([one.artefact is not None for one in beats], dtype=np.uint8)
    return Series.of(one.beat for one in beats), codes


def noise(draw: Random, mean_ms: float = 860.0, spread_ms: float = 20.0) -> Iterator[float]:
    """No interval knows of the one before it."""
    while True:
        yield draw.gauss(mean_ms, spread_ms)


def wandering(draw: Random, kept: float = 0.9, spread_ms: float = 40.0) -> Iterator[float]:
    """Each interval keeps much of the one before it."""
    away, fresh = 0.0, spread_ms * sqrt(1 - kept * kept)
    while True:
        away = kept * away + draw.gauss(0, fresh)
        yield 850 + away


def breathing(
    draw: Random,
    breath_hz: float,
    depth_ms: float,
    uneven: tuple[float, float],
    noise_ms: float,
    slow_ms: float = 15.0,
    mean_ms: float = 860.0,
) -> Iterator[float]:
    """Breathe, each breath a little faster or slower and deeper or shallower than the last.

    `uneven` is by how much, in shares; beside it run noise and the slow waves of blood pressure.
    """
    phase, pace, depth = draw.uniform(0, tau), breath_hz, depth_ms
    waves = _band(draw, tau * 0.1 * mean_ms / 1000, 0.9, slow_ms)
    while True:
        rr = mean_ms + depth * sin(phase) + next(waves) + draw.gauss(0, noise_ms)
        yield rr
        phase += tau * pace * rr / 1000
        if phase > tau:
            phase -= tau
            pace = breath_hz * max(0.4, draw.gauss(1, uneven[0]))
            depth = depth_ms * max(0.0, draw.gauss(1, uneven[1]))


def swelling(draw: Random, breath_hz: float, kept: float) -> Iterator[float]:
    """Breathe in a narrow band of noise, so that depth swells and fades over many breaths."""
    breath = _band(draw, tau * breath_hz * 0.86, kept, 25.0)
    waves = _band(draw, tau * 0.1 * 0.86, 0.9, 20.0)
    while True:
        yield 860 + next(breath) + next(waves) + draw.gauss(0, 8)


def _band(draw: Random, turn: float, kept: float, spread_ms: float) -> Iterator[float]:
    """Give noise in a band around one frequency, in radians a beat."""
    one, two = 2 * kept * cos(turn), -kept * kept
    last = before = 0.0
    fresh = spread_ms / sqrt((1 - two) / ((1 + two) * ((1 - two) ** 2 - one**2)))
    while True:
        last, before = one * last + two * before + draw.gauss(0, fresh), last
        yield last


def at_rest(draw: Random) -> Iterator[float]:
    """Be the simulated caregiver, undisturbed."""
    for _, ticks in Person(draw.randrange(1 << 30)).beats():
        yield ticks * 1000 / TICKS_PER_S


STATIONARY: dict[str, Callable[[Random], Iterator[float]]] = {
    "noise": noise,
    "fast": lambda draw: noise(draw, 650, 5),
    "wandering": wandering,
    "wandering slowly": lambda draw: wandering(draw, 0.97, 50),
    "breathing faintly": lambda draw: breathing(draw, 0.24, 15, (0.15, 0.3), 12),
    "breathing": lambda draw: breathing(draw, 0.25, 30, (0.1, 0.2), 8),
    "breathing fast": lambda draw: breathing(draw, 0.3, 20, (0.1, 0.2), 6, 25, 750),
    "breathing evenly": lambda draw: breathing(draw, 0.25, 45, (0.03, 0.05), 5, 10, 900),
    "breathing by a pacer": lambda draw: breathing(draw, 0.2, 25, (0, 0), 10, 10, 820),
    "breathing slowly": lambda draw: breathing(draw, 0.15, 40, (0.1, 0.2), 8),
    "breathing six a minute": lambda draw: breathing(draw, 0.1, 80, (0.03, 0.08), 8, 10),
    "at rest": at_rest,
}


@cache
def intervals(name: str, beats: int) -> Ints:
    """Return the intervals of a stationary heart in ticks; the same name, the same heart."""
    drawn = islice(STATIONARY[name](Random(name)), beats)
    return np.array([max(1, round(rr * 1.024)) for rr in drawn], dtype=np.int64)


def lost(count: int, share: float, row: int, seed: int = 1) -> Codes:
    """Flag a share of `count` beats, in rows of `row`."""
    draw, codes, at = Random(seed), np.zeros(count, dtype=np.uint8), 0
    while share and at < count:
        # So many good beats lie between two rows, in the mean.
        at += round(draw.expovariate(share / (row * (1 - share))))
        codes[at : at + row] = 1
        at += row
    return codes
