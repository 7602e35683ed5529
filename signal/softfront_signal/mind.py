"""What one window means for this one person: usual or not, for how long, and whether to speak."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from .arming import Arming
from .baseline import Baseline, StillMinute
from .gates import EFFORT_MS, Situation, gates, rested, settled
from .hrv import SPAN_MS
from .indicator import RULE_VERSION, Departure, Indicator
from .moments import (
    LIVE,
    MARK_MS,
    UNCHOSEN,
    Answer,
    Choice,
    Decision,
    Gate,
    Missing,
    Moved,
    Needs,
    Soothing,
    State,
    Stillness,
    Usual,
    Window,
    Wording,
)
from .naming import reason_of, state_of
from .threshold import Gone, Threshold

# The proxy looks at five minutes; a walk at their beginning would be in it.
_LONG_S = 5 * 60
# An offer and its pause are not the usual: ten minutes around them are not learnt.
_OFFERED_MS = 10 * 60_000
_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known at one mark, before anything is made of it."""

    window: Window
    missing: Missing | None
    moved: Moved
    worn_s: int
    since_beat_s: int | None = None


def _nothing() -> None:
    return None


class Mind:
    """One person's usual, and how far from it they are; windows in, decisions out."""

    def __init__(
        self,
        baseline: Baseline,
        threshold: Threshold | None = None,
        choice: Choice = UNCHOSEN,
        needs: Needs = LIVE,
    ) -> None:
        self.choice = choice
        self._baseline, self._threshold = baseline, threshold or Threshold()
        self._indicator, self._needs = Indicator(), needs
        self._effort_until_ms: int | None = None
        self._no_learning_before_ms = 0
        self._minute_ms = 0
        self._alarmed = False
        self._arming = Arming()
        self._stands: tuple[State, int] | None = None
        self._mark_ms = 0

    def begin_shift(self) -> None:
        """Carry nothing over from before: a strap was off for hours."""
        self._indicator, self._stands = Indicator(), None
        self._alarmed, self._arming = False, Arming()

    def offered(self, t_ms: int) -> None:
        """Take in that a pause was offered or begun, or when a practice ends.

        The minutes around it are not the usual.
        """
        self._no_learning_before_ms = max(self._no_learning_before_ms, t_ms + _OFFERED_MS)
        self._baseline.refuse_waiting()

    def answered(self, t_ms: int, answer: Answer) -> None:
        """Take in what a person said: effort, or another cause, closes a gate for a while."""
        if answer in (Answer.WAS_MOVING, Answer.OTHER_CAUSE):
            self._effort_until_ms = t_ms + EFFORT_MS

    def decide(
        self,
        seen: Seen,
        look: Callable[[], Soothing | None] = _nothing,
        *,
        again: bool = False,
    ) -> Decision:
        """Decide about the next mark.

        `look` measures the proxy, and is asked where a body has been still for long enough; of
        what is heard `again` only where it is learnt.
        """
        window, moved, t_ms = seen.window, seen.moved, seen.window.t_ms
        quiet = self._quiet(seen)
        free = quiet and self._free_to_learn(window)
        long_still = moved.still_s is None or moved.still_s >= _LONG_S
        soothing = look() if long_still and (free if again else quiet) else None
        learnt_ms = self._baseline.learn(t_ms)
        usual = self._usual(t_ms)
        departure = self._consider(seen, usual)
        stood = gates(self._situation(seen, usual, departure))
        at_rest = rested(moved) or not self._needs.motion
        self._arming.note(departure, at_rest=at_rest)
        eligible = all(gate.open for gate in stood)
        self._learn(seen, departure, soothing, free=free, eligible=eligible)
        decision = self._told(seen, usual, departure, stood)
        return replace(decision, learnt_ms=learnt_ms, soothing=soothing, eligible=eligible)

    def _told(
        self, seen: Seen, usual: Usual | None, departure: Departure, stood: tuple[Gate, ...]
    ) -> Decision:
        moved, t_ms = seen.moved, seen.window.t_ms
        state = state_of(seen.missing, stood, departure)
        return Decision(
            t_ms=t_ms,
            state=state,
            since_ms=self._since(state, t_ms),
            reason=reason_of(seen.missing, stood, departure),
            window=seen.window,
            missing=seen.missing,
            stillness=moved.stillness,
            still_s=moved.still_s,
            moved=moved.amount,
            usual=usual,
            learnt_percent=self._baseline.percent(),
            z_hr=departure.z_hr,
            z_rmssd=departure.z_rmssd,
            route=departure.route,
            held_s=departure.held_s,
            needed_s=departure.needed_s,
            rise_ms=departure.rise_ms,
            wording=Wording.CHECK_IN if moved.stillness is Stillness.UNKNOWN else Wording.PLAIN,
            gates=stood,
            rule=self.choice.rule.value,
            percentile=self.choice.percentile,
            rule_version=RULE_VERSION,
        )

    def _usual(self, t_ms: int) -> Usual | None:
        usual = self._baseline.usual(t_ms)
        if usual is None:
            return None
        rate, drop = self._threshold.thetas(self.choice)
        return replace(usual, theta_hr=rate, theta_rmssd=drop)

    def _consider(self, seen: Seen, usual: Usual | None) -> Departure:
        window = seen.window
        if seen.missing is not None:
            window = replace(window, hr_bpm=None, rmssd_ms=None)
        return self._indicator.consider(window, usual, self.choice, seen.moved.amount)

    def _situation(self, seen: Seen, usual: Usual | None, departure: Departure) -> Situation:
        return Situation(
            t_ms=seen.window.t_ms,
            window=seen.window,
            missing=seen.missing,
            usual=usual,
            moved=seen.moved,
            worn_s=seen.worn_s,
            reaches_back_s=self._baseline.reaches_back_s(seen.window.t_ms),
            effort_until_ms=self._effort_until_ms,
            since_beat_s=seen.since_beat_s,
            armed=self._arming.holds(departure),
            needs=self._needs,
        )

    def _quiet(self, seen: Seen) -> bool:
        """Say whether a body is still and a walk's echo has faded, as far as that is known."""
        window = seen.window
        if seen.missing is not None or window.hr_bpm is None or not settled(seen.moved):
            return False
        known = seen.moved.stillness is not Stillness.UNKNOWN
        return known or self._baseline.quiet_enough(window.hr_bpm, window.t_ms)

    def _free_to_learn(self, window: Window) -> bool:
        """Say whether a whole minute has gone by since the last, with no offer in it."""
        fresh = window.t_ms - self._minute_ms >= SPAN_MS
        return fresh and window.t_ms >= self._no_learning_before_ms

    def _learn(
        self,
        seen: Seen,
        departure: Departure,
        soothing: Soothing | None,
        *,
        free: bool,
        eligible: bool,
    ) -> None:
        """Learn what is usual from quiet minutes, and what is far from all that might count."""
        t_ms = seen.window.t_ms
        if eligible and departure.z_hr is not None and t_ms % _MINUTE_MS == 0:
            self._threshold.learn(Gone(t_ms, departure.z_hr, departure.z_rmssd))
        if departure.held and not self._alarmed:
            # Its beginning is not the usual; what stays is: a fever, a new medicine, another chair.
            self._baseline.refuse_waiting()
        elif free:
            self._offer_minute(seen, soothing)
        self._alarmed = departure.held

    def _offer_minute(self, seen: Seen, soothing: Soothing | None) -> None:
        """Offer a quiet, free minute that is inside to the baseline."""
        window = seen.window
        if window.hr_bpm is None or not window.rmssd_ms:
            return
        self._minute_ms = window.t_ms
        minute = StillMinute(
            window.t_ms,
            window.hr_bpm,
            window.rmssd_ms,
            window.ln_rmssd_se,
            soothing.index if soothing else None,
            soothing.se if soothing else None,
            seen.moved.amount,
        )
        self._baseline.offer(minute)

    def _since(self, state: State, t_ms: int) -> int:
        """Say since when a state has held; where marks are missing it begins anew."""
        follows = t_ms - self._mark_ms == MARK_MS
        self._mark_ms = t_ms
        if self._stands is None or not follows or self._stands[0] is not state:
            self._stands = state, t_ms
        return self._stands[1]
