"""The live road of a beat, in plain Python: artefacts, a sliding minute, the indicator."""

from collections.abc import Sequence

from softfront_signal.artefacts import Judge
from softfront_signal.baseline import Baseline, StillMinute
from softfront_signal.batch.series import Series
from softfront_signal.beats import Beat
from softfront_signal.hrv import SlidingWindow
from softfront_signal.indicator import Indicator
from softfront_signal.moments import Usual

MARK_MS = 5_000
# At rest and with some spread, as a first shift knows a person.
_MINUTES = [StillMinute(60_000 * i, 62 + i % 9, 30 + 2 * (i % 7)) for i in range(40)]


def beats_of(series: Series, most: int) -> list[Beat]:
    """Give the first beats of a day one by one."""
    columns = (series.t_ms, series.rr_ticks, series.run)
    rows = zip(*(column[:most].tolist() for column in columns), strict=True)
    return [Beat(t_ms, rr, run, uncertainty_ms=0, age_ms=0) for t_ms, rr, run in rows]


def hear(beats: Sequence[Beat]) -> int:
    """Take in beat after beat, and place each 5-s mark in the usual; count the marks."""
    judge, window, indicator = Judge(), SlidingWindow(), Indicator()
    usual, mark_ms, marks = _usual(), MARK_MS, 0
    for beat in beats:
        while mark_ms < beat.t_ms:
            indicator.consider(window.at(mark_ms), usual)
            mark_ms += MARK_MS
            marks += 1
        window.add(judge.judge(beat))
    return marks


def _usual() -> Usual:
    usual = Baseline(_MINUTES).usual(_MINUTES[-1].t_ms)
    assert usual is not None
    return usual
