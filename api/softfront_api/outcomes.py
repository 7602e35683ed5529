"""What was measured around a moment: the minutes before, the minute that rose, minutes 3 to 8."""

from dataclasses import asdict, dataclass
from math import exp, log
from typing import Self

from softfront_signal.moments import MARK_MS, Gate, Usual
from softfront_signal.occasions import Around, spans

from .diary import Json, Reader
from .errors import DamagedChunk
from .measuring import lack, measure
from .reasons import place

# The last beats of a stretch are known for sure three beats later, and whether it was moved through
# at the next mark; two seconds more are on their way to the diary.
_SURE_MS = MARK_MS + 5_000


def ready_ms(t_ms: int) -> int:
    """Say from when on all is known that is measured around a decision."""
    return spans(t_ms, t_ms).after[1] + _SURE_MS


@dataclass(frozen=True, slots=True)
class Part:
    """Heart rate and ln RMSSD of a still body over some minutes, or why not."""

    hr_bpm: float | None
    ln_rmssd: float | None
    missing: str | None
    """`moved`, `strap_off`, `few_beats` or `unreadable`, where a number is missing."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A moment, before and after."""

    before: Part
    rise: Part
    after: Part
    inside: bool | None
    """The minutes afterwards lay in the usual range of that time, where both are known."""
    since_walk_min: float | None
    """How long before there was a walk, where that is known."""

    @property
    def around(self) -> Around:
        """Tell it as effects are worked out from it."""
        before, after = self.before, self.after
        return Around(
            before.ln_rmssd, self.rise.ln_rmssd, after.ln_rmssd, before.hr_bpm, after.hr_bpm
        )

    def to_plain(self) -> Json:
        """Write it down."""
        return asdict(self)

    @classmethod
    def of_plain(cls, body: Json) -> Self:
        """Read what `to_plain` wrote."""
        parts = {name: Part(**body[name]) for name in ("before", "rise", "after")}
        return cls(**parts, inside=body["inside"], since_walk_min=body["since_walk_min"])


def outcome(reader: Reader, t_ms: int, rise_ms: int) -> Outcome:
    """Measure around a decision that followed on a rise; ask once `ready_ms` has been heard."""
    laid = spans(t_ms, rise_ms)
    before, rise, after = (_part(reader, *span) for span in (laid.before, laid.rise, laid.after))
    stored = reader.decision_near(t_ms, 0)
    usual, gates = (stored.decision.usual, stored.decision.gates) if stored else (None, ())
    return Outcome(before, rise, after, _inside(after, usual), _since_walk_min(gates))


def _part(reader: Reader, from_ms: int, to_ms: int) -> Part:
    try:
        stretch = measure(reader, from_ms, to_ms)
    except DamagedChunk:  # it stays so, and one moment's loss is not that of the others
        return Part(None, None, "unreadable")
    if stretch.heart_rate is None:
        return Part(None, None, lack(stretch))
    rate = stretch.heart_rate.value
    # A variation of nothing has no logarithm; no heart beats like that.
    if stretch.rmssd is None or stretch.rmssd.value <= 0:
        return Part(rate, None, "few_beats")
    return Part(rate, log(stretch.rmssd.value), None)


def _inside(after: Part, usual: Usual | None) -> bool | None:
    if usual is None or after.hr_bpm is None:
        return None
    variation = None if after.ln_rmssd is None else exp(after.ln_rmssd)
    where = place(after.hr_bpm, usual.heart_rate), place(variation, usual.rmssd)
    return where[0] == "inside" and where[1] in ("inside", None)


def _since_walk_min(gates: tuple[Gate, ...]) -> float | None:
    told = next((gate for gate in gates if gate.id == "motion" and gate.unit == "min"), None)
    return told.value if told else None
