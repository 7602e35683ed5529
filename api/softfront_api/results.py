"""What the body did around a pause: measured from its beats, with what was left out."""

from softfront_signal.moments import Decision, Usual

from .diary import Reader, StoredPause
from .measuring import beats, lack, measure
from .pause import LENGTH_S, Span, Spans, spans
from .reasons import Text, place, utc
from .shapes.around import Part, Pause, part
from .shapes.common import Bands, TextOut
from .tact import LIFETIME_MS

_NO_STRAP = Text("result.sentence.no_strap")


def result(reader: Reader, pause: StoredPause, now_ms: int) -> Pause:
    """Tell a pause with all that is known at `now_ms`; what is still to come is `None`."""
    rise_ms, usual = _ground(reader, pause)
    lasted_s = LENGTH_S if pause.lasted_s is None else pause.lasted_s
    around = spans(pause.started_ms, lasted_s, rise_ms)
    ended = pause.ended_ms is not None
    # A pause needs no strap; where no mark lies near it, there is nothing to promise.
    worn = reader.decision_near(pause.started_ms) is not None
    after = _part(reader, around.after) if ended and now_ms >= around.ready_ms else None
    line = reader.journal_of(pause.id)
    return Pause(
        id=pause.id,
        started_at=utc(pause.started_ms),
        ended_at=utc(pause.ended_ms) if pause.ended_ms is not None else None,
        lasted_s=pause.lasted_s,
        prompt_id=pause.prompt_id,
        sentence=TextOut.of(_sentence(after, usual, around, pause) if worn else _NO_STRAP),
        notes=[TextOut.of(note) for note in _notes(pause, usual)],
        before=_part(reader, around.before),
        during=_part(reader, around.during) if ended else None,
        after=after,
        ready_at=utc(around.ready_ms) if ended and after is None and worn else None,
        band=Bands.of(usual),
        journal=line.text if line else None,
    )


def _ground(reader: Reader, pause: StoredPause) -> tuple[int | None, Usual | None]:
    """Find where the rise began that led to the pause, and what was usual then."""
    prompt = reader.prompt(pause.prompt_id) if pause.prompt_id else None
    # An offer that was put off came back for a rise of its own.
    moment = prompt.expires_ms - LIFETIME_MS if prompt else pause.started_ms
    stored = reader.decision_near(moment)
    decision: Decision | None = stored.decision if stored else None
    if decision is None:
        return None, None
    return (decision.rise_ms if prompt else None), decision.usual


def _part(reader: Reader, span: Span) -> Part:
    stretch = measure(reader, span.from_ms, span.to_ms)
    why_not = lack(stretch)
    values = beats(stretch) if why_not == "few_beats" else {}
    return part(stretch, Text(f"result.{why_not}", values) if why_not else None)


def _sentence(after: Part | None, usual: Usual | None, around: Spans, pause: StoredPause) -> Text:
    if after is None:
        ended = pause.ended_ms is not None
        ready = {"time": utc(around.ready_ms)} if ended else {}
        return Text("result.sentence.pending" if ended else "pause.name", ready)
    if after.missing is not None:
        ids = {"result.moved": "moving", "result.strap_off": "strap_off"}
        return Text(f"result.sentence.{ids.get(after.missing.id, 'poor_signal')}")
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
    return Text("result.sentence.inside" if offered else "result.sentence.within")


def _notes(pause: StoredPause, usual: Usual | None) -> list[Text]:
    notes = []
    if pause.lasted_s is not None and pause.lasted_s < LENGTH_S:
        notes.append(Text("result.ended_early", {"s": pause.lasted_s}))
    if usual is None:
        notes.append(Text("result.no_band"))
    notes.append(Text("result.one_pause"))
    return notes
