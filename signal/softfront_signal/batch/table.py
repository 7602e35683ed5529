"""A whole recording in one table: every measure before every mark, its error beside it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import BadMarks
from . import complexity, spectra, time_domain
from .artefacts import judge
from .series import Codes, Ints, Series
from .standard_error import errors

SPANS_S = (30, 60, 120, 300)
"""Half a minute for a line that moves, one for a state, two and five for what is kept."""
# What the 300 s of the time domain have said already.
_OF_EVERY_WINDOW = ("beats", "valid", "coverage", "flagged")
Column = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Table:
    """One row a mark, one column a number; NaN where a number is withheld.

    A name ends in its window, and an error in `_se`: `rmssd_ms_60s`, `rmssd_ms_60s_se`. What looks
    at 300 s only names none: `lf_ms2`, `hf_ms2`, `breathing_hz`, `rsa_ms`, `rsa_ms_se`,
    `dfa_alpha1`, `sample_entropy`; `coherence` looks at 64 s.
    """

    t_ms: Ints
    """The marks, each the end of its windows."""
    columns: Mapping[str, Column]
    intervals: Codes
    """What each interval is: a place in `artefacts.ARTEFACTS`, 0 for an NN interval."""

    def __len__(self) -> int:
        """Count the marks."""
        return len(self.t_ms)

    def __getitem__(self, name: str) -> Column:
        """Return a column, one number a mark."""
        return self.columns[name]

    def rows(self) -> Iterator[dict[str, float | int | None]]:
        """Give the marks one after the other, as plain numbers; `None` where one is withheld."""
        for at, t_ms in enumerate(self.t_ms):
            row = {name: column[at].item() for name, column in self.columns.items()}
            known = {name: None if value != value else value for name, value in row.items()}
            yield {"t_ms": int(t_ms), **known}


def analyse(
    ticks: ArrayLike,
    *,
    cuts: Iterable[int] = (),
    start_ms: int = 0,
    every_s: int = 60,
    spans_s: Iterable[int] = SPANS_S,
) -> Table:
    """Measure a recording of RR intervals, in whole 1/1024 s, in the order they came.

    `cuts` are the places before which beats are missing. Marks stand every `every_s` seconds of the
    clock that `start_ms` is told by. The numbers are those that live rooms give of the final
    verdicts on the same beats: to the last bit where they rest on whole numbers, else within 1e-12.
    A strap at a mark knows the verdicts on its latest three beats provisionally.

    Whether a rhythm may be measured at all is not decided here: live, nothing is said of a minute
    in which more than a tenth of the intervals are flagged (`flagged_60s`) or less than 80 % of
    the time is covered (`coverage_60s`).

    Raises:
        BadIntervals: what was given are no intervals; says which is the first that is none.
        BadMarks: marks or windows that last no time.
    """
    series = Series.of_ticks(ticks, cuts, start_ms)
    return measure(series, marks_of(series, start_ms, every_s), spans_s)


def measure(series: Series, marks_ms: Ints, spans_s: Iterable[int] = SPANS_S) -> Table:
    """Measure beats at their times, before marks that come in order."""
    codes = judge(series)
    columns: dict[str, Column] = {}
    for span_s in spans_s:
        for found in (
            time_domain.measure(series, codes, marks_ms, 1000 * span_s),
            errors(series, codes, marks_ms, 1000 * span_s),
        ):
            columns.update(_named(found, f"_{span_s}s"))
    columns.update(_named(spectra.measure(series, codes, marks_ms), ""))
    columns.update(_one("dfa_alpha1", complexity.dfa(series, codes, marks_ms)))
    columns.update(_one("sample_entropy", complexity.sample_entropy(series, codes, marks_ms)))
    return Table(marks_ms, columns, codes)


def marks_of(series: Series, start_ms: int, every_s: int) -> Ints:
    """Return every mark of the clock behind `start_ms`, up to the first behind the last beat."""
    if not isinstance(every_s, int) or every_s <= 0:
        raise BadMarks("marks lie whole seconds apart, one at least")
    step_ms = 1000 * every_s
    last_ms = int(series.t_ms[-1]) if len(series) else start_ms
    first, end = start_ms // step_ms + 1, -(-last_ms // step_ms) + 1
    return np.arange(first, end, dtype=np.int64) * step_ms


def _named(found: object, window: str) -> dict[str, Column]:
    """Name columns by their window; an error stays behind the number it belongs to."""
    columns: dict[str, Column] = {}
    for field in fields(found):  # type: ignore[arg-type]  # each of them is a dataclass
        name = field.name
        if name == "t_ms" or (not window and name in _OF_EVERY_WINDOW):
            continue
        measure, error, unit = name.partition("_se")
        columns[f"{measure}{unit}{window}{error}"] = getattr(found, name)
    return columns


def _one(name: str, found: complexity.Measured) -> dict[str, Column]:
    return {name: found.value, f"{name}_se": found.se}
