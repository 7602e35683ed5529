"""Numbers others published, and the intervals they are of."""

import csv
import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from softfront_sensors.heart_rate import TICKS_PER_S
from softfront_signal.batch.series import Ints, Series
from softfront_signal.batch.time_domain import measure

VECTORS = Path(__file__).parent / "vectors"
# What the toolbox took for a second; the recordings have 128 samples in one.
TOOLBOX_HZ = 125
# Numbers in ms are as many times larger as their intervals were taken too small.
MS_AS_TICKS = TICKS_PER_S / 1000
CLOSE = 0.001
_SPAN_MS = 300_000


@dataclass(frozen=True, slots=True)
class Reference:
    """One window as the PhysioNet toolbox measured it."""

    start_s: float
    mean_ms: float
    sdnn_ms: float
    rmssd_ms: float
    pnn50: float
    sd1_ms: float
    sd2_ms: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many clean reference windows there are, and in how many all three numbers agree."""

    clean: int
    close: int


@cache
def pyhrv_nni_ms() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the short and the long series that come with pyHRV."""
    text = "\n".join(_lines(VECTORS / "pyhrv_nni.txt"))
    short, long = (tuple(int(word) for word in part.split()) for part in text.split("\n\n"))
    return short, long


@cache
def toolbox_windows() -> tuple[tuple[Reference, tuple[int, ...]], ...]:
    """Return six clean windows, and the intervals in them in samples."""
    rows = csv.DictReader(_lines(VECTORS / "physionet_nsr001.csv"))
    return tuple(
        (_reference(row), tuple(int(word) for word in row["rr_samples"].split())) for row in rows
    )


def toolbox_series(rr_samples: Sequence[int] | Ints) -> Series:
    """Lay out intervals on the toolbox's clock, with its milliseconds in the place of ticks.

    Rounding to ticks would shift its few different differences, so numbers in ms are scaled
    instead: by `MS_AS_TICKS`.
    """
    rr_ms = np.asarray(rr_samples, dtype=np.int64) * (1000 // TOOLBOX_HZ)
    # An interval of a minute is no interval.
    return Series(np.cumsum(rr_ms), np.minimum(rr_ms, 0xFFFF), np.zeros_like(rr_ms))


def toolbox_agreement(folder: Path) -> Iterator[tuple[str, Agreement]]:
    """Hold our numbers against every reference file of a folder laid out as `rr24h` is."""
    for file in sorted(folder.glob("toolbox_reference_*.csv")):
        name = file.stem.removeprefix("toolbox_reference_")
        with file.open(encoding="utf-8") as lines:
            references = [_reference(row, "t_start") for row in csv.DictReader(lines)]
        yield name, _agreement(references, folder / f"subject_{name}_labelled_beats.csv.gz")


def _agreement(references: Sequence[Reference], beats: Path) -> Agreement:
    with gzip.open(beats, "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    samples = np.array([int(row["sample128"]) for row in rows], dtype=np.int64)
    normal = np.array([row["label"] == "N" for row in rows])
    rr = np.diff(samples)
    series = toolbox_series(rr)
    jumps = np.abs(np.diff(rr, prepend=rr[:1])) > 0.2 * np.concatenate((rr[:1], rr[:-1]))
    odd = jumps | ~(normal[1:] & normal[:-1])
    ends_ms = np.array([1000 * r.start_s + _SPAN_MS for r in references]).astype(np.int64)
    found = measure(series, np.zeros(len(series), dtype=np.uint8), ends_ms, _SPAN_MS)
    odd_in = measure(series, odd.astype(np.uint8), ends_ms, _SPAN_MS)
    clean = (odd_in.flagged == 0) & (found.differences >= 20)
    close = [
        near(60_000 / found.hr_bpm[at] * MS_AS_TICKS, r.mean_ms)
        and near(found.sdnn_ms[at] * MS_AS_TICKS, r.sdnn_ms)
        and near(found.rmssd_ms[at] * MS_AS_TICKS, r.rmssd_ms)
        for at, r in enumerate(references)
        if clean[at]
    ]
    return Agreement(len(close), sum(close))


def near(ours: Any, theirs: float) -> bool:
    """Say whether two numbers agree within a thousandth."""
    return bool(abs(ours - theirs) <= CLOSE * theirs)


def _reference(row: dict[str, Any], start: str = "t_start") -> Reference:
    columns = (start, "NNmean", "SDNN", "RMSSD", "pnn50", "SD1", "SD2")
    return Reference(*(float(row[column]) for column in columns))


def _lines(file: Path) -> list[str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]
