"""Time to return, read from the marks that follow each rise."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, tzinfo
from itertools import groupby

from softfront_signal import recovery
from softfront_signal.indicator import clearly_inside
from softfront_signal.lasting import ENOUGH
from softfront_signal.moments import Missing
from softfront_signal.recovery import Mark, Return, after_pause, until_back, until_back_or_pause

from .diary import Reader, StoredMark, held_rises, marks_of
from .reasons import Text
from .shapes.common import TextOut
from .shapes.returns import Away, Fitted, OfDay, OfWeek, Returns, ReturnTrend, TimeToReturn

LONGEST_MS = 400 * 24 * 3_600_000
"""A year, and the weeks that reach over its ends."""
# A time away may have begun before the stretch; few last for longer, and what is left of those
# would be told as one of its own. A rise at its very end holds only after it.
_AROUND_MS = 2 * 3_600_000
# Most are over within some minutes, and what is not read need not be read.
_READ_MS = 6 * 60_000
_LONGEST_AWAY_MS = 24 * 3_600_000
# Within a time away a shift cannot end: two hours off the skin are told long before.
_ONE_SHIFT = 0


def returns(reader: Reader, from_ms: int, to_ms: int, zone: tzinfo | None) -> Returns:
    """Tell how long it took to come back from the rises that began in a stretch of time."""
    found = list(times_away(reader, from_ms, to_ms, zone))
    paused = sum(it.paused for it in found)
    return Returns(
        all=TimeToReturn.of(until_back(found)),
        with_pause=TimeToReturn.of(after_pause(found)),
        without_pause=TimeToReturn.of(until_back_or_pause(found)),
        paused=paused,
        each=[Away(date=_date(it.day), minutes=it.minutes, back=it.back) for it in found],
        days=[
            OfDay(date=_date(day), time=TimeToReturn.of(until_back(group)))
            for day, group in groupby(found, key=lambda it: it.day)
        ],
        weeks=[
            OfWeek(monday=_monday(week), time=TimeToReturn.of(until_back(group)))
            for week, group in groupby(found, key=lambda it: it.week)
        ],
        trend=_trend(found),
        notes=_notes(found, paused),
    )


def times_away(reader: Reader, from_ms: int, to_ms: int, zone: tzinfo | None) -> Iterator[Return]:
    """Give each time away whose rise began in a stretch of time, in order."""
    begin_ms = from_ms - _AROUND_MS
    pauses = [it.started_ms for it in reader.pauses(begin_ms, to_ms + _LONGEST_AWAY_MS)]
    done_ms = begin_ms
    for held_ms in held_rises(reader, begin_ms, to_ms + _AROUND_MS):
        if held_ms < done_ms:
            continue
        marks = _marks(reader, held_ms, done_ms)
        it = next(recovery.returns(marks, pauses, _calendar(zone)), None)
        if it is None:
            continue
        if it.rise_ms >= to_ms:
            return
        done_ms = it.until_ms + 1
        if it.rise_ms >= from_ms:
            yield it


def _marks(reader: Reader, from_ms: int, not_before_ms: int) -> Iterator[Mark]:
    """Read on from a held rise, as far as is asked for and as there is anything."""
    before_ms = 0
    for begin_ms in range(from_ms, from_ms + _LONGEST_AWAY_MS, _READ_MS):
        stored = marks_of(reader, begin_ms, begin_ms + _READ_MS)
        if not stored:
            return
        for it in stored:
            # Where one sender followed another, both may have a word on one mark.
            if it.t_ms > before_ms:
                yield _mark(it, not_before_ms)
            before_ms = it.t_ms


def _mark(it: StoredMark, not_before_ms: int) -> Mark:
    inside: bool | None = None
    if it.missing is None and it.usual is not None and it.z_hr is not None:
        inside = clearly_inside(it.rule, it.z_hr, it.z_rmssd, it.usual)
    return Mark(
        t_ms=it.t_ms,
        rise_ms=None if it.rise_ms is None else max(it.rise_ms, not_before_ms),
        held=it.rise_ms is not None and it.held_s >= it.needed_s,
        inside=inside,
        # A link that is down says nothing of the body: there, ten minutes without a number decide.
        worn=it.missing is not Missing.STRAP_OFF,
        shift=_ONE_SHIFT,
    )


def _calendar(zone: tzinfo | None) -> Callable[[int], int]:
    return lambda t_ms: datetime.fromtimestamp(t_ms / 1000, zone).toordinal()


def _date(day: int) -> str:
    return date.fromordinal(day).isoformat()


def _monday(week: int) -> str:
    return _date(7 * week + 1)


def _trend(found: Sequence[Return]) -> ReturnTrend:
    # Imported here: it needs numpy, which takes its time.
    from softfront_signal.shortening import WEEKS_NEEDED, full_weeks, trend

    line = trend(found)
    if line is None:
        weeks = full_weeks(found)
        none = Text("trend.not_enough", {"n": weeks})
        if weeks >= WEEKS_NEEDED:
            none = Text("return.not_enough", {"n": sum(it.back for it in found), "needed": ENOUGH})
        told = TextOut.of(none)
        return ReturnTrend(value=None, low=None, high=None, weeks=weeks, line=[], text=told)
    return ReturnTrend(
        value=line.value,
        low=line.low,
        high=line.high,
        weeks=line.weeks,
        line=[
            Fitted(monday=_monday(it.week), minutes=it.minutes, low=it.low, high=it.high)
            for it in line.line
        ],
        text=TextOut.of(_direction(line.low, line.high, line.weeks)),
    )


def _direction(low: float, high: float, weeks: int) -> Text:
    if high < 0:
        return Text("return.trend.shorter", {"weeks": weeks, "low": -high, "high": -low})
    which = "longer" if low > 0 else "unclear"
    return Text(f"return.trend.{which}", {"weeks": weeks, "low": low, "high": high})


def _notes(found: Sequence[Return], paused: int) -> list[TextOut]:
    lost = sum(not it.back for it in found)
    notes = [Text("return.censored", {"n": lost})] if lost else []
    if paused:
        notes += [Text("return.paused", {"n": paused}), Text("return.pause.help")]
    return [TextOut.of(note) for note in notes]
