"""What the body did over a stretch of time, measured from its beats."""

from collections.abc import Mapping
from itertools import groupby
from typing import Literal, TypeAlias

from softfront_sensors.packet import Packet
from softfront_signal.moments import MARK_MS, Missing
from softfront_signal.stretch import LEAD_MS, Stretch, measure_stretch

from .diary import Reader
from .straps import unit_of

Lack: TypeAlias = Literal["moved", "strap_off", "few_beats"]
"""Why a stretch has no number."""

_LEFT_OUT = {Missing.MOVING, Missing.STRAP_OFF, Missing.NO_LINK}
# A minute of a resting heart; fewer beats than half of that per minute are too few.
_BEATS_PER_MIN = 60


def measure(reader: Reader, from_ms: int, to_ms: int) -> Stretch:
    """Measure a stretch, leaving out what was moved through and what the strap was off for."""
    marks = reader.windows(from_ms, to_ms + MARK_MS + 1)
    without = [(w.window.t_ms, w.missing) for w in marks if w.missing in _LEFT_OUT and w.missing]
    stored = reader.readings(from_ms - LEAD_MS, to_ms + LEAD_MS)
    sessions = {
        name: [s.reading for s in of_one if isinstance(s.reading, Packet)]
        for name, of_one in groupby(stored, key=lambda s: s.session)
    }
    units = [unit_of(reader, name) for name in sessions]
    return measure_stretch(sessions.values(), without, from_ms, to_ms, units)


def lack(stretch: Stretch) -> Lack | None:
    """Say why a stretch has no number: what took most of it, or too few beats."""
    if stretch.heart_rate is not None:
        return None
    length_s = (stretch.to_ms - stretch.from_ms) // 1000
    if stretch.excluded and 2 * stretch.excluded[0][1] >= length_s:
        return "moved" if stretch.excluded[0][0] is Missing.MOVING else "strap_off"
    return "few_beats"


def beats(stretch: Stretch) -> Mapping[str, str | float | None]:
    """Say how many clear beats there were, of about how many."""
    length_s = (stretch.to_ms - stretch.from_ms) // 1000
    return {"beats": stretch.beats, "needed": length_s * _BEATS_PER_MIN // 60}
