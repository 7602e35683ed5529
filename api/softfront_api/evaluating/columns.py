"""Tables of numbers on disk, column by column; a line that is none is named."""

import csv
import gzip
import math
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import DamagedRecording

Floats: TypeAlias = NDArray[np.float64]


def rows(file: Path, *columns: str) -> Iterator[tuple[int, list[str]]]:
    """Give the named columns of each line, with its number; lines without anything are passed.

    Raises:
        DamagedRecording: the file breaks off, or lacks a column.
    """
    line = 1
    opened = gzip.open if file.suffix == ".gz" else open
    try:
        with opened(file, "rt", encoding="utf-8", newline="") as lines:
            read = csv.reader(lines)
            head = next(read, [])
            places = [head.index(column) for column in columns]
            for row in read:
                line = read.line_num
                if row:
                    yield line, [row[at] for at in places]
    except (OSError, EOFError, zlib.error, ValueError, IndexError, csv.Error) as broken:
        raise DamagedRecording(file, line) from broken


def numbers(file: Path, *columns: str) -> tuple[Floats, ...]:
    """Give columns of numbers; a blank is NaN.

    Raises:
        DamagedRecording: the file breaks off, or a line of it holds something else.
    """
    known: list[list[float]] = []
    for line, texts in rows(file, *columns):
        known.append([_number(file, line, text) for text in texts])
    table = np.array(known, np.float64).reshape(-1, len(columns))
    return tuple(np.ascontiguousarray(table[:, at]) for at in range(len(columns)))


def _number(file: Path, line: int, text: str) -> float:
    try:
        value = float(text) if text else math.nan
    except ValueError:
        raise DamagedRecording(file, line) from None
    if math.isinf(value):
        raise DamagedRecording(file, line)
    return value
