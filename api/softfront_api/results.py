"""What the body did around a pause: measured from its beats, with what was left out."""

from dataclasses import dataclass

from softfront_signal.moments import Route, Usual

from .diary import Diary, Reader, StoredPause, line_of_pause
from .measuring import beats, lack, measure
from .pause import LENGTH_S, Span, Spans, spans
from .reasons import Text, place, utc
from .shapes.around import Mostly as MostlyOut
from .shapes.around import Part, Pause, part
from .shapes.around import Without as WithoutOut
from .shapes.common import Bands, TextOut
from .tact import LIFETIME_MS
from .without import Mostly, Without, without

_NO_STRAP = Text("result.sentence.no_strap")
# A pause by hand follows on no rise, so none of the moments that do is like it.
_NOT_ALIKE = Without(None, None, None)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What was known when a pause was offered, or begun by hand."""

    t_ms: int
    offered: bool
    rise_ms: int | None = None
    usual: Usual | None = None
    route: Route | None = None


def result(diary: Diary, pause: StoredPause, now_ms: int) -> Pause:
    """Tell a pause with all that is known at `now_ms`; what is still to come is `None`."""
    ground = _ground(diary, pause)
    lasted_s = LENGTH_S if pause.lasted_s is None else pause.lasted_s
    around = spans(pause.started_ms, lasted_s, ground.rise_ms)
    ended = pause.ended_ms is not None
    # A pause needs no strap; where no mark lies near it, there is nothing to promise.
    worn = diary.decision_near(pause.started_ms) is not None
    after = measured_part(diary, around.after) if ended and now_ms >= around.ready_ms else None
    alone = _alone(diary, ground) if after is not None else None
    sentence = _sentence(after, alone, ground, around, pause) if worn else _NO_STRAP
    line = line_of_pause(diary, pause.id)
    return Pause(
        id=pause.id,
        started_at=utc(pause.started_ms),
        ended_at=utc(pause.ended_ms) if pause.ended_ms is not None else None,
        lasted_s=pause.lasted_s,
        prompt_id=pause.prompt_id,
        sentence=TextOut.of(sentence),
        notes=[TextOut.of(note) for note in _notes(pause, ground.usual)],
        before=measured_part(diary, around.before),
        during=measured_part(diary, around.during) if ended else None,
        after=after,
        without=_row(alone, ground) if alone else None,
        ready_at=utc(around.ready_ms) if ended and after is None and worn else None,
        band=Bands.of(ground.usual),
        journal=line.text if line else None,
    )


def _ground(reader: Reader, pause: StoredPause) -> _Ground:
    """Find where the rise began that led to the pause, and what was usual then."""
    prompt = reader.prompt(pause.prompt_id) if pause.prompt_id else None
    # An offer that was put off came back for a rise of its own.
    t_ms = prompt.expires_ms - LIFETIME_MS if prompt else pause.started_ms
    stored = reader.decision_near(t_ms)
    if stored is None:
        return _Ground(t_ms, prompt is not None)
    it = stored.decision
    if prompt is None:
        return _Ground(t_ms, offered=False, usual=it.usual)
    return _Ground(t_ms, offered=True, rise_ms=it.rise_ms, usual=it.usual, route=it.route)


def _alone(diary: Diary, ground: _Ground) -> Without:
    return without(diary, ground.t_ms) if ground.offered else _NOT_ALIKE


def _row(alone: Without, ground: _Ground) -> WithoutOut:
    known = alone.hr_bpm is not None and alone.rmssd_ms is not None
    missing = Text(f"result.without.{'few' if ground.offered else 'by_hand'}")
    return WithoutOut(
        heart_rate=_mostly(alone.hr_bpm),
        rmssd=_mostly(alone.rmssd_ms),
        missing=None if known else TextOut.of(missing),
    )


def _mostly(it: Mostly | None) -> MostlyOut | None:
    return MostlyOut(value=it.value, low=it.low, high=it.high, n=it.n) if it else None


def measured_part(reader: Reader, span: Span) -> Part:
    """Tell one stretch, or why it has no number."""
    stretch = measure(reader, span.from_ms, span.to_ms)
    why_not = lack(stretch)
    values = beats(stretch) if why_not == "few_beats" else {}
    return part(stretch, Text(f"result.{why_not}", values) if why_not else None)


def _sentence(
    after: Part | None, alone: Without | None, ground: _Ground, around: Spans, pause: StoredPause
) -> Text:
    if after is None:
        ended = pause.ended_ms is not None
        ready = {"time": utc(around.ready_ms)} if ended else {}
        return Text("result.sentence.pending" if ended else "pause.name", ready)
    if after.missing is not None:
        ids = {"result.moved": "moving", "result.strap_off": "strap_off"}
        return Text(f"result.sentence.{ids.get(after.missing.id, 'poor_signal')}")
    usual = ground.usual
    if usual is None or after.heart_rate is None:
        return Text("result.sentence.no_band")
    rate = place(after.heart_rate.value, usual.heart_rate)
    variation = place(after.rmssd.value if after.rmssd else None, usual.rmssd)
    # Only an offer says that the range was left: "back" and "still" are said after one alone.
    offered = pause.prompt_id is not None
    if rate == "above":
        return Text("result.sentence.above" if offered else "result.sentence.above_now")
    if rate == "below" or variation in ("above", "below"):
        return Text("result.sentence.outside" if offered else "result.sentence.outside_now")
    if not offered:
        return Text("result.sentence.within")
    return Text(f"result.sentence.{_back(after, alone, ground)}")


def _back(after: Part, alone: Without | None, ground: _Ground) -> str:
    """Say of what is back inside whether that is more than mostly comes without a pause."""
    if alone is not None and _further(after, alone, ground.route):
        return "further"
    return "inside_too" if alone is not None and alone.back else "inside"


def _further(after: Part, alone: Without, route: Route | None) -> bool:
    """Ask whether all that had left the usual range lies beyond the middle half."""
    rate, variation = after.heart_rate, after.rmssd
    calmer = rate is not None and alone.hr_bpm is not None and rate.value < alone.hr_bpm.low
    fuller = (
        variation is not None
        and alone.rmssd_ms is not None
        and variation.value > alone.rmssd_ms.high
    )
    if route is Route.RMSSD:
        return fuller
    return calmer and (fuller or route is not Route.BOTH)


def _notes(pause: StoredPause, usual: Usual | None) -> list[Text]:
    notes = []
    if pause.lasted_s is not None and pause.lasted_s < LENGTH_S:
        notes.append(Text("result.ended_early", {"s": pause.lasted_s}))
    if usual is None:
        notes.append(Text("result.no_band"))
    notes.append(Text("result.one_pause"))
    return notes
