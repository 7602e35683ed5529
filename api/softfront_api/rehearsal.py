"""Stored shifts gone through once more under other settings: the same rules, another choice."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from softfront_signal.arming import Arming
from softfront_signal.indicator import Departure, Indicator
from softfront_signal.moments import (
    MARK_MS,
    Band,
    Decision,
    Gate,
    Missing,
    State,
    Stillness,
    Usual,
    Window,
    Wording,
)
from softfront_signal.naming import state_of
from softfront_signal.threshold import Gone, Threshold
from softfront_signal.two_state import TwoState

from .diary import Skimmed, decision_id
from .settings import Settings
from .tact import (
    LATE_MS,
    Moment,
    Rhythm,
    Rules,
    TactState,
    WornShift,
    consider,
    draw,
    rhythm,
    settle,
)

# Most offers that hold are held for a minute; what is gone by then was no reason to speak.
STILL_MS = 60_000
_NOTHING, _INSIDE = Departure(), Departure(z_hr=0.0)
_WITHOUT_NUMBER = (State.OFF, State.CONTACT, State.NO_SIGNAL, State.MOVING, State.WARMUP)
_UNARMED = Gate("armed", False)
# Well inside, which gates were closed is not read; that one was is known.
_UNREAD = Gate("unread", False)
# Of these two only what is put in place is ever asked for.
_USUAL = Usual(Band(0, 0, 0), Band(0, 0, 0), 1.0, 0.0, 1.0, 1.0, 1.0, 0, 0, hourly=False)
_DECISION = Decision(
    t_ms=0,
    state=State.READY,
    since_ms=0,
    reason="",
    window=Window(0, None, None, 0, 0, 0, 0.0, 0.0),
    missing=Missing.NO_LINK,
    stillness=Stillness.UNKNOWN,
    still_s=None,
    usual=None,
    learnt_percent=0,
    z_hr=None,
    z_rmssd=None,
    route=None,
    held_s=0,
    needed_s=0,
    rise_ms=None,
    wording=Wording.PLAIN,
    gates=(),
    rule="",
    percentile=0,
    rule_version="",
)


@dataclass(frozen=True, slots=True)
class Lived:
    """One whole shift as it is stored."""

    from_ms: int
    to_ms: int
    marks: tuple[Skimmed, ...]
    odds: tuple[float | None, ...]
    """Of the two states, mark by mark."""

    @classmethod
    def of(cls, from_ms: int, to_ms: int, marks: tuple[Skimmed, ...]) -> "Lived":
        """Make a shift of its marks."""
        return cls(from_ms, to_ms, marks, tuple(_odds(marks)))


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What would have come of a shift."""

    offers: tuple[int, ...]
    """When they would have been made …"""
    still_outside: tuple[bool | None, ...]
    """… and whether it was still outside a minute later; `None` where that was not measured."""
    eligible: int
    """Marks at which an offer would have been allowed."""


