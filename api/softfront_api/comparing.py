"""Does it help me: the moments at which chance chose, compared and told."""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from softfront_signal import effect as arithmetic
from softfront_signal import occasions
from softfront_signal.effect import percent
from softfront_signal.errors import BadOccasions

from .diary import Diary, Occasion
from .outcomes import Outcome
from .reasons import Text
from .shapes.common import TextOut
from .shapes.effect import Arm, Change, Effect, Estimate, LeftOut
from .untreated import Moment, untreated

_log = logging.getLogger(__name__)

# Whoever looks whenever they like sees something by chance in the end: one in five by 240 moments.
# So it is looked at at 48, 96, 192 … moments only, and claimed by an interval as wide as 99 %
# asks, which together keeps chance below one in twenty.
_SURE = 1.314
# Two of its three steps; who ends sooner has mostly done something else.
_TAKEN_S = 60
# An offer leaves after 90 s and a pause lasts as long: what begins later is no part of "before".
_TAKEN_WITHIN_MS = 3 * 60_000


@dataclass(frozen=True, slots=True)
class _Seen:
    """A moment at which chance chose, with what was measured around it."""

    chosen: Occasion
    outcome: Outcome
    taken: bool

    def at(self, zone: tzinfo | None) -> occasions.Occasion:
        clock = datetime.fromtimestamp(self.chosen.t_ms / 1000, zone)
        return occasions.Occasion(
            t_ms=self.chosen.t_ms,
            day=clock.toordinal(),
            offered=self.chosen.offered,
            p=self.chosen.p,
            taken=self.taken,
            around=self.outcome.around,
            hour=clock.hour + clock.minute / 60,
            minutes_since_activity=self.outcome.since_walk_min,
        )


def compare(diary: Diary, until_ms: int, zone: tzinfo | None, *, comparing: bool) -> Effect:
    """Tell what chance has shown by a moment up to which all there will be has been heard."""
    seen = _seen(diary, until_ms)
    found, text = _found([it.at(zone) for it in seen], untreated(diary, until_ms), zone)
    offered = _arm(it for it in seen if it.chosen.offered)
    silent = _arm(it for it in seen if not it.chosen.offered)
    do = Text("effect.clearer_without.do") if text.id == "effect.clearer_without" else None
    notes = [Text("effect.what"), Text("effect.feel")]
    missing = offered.missing + silent.missing
    if missing:
        notes.insert(1, Text("effect.missing", {"n": missing}))
    return Effect(
        comparing=comparing,
        n=sum(it.outcome.around.after is not None for it in seen),
        needed=found.needed,
        offered=offered,
        silent=silent,
        text=TextOut.of(text),
        do=TextOut.of(do) if do else None,
        rmssd=_percent(found.rmssd),
        heart_rate=_bpm(found.heart_rate),
        taken=_percent(found.taken, "effect.taken"),
        untreated=_change(found.untreated_from_rise, "effect.untreated"),
        naive=_change(found.naive, "effect.naive"),
        untreated_from_before=_change(found.untreated),
        notes=[TextOut.of(note) for note in notes],
    )


def _seen(diary: Diary, until_ms: int) -> list[_Seen]:
    """Give what has been measured, oldest first, one of each moment."""
    chosen = {it.t_ms: it for it in diary.occasions(0, until_ms)}
    begun = diary.pauses(min(chosen, default=0), max(chosen, default=0) + _TAKEN_WITHIN_MS)
    done = [it for it in reversed(begun) if (it.lasted_s or 0) >= _TAKEN_S]
    finished = {it.prompt_id: it.started_ms for it in done}  # the first, where there are several
    return [
        _Seen(it, Outcome.of_plain(it.outcome), taken=_taken(it, finished.get(it.id)))
        for it in chosen.values()
        if it.outcome is not None
    ]


def _taken(it: Occasion, started_ms: int | None) -> bool:
    return it.offered and started_ms is not None and started_ms < it.t_ms + _TAKEN_WITHIN_MS


def _at_look(chosen: Sequence[occasions.Occasion]) -> Sequence[occasions.Occasion]:
    """Take the moments up to the latest look, counted by those that have an outcome."""
    with_outcome = [at for at, it in enumerate(chosen) if it.around.after is not None]
    look = arithmetic.ENOUGH
    if len(with_outcome) < look:
        return chosen
    while 2 * look <= len(with_outcome):
        look *= 2
    return chosen[: with_outcome[look - 1] + 1]


def _found(
    chosen: Sequence[occasions.Occasion], held_back: Sequence[Moment], zone: tzinfo | None
) -> tuple[arithmetic.Effect, Text]:
    """Work it out, with its sentence; of what no heart can have told nothing is compared."""
    moments = [occasions.Untreated(_day(it.t_ms, zone), it.outcome.around) for it in held_back]
    try:
        found = arithmetic.effect(_at_look(chosen), moments)
    except BadOccasions as refused:
        _log.error("not compared: %s", refused)
        return arithmetic.effect((), moments), Text("effect.unusable")
    return found, _sentence(found)


def _sentence(found: arithmetic.Effect) -> Text:
    it = found.rmssd
    if it is None:
        return Text("effect.not_enough", {"n": found.n, "needed": found.needed})
    low, high, n = percent(it.low), percent(it.high), it.offered + it.silent
    within = _SURE * (it.high - it.low) / 2
    if it.value - within > 0:
        return Text("effect.clearer_with", {"low": low, "high": high, "n": n})
    if it.value + within < 0:  # seen from the other side
        turned = {"low": percent(-it.high), "high": percent(-it.low), "n": n}
        return Text("effect.clearer_without", turned)
    return Text("effect.unclear", {"low": low, "high": high, "n": n})


def _arm(seen: Iterable[_Seen]) -> Arm:
    after = [it.outcome.after for it in seen]
    why = Counter(it.missing for it in after if it.missing is not None)
    return Arm(
        n=len(after),
        missing=sum(it.ln_rmssd is None for it in after),
        why=[LeftOut.model_validate({"id": id_, "n": n}) for id_, n in sorted(why.items())],
    )


def _percent(it: arithmetic.Estimate | None, key: str | None = None) -> Estimate | None:
    if it is None:
        return None
    value, low, high = map(percent, (it.value, it.low, it.high))
    text = TextOut.of(Text(key, {"low": low, "high": high})) if key else None
    n = it.offered + it.silent
    return Estimate(value=value, low=low, high=high, unit="%", n=n, text=text)


def _bpm(it: arithmetic.Estimate | None) -> Estimate | None:
    if it is None:
        return None
    n = it.offered + it.silent
    return Estimate(value=it.value, low=it.low, high=it.high, unit="bpm", n=n, text=None)


def _change(it: arithmetic.Change | None, key: str | None = None) -> Change | None:
    if it is None:
        return None
    value, low, high = map(percent, (it.value, it.low, it.high))
    text = TextOut.of(Text(key, {"low": low, "high": high})) if key else None
    return Change(value=value, low=low, high=high, n=it.moments, days=it.days, text=text)


def _day(t_ms: int, zone: tzinfo | None) -> int:
    return datetime.fromtimestamp(t_ms / 1000, zone).toordinal()
