"""Where the link to a strap stands: one state at a time, and what a person can try."""

from collections import Counter
from dataclasses import replace

from ..errors import BluetoothProblem, Loss
from ..heart_rate import HeartRate
from ..source import Hint, StrapState, StrapStatus
from .known import KnownStrap
from .nameplate import Nameplate
from .runs import Runs
from .timings import Timings

_LOOKING = (StrapState.ABSENT, StrapState.LOST, StrapState.CONNECTING)
_LINKED = (StrapState.SUBSCRIBED, StrapState.LIVE, StrapState.SILENT)

REFUSALS = (Loss.REFUSED, Loss.UNANSWERED)
REPEATEDLY = 2
"""One refusal is radio; with the second, something holds the strap."""


class Standing:
    """What is known of a strap beside its beats, kept by whoever makes the links."""

    def __init__(self, runs: Runs, timings: Timings) -> None:
        self._runs, self._timings = runs, timings
        self._mono_ms = runs.clocks.mono_ms
        self._status = StrapStatus(StrapState.ABSENT, since_ms=runs.current.now_ms())
        self._losses: Counter[Loss] = Counter()
        self._away = StrapState.ABSENT
        self._refusals = 0
        self._refused_ms = 0
        self._unheard = self._stranger = False
        """What the last search came to."""
        self._quiet_ms = 0
        """Since when this link carried no beat."""
        self._bare_ms: int | None = None
        """Since when this link carried a heart rate and no interval."""
        self._fresh = False
        """The last link ended by itself, and nobody has searched since."""

    @property
    def status(self) -> StrapStatus:
        """How it stands now."""
        losses = tuple((loss, count) for loss, count in self._losses.items() if count)
        return replace(self._status, hint=self._hint(), losses=losses)

    def searched(self, *, heard: bool, stranger: bool) -> None:
        """Learn what a search came to."""
        self._fresh, self._unheard, self._stranger = False, not heard, stranger
        if not heard and not self._held():
            self._refusals = 0

    def connecting(self, name: str | None) -> None:
        """Learn that a strap is being connected."""
        self._become(StrapState.CONNECTING)
        self._status = replace(self._status, name=self._status.name or name)

    def subscribed(self) -> None:
        """Learn that it will send its beats."""
        self._away, self._refusals = StrapState.LOST, 0
        self._quiet_ms, self._bare_ms = self._mono_ms(), None
        self._become(StrapState.SUBSCRIBED)

    def put_on(self, name: str | None, remembered: KnownStrap | None) -> None:
        """Forget what was known of the strap before, and begin with what is remembered."""
        self._status = StrapStatus(
            self._status.state,
            name,
            self._status.since_ms,
            incomplete=self._status.incomplete,
            model=remembered.model if remembered else None,
            serial=remembered.serial if remembered else None,
        )

    def heard(self, said: HeartRate) -> None:
        """Learn that a packet came, and what it said."""
        self._become(StrapState.LIVE)
        if said.incomplete:
            self._status = replace(self._status, incomplete=self._status.incomplete + 1)
        beats = any(said.rr_ticks)
        if beats or said.hr_bpm:
            self._quiet_ms = self._mono_ms()
            self._status = replace(self._status, last_beat_ms=self._runs.current.now_ms())
        if beats:
            self._bare_ms = None
        elif said.hr_bpm and self._bare_ms is None:
            self._bare_ms = self._mono_ms()

    def silent(self) -> None:
        """Learn that nothing comes any more."""
        self._become(StrapState.SILENT)

    def told(self, plate: Nameplate) -> None:
        """Learn what the strap says of itself."""
        self._status = replace(
            self._status,
            maker=plate.maker,
            model=plate.model or self._status.model,
            serial=plate.serial or self._status.serial,
        )

    def charged(self, percent: int | None) -> None:
        """Learn how full the battery is."""
        self._status = replace(self._status, battery_percent=percent)

    def away(self) -> None:
        """Learn that there is no link."""
        self._become(self._away)

    def lost(self, loss: Loss | None) -> None:
        """Learn why there is none; `None` is that no strap was heard."""
        self._become(self._away)
        if loss is not None:
            self._losses[loss] += 1
        if loss in REFUSALS:
            self._refusals, self._refused_ms = self._refusals + 1, self._mono_ms()
        self._fresh = loss is Loss.ENDED

    def unavailable(self, problem: BluetoothProblem) -> None:
        """Learn that this machine cannot look for straps."""
        if self._fresh:  # so it was not the strap that went
            self._losses.subtract([Loss.ENDED])
            self._losses[Loss.BLUETOOTH] += 1
        self._fresh = self._unheard = self._stranger = False
        self._become(StrapState.UNAVAILABLE, problem)

    def ended(self) -> None:
        """Learn that nobody looks any more."""
        self._become(StrapState.ENDED)

    def _hint(self) -> Hint | None:
        if self._status.state in _LINKED:
            return self._hint_of_link()
        if self._status.state not in _LOOKING:
            return None
        if self._held():
            return Hint.HELD
        if self._status.state is StrapState.CONNECTING or not self._unheard:
            return None
        return Hint.STRANGER if self._stranger else Hint.WORN_AND_WET

    def _hint_of_link(self) -> Hint | None:
        now_ms = self._mono_ms()
        if now_ms - self._quiet_ms >= self._timings.silent_s * 1000:
            return Hint.NO_BEAT
        bare_ms = now_ms if self._bare_ms is None else self._bare_ms
        return Hint.NO_INTERVALS if now_ms - bare_ms >= self._timings.bare_s * 1000 else None

    def _held(self) -> bool:
        """Say whether it refused again and again, and is heard still or was so just now."""
        if self._refusals < REPEATEDLY:
            return False
        return not self._unheard or self._mono_ms() - self._refused_ms < self._timings.held_s * 1000

    def _become(self, state: StrapState, problem: BluetoothProblem | None = None) -> None:
        if (state, problem) != (self._status.state, self._status.problem):
            now_ms = self._runs.current.now_ms()
            self._status = replace(self._status, state=state, problem=problem, since_ms=now_ms)