class Rehearsal:
    """Some shifts in a row, as they would have gone by other settings.

    What was asked for at the time stays: snoozes, appointments, pauses, being with someone. Of the
    settings count what is watched, how far out, how often, the quiet hours, and chance.
    """

    def __init__(
        self,
        settings: Settings,
        gone: Sequence[Gone],
        shifts: Sequence[WornShift],
        seed: bytes | None,
    ) -> None:
        nothing = dict.fromkeys(("with_someone_until", "snoozed_until", "snoozed_shift"))
        self._settings = settings.model_copy(update=nothing)
        self._choice, self._shifts = settings.choice, shifts
        self._seed = seed if settings.compare else None
        self._threshold, self._gone, self._learnt = Threshold(), gone, 0
        self._usual = _USUAL
        self._tact = TactState()

    def go(self, lived: Lived) -> Rehearsed:
        """Go through the next shift."""
        usual = rhythm(self._shifts, lived.from_ms)
        shift = _Shift(lived.from_ms, usual)
        for mark, odds in zip(lived.marks, lived.odds, strict=True):
            self._learn(mark.t_ms)
            departure = self._place(shift, mark, odds)
            shift.look_back(mark, departure)
            open_ = mark.room and (not mark.arms or shift.arming.holds(departure))
            shift.arming.note(departure, at_rest=mark.at_rest)
            shift.eligible += open_
            # Only what holds, or waits, can become an offer.
            if departure.held or self._tact.deferred is not None:
                self._weigh(shift, mark, departure, open_)
            shift.watched = departure.watching
        return Rehearsed(tuple(shift.offers), shift.still_outside(), shift.eligible)

    def _learn(self, t_ms: int) -> None:
        """Take in the minutes before a mark: what counts as far is what was far until then."""
        learnt = self._learnt
        while learnt < len(self._gone) and self._gone[learnt].t_ms < t_ms:
            self._threshold.learn(self._gone[learnt])
            learnt += 1
        if learnt != self._learnt or self._usual is _USUAL:
            rate, drop = self._threshold.thetas(self._choice)
            self._usual = replace(_USUAL, theta_hr=rate, theta_rmssd=drop)
            self._learnt = learnt

    def _place(self, shift: "_Shift", mark: Skimmed, odds: float | None) -> Departure:
        if mark.z is None:
            shift.indicator = Indicator()
            return _NOTHING
        rate, drop = mark.z
        usual = self._usual
        inside = rate <= usual.theta_hr and (drop is None or drop <= usual.theta_rmssd)
        if inside and not shift.watched:
            return _INSIDE
        return shift.indicator.place(mark.t_ms, mark.z, usual, self._choice, odds)

    def _weigh(self, shift: "_Shift", mark: Skimmed, departure: Departure, open_: bool) -> None:
        shut = mark.shut or (() if open_ else (_UNARMED if mark.room else _UNREAD,))
        state = mark.state
        if state not in _WITHOUT_NUMBER:
            state = state_of(None, shut, departure)
        decision = replace(
            _DECISION,
            t_ms=mark.t_ms,
            state=state,
            route=departure.route,
            held_s=departure.held_s,
            needed_s=departure.needed_s,
            rise_ms=departure.rise_ms,
            wording=mark.wording,
            gates=shut,
            eligible=open_,
        )
        at = self._moment(shift, mark)
        verdict = consider(decision, self._tact, self._rules(mark), at)
        self._tact = settle(self._tact, decision, verdict, at)
        if verdict.speak:
            shift.offers.append(mark.t_ms)

    def _rules(self, mark: Skimmed) -> Rules:
        """Say what holds at a mark: what is set now, and what was asked for then."""
        soon_ms = mark.t_ms + 1
        rules = self._settings.rules(mark.t_ms, soon_ms if "calendar" in mark.asked else None)
        return replace(
            rules,
            snoozed_until_ms=soon_ms if "snoozed" in mark.asked else None,
            with_until_ms=soon_ms if "with_patient" in mark.asked else None,
        )

    def _moment(self, shift: "_Shift", mark: Skimmed) -> Moment:
        said = None
        if self._seed is not None:
            said = draw(self._seed, decision_id(mark.session, mark.t_ms))
        return Moment(
            session="",
            now_ms=mark.t_ms,
            late_ms=LATE_MS + 1 if "late" in mark.asked else 0,
            boot=None,
            mono_ms=0,
            lived_ms=0,
            shift_start_ms=shift.start_ms,
            in_pause="in_pause" in mark.asked,
            rhythm=replace(shift.usual, eligible_ms_so_far=MARK_MS * shift.eligible),
            draw=said,
        )


class _Shift:
    """A shift that is being gone through."""

    def __init__(self, start_ms: int, usual: Rhythm) -> None:
        self.start_ms, self.usual = start_ms, usual
        self.indicator, self.arming = Indicator(), Arming()
        self.watched, self.eligible = False, 0
        self.offers: list[int] = []
        self._outside: list[bool | None] = []

    def look_back(self, mark: Skimmed, departure: Departure) -> None:
        """Note at the first mark a minute after an offer whether it was still outside."""
        behind = len(self._outside)
        if behind < len(self.offers) and mark.t_ms >= self.offers[behind] + STILL_MS:
            self._outside.append(None if mark.z is None else departure.route is not None)

    def still_outside(self) -> tuple[bool | None, ...]:
        """Tell of each offer; a shift may have ended within the minute."""
        return (*self._outside, *[None] * (len(self.offers) - len(self._outside)))


def _odds(marks: Iterable[Skimmed]) -> Iterator[float | None]:
    """Hear the departures of a shift beforehand; where there is no number they begin anew."""
    two_state = TwoState()
    for mark in marks:
        if mark.z is None:
            two_state = TwoState()
        yield None if mark.z is None else two_state.hear(mark.t_ms, mark.z[0])
