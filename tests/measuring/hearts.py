"""Whose beats are measured: recordings of a day, or a simulated one."""

import gzip
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from softfront_sensors.heart_rate import LONGEST_TICKS, SHORTEST_TICKS, TICKS_PER_S
from softfront_sensors.simulated import Episode, Kind, Person
from softfront_signal.batch.series import Ints, Series

_BEATS_A_DAY = 100_000
_WINDOW_TICKS = 300 * TICKS_PER_S
_UNTOLD = 0xFFFF


@dataclass(frozen=True, slots=True)
class Heart:
    """A day of intervals, one after the other."""

    name: str
    beats: Series

    def window_ms(self) -> list[float]:
        """Take five minutes near the middle in which no interval is out of range, in ms."""
        rr_ticks = self.beats.rr_ticks
        ends = np.cumsum(rr_ticks)
        within = (rr_ticks >= SHORTEST_TICKS) & (rr_ticks <= LONGEST_TICKS)
        for start in range(len(ends) // 2, len(ends), 50):
            stop = int(np.searchsorted(ends, ends[start] + _WINDOW_TICKS))
            if stop < len(ends) and within[start:stop].all():
                return [float(rr) * 1000 / TICKS_PER_S for rr in rr_ticks[start:stop]]
        raise ValueError(f"{self.name} has no five minutes of whole intervals in its second half")


def hearts(folder: Path | None) -> list[Heart]:
    """Read every recording of a folder laid out as `subject_*_rr_ms.csv.gz`, else simulate one."""
    files = sorted(folder.glob("subject_*_rr_ms.csv.gz")) if folder else []
    return [_read(file) for file in files] or [simulated()]


def simulated(beats: int = _BEATS_A_DAY, seed: int = 3) -> Heart:
    """Make a day with a walk and a strain in every hour."""
    episodes = [
        Episode(kind, 3600 * hour + start_s, 300)
        for hour in range(24)
        for kind, start_s in ((Kind.WALK, 300), (Kind.STRAIN, 2600))
    ]
    ticks = [rr for _, rr in islice(Person(seed, tuple(episodes)).beats(), beats)]
    return Heart("simulated", Series.of_ticks(ticks))


def _read(file: Path) -> Heart:
    with gzip.open(file, "rt", encoding="ascii") as lines:
        next(lines)
        ms = np.array([float(line) for line in lines])
    name = file.name.removesuffix("_rr_ms.csv.gz")
    return Heart(name, _laid(np.rint(ms * TICKS_PER_S / 1000).astype(np.int64)))


def _laid(rr_ticks: Ints) -> Series:
    """Lay out a recording; what is longer than a strap can say is lost time, and a cut."""
    lost = rr_ticks >= _UNTOLD
    t_ms, run = np.cumsum(rr_ticks) * 1000 // TICKS_PER_S, np.cumsum(lost, dtype=np.int64)
    return Series(t_ms[~lost], rr_ticks[~lost], run[~lost])
