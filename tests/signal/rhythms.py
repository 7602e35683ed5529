"""Hearts whose swings are known, and wild streams of beats, for the rooms of spectra."""

from collections.abc import Iterable, Sequence
from math import pi, sin
from random import Random

import numpy as np

from softfront_signal.artefacts import Artefact, JudgedBeat
from softfront_signal.batch.series import Codes, Series
from softfront_signal.beats import Beat

from .making import START

Swings = Sequence[tuple[float, float]]


def swinging(
    swings: Swings, mean_ms: float = 850, length_s: float = 300, noise_ms: float = 0, seed: int = 1
) -> list[JudgedBeat]:
    """Make beats whose intervals swing by amplitudes in ms at frequencies in Hz."""
    draw, at_ms, made = Random(seed), 0.0, []
    while at_ms < 1000 * length_s:
        swing = sum(a * sin(2 * pi * hz * at_ms / 1000) for a, hz in swings)
        ticks = round((mean_ms + swing + draw.gauss(0, noise_ms)) * 1.024)
        at_ms += ticks / 1.024
        made.append(JudgedBeat(Beat(START + round(at_ms), ticks, 1, 0, 0), None))
    return [one for one in made if one.beat.t_ms <= START + 1000 * length_s]


def breathing(seed: int, hz: float = 0.25, pressure_ms: float = 20) -> list[JudgedBeat]:
    """Make a heart as hearts are: breaths of many lengths and depths, and waves that wander."""
    draw, made, at_ms, begun_ms, wave = Random(seed), [], 0.0, 0.0, [0.0, 0.0]
    breath_ms, depth_ms = 1000 / hz, 30.0
    while at_ms < 300_000:
        while at_ms >= begun_ms + breath_ms:
            begun_ms += breath_ms
            breath_ms = max(1500, 1000 / hz * draw.gauss(1, 0.1))
            depth_ms = 30 * 2 ** draw.gauss(0, 0.4)
        # A resonance at 0.1 Hz with a memory of some ten seconds, fed by chance at each beat.
        turn, last = 2 * pi * 0.1 * 0.85, wave[-1]
        wave = [last, 1.8 * np.cos(turn) * last - 0.81 * wave[0] + draw.gauss(0, pressure_ms / 3)]
        swing = depth_ms * sin(2 * pi * (at_ms - begun_ms) / breath_ms)
        ticks = round((850 + swing + wave[1] + draw.gauss(0, 3)) * 1.024)
        at_ms += ticks / 1.024
        made.append(JudgedBeat(Beat(START + round(at_ms), ticks, 1, 0, 0), None))
    return made[:-1]


def lost(made: Sequence[JudgedBeat], share: float, seed: int = 1) -> list[JudgedBeat]:
    """Lose beats here and there."""
    draw = Random(seed)
    return [one for one in made if draw.random() >= share]


def flagged(made: Iterable[JudgedBeat], share: float, seed: int = 1) -> list[JudgedBeat]:
    """Flag beats here and there, each spoilt."""
    draw = Random(seed)
    return [
        one
        if draw.random() >= share
        else JudgedBeat(
            Beat(one.beat.t_ms, one.beat.rr_ticks // 2, one.beat.run, 0, 0), Artefact.ECTOPIC
        )
        for one in made
    ]


def wild(seed: int, beats: int) -> list[JudgedBeat]:
    """Make a stream with gaps, cuts, artefacts and stretches without any swing."""
    draw, t_ms, run, level = Random(seed), START, 1, 900
    made: list[JudgedBeat] = []
    while len(made) < beats:
        kind = draw.random()
        if kind < 0.005:
            t_ms, run = t_ms + draw.randrange(1000, 90_000), run + 1
        elif kind < 0.04:
            level = draw.randrange(400, 1800)
        spread = draw.choice([0, 30, 200]) if kind < 0.3 else 60
        ticks = max(307, min(2048, level + draw.randint(-spread, spread)))
        t_ms += ticks * 1000 // 1024
        artefact = Artefact.ECTOPIC if draw.random() < 0.05 else None
        made.append(JudgedBeat(Beat(t_ms, ticks, run, 0, 0), artefact))
    return made


def columns(made: Sequence[JudgedBeat]) -> tuple[Series, Codes]:
    """Lay a stream out for the batch driver."""
    codes = np.array([one.artefact is not None for one in made], np.uint8)
    return Series.of(one.beat for one in made), codes
