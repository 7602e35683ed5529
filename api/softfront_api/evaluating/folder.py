"""A folder of recordings: intervals of many people, and labels where somebody looked."""

import math
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from softfront_sensors.heart_rate import TICKS_PER_S
from softfront_signal.batch.series import Ints

from ..errors import DamagedRecording, FolderMissing, NoRecordings
from .columns import rows

_INTERVALS, _LABELS = "_rr_ms.csv.gz", "_labelled_beats.csv.gz"
# What the labels count in.
_SAMPLES_PER_S = 128
# Marks of the signal, the rhythm or a doubt (WFDB's codes): nothing beat there.
_NO_BEAT = frozenset('~+|"')
# Holters fall silent for a minute and more; a day without a beat is no recording.
_LONGEST_MS = 86_400_000.0


@dataclass(frozen=True, slots=True)
class Person:
    """One recording of a folder."""

    name: str
    rr_file: Path
    labels_file: Path | None


@dataclass(frozen=True, slots=True)
class Labelled:
    """Beats somebody looked at, one after another."""

    rr_ticks: Ints
    """The interval that ends at each beat but the first."""
    label: NDArray[np.str_]
    """What each of those beats was called: N, V, A …"""


def people(folder: Path) -> tuple[Person, ...]:
    """Find the recordings of a folder, by name.

    Raises:
        FolderMissing: there is no such folder.
        NoRecordings: it holds none.
    """
    if not folder.is_dir():
        raise FolderMissing(folder)
    found = sorted(folder.glob(f"subject_*{_INTERVALS}"))
    if not found:
        raise NoRecordings(folder, f"subject_*{_INTERVALS}")
    return tuple(_person(file) for file in found)


def _person(file: Path) -> Person:
    stem = file.name.removesuffix(_INTERVALS)
    labels = file.with_name(stem + _LABELS)
    return Person(stem.removeprefix("subject_"), file, labels if labels.exists() else None)


def intervals(file: Path) -> Ints:
    """Read a recording's intervals, in ticks.

    Raises:
        DamagedRecording: the file breaks off, or a line of it is no interval.
    """
    return np.array([_ticks(file, line, text) for line, (text,) in rows(file, "rr_ms")], np.int64)


def labelled(file: Path) -> Labelled:
    """Read labelled beats.

    Raises:
        DamagedRecording: the file breaks off, or a line of it is no beat after the one before.
    """
    at, label = list[int](), list[str]()
    for line, (sample, name) in rows(file, "sample128", "label"):
        if name in _NO_BEAT:
            continue
        if not sample.isdecimal() or (at and int(sample) <= at[-1]):
            raise DamagedRecording(file, line)
        at.append(int(sample))
        label.append(name)
    steps = [later - earlier for earlier, later in pairwise(at)]
    ticks = np.array(steps, np.int64) * TICKS_PER_S // _SAMPLES_PER_S
    if len(ticks) == 0:
        raise DamagedRecording(file, 1)
    return Labelled(ticks, np.array(label[1:], np.str_))


def _ticks(file: Path, line: int, text: str) -> int:
    try:
        rr_ms = float(text)
    except ValueError:
        rr_ms = math.nan
    if not 0 < rr_ms <= _LONGEST_MS:
        raise DamagedRecording(file, line)
    return round(rr_ms * TICKS_PER_S / 1000)
