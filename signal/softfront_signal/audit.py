"""What a strap is worth: in which unit it counts, what it fills in, freezes or says twice."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from softfront_sensors.heart_rate import TICKS_PER_S, Contact, HeartRate
from softfront_sensors.packet import Packet

from .coverage import Coverage
from .unit import Unit, UnitFound, UnitSense, in_ticks

# WHOOP's filler: exactly 500 ms, twenty times as frequent as any of its neighbours.
_FILLER, _NEIGHBOURS, _LEAST_FILLERS = 500, 10, 5
# Its 120 bpm against the rate beside it: further apart than smoothing explains.
_FILLER_BPM, _FILLER_OFF_BPM = 120, 18
# Even a paced heart varies by a tick or two: no heart gives a dozen equal intervals while its
# rate moves, nor as many as in a minute at all.
_FROZEN, _FROZEN_MOVED_BPM, _FROZEN_LONG = 12, 4, 60
# An exact copy, or a twin about 34 ms beside it.
_TWIN = range(30, 39)
# A minute's window holds what was heard a minute ago.
_WINDOW_MS = 60_000
# A strap needs seconds to find its first interval, and never a minute.
_ONLY_RATE_MS = 60_000
# Older than ten seconds is not now.
_FRESH_MS = 10_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found out about a strap since a session began, with its evidence."""

    unit: Unit | None = None
    """`None`: not told yet. What was known of the strap before stands."""
    filler: bool = False
    """It fills in 500 where it has measured nothing."""
    frozen: bool = False
    """It said the same interval again and again for a while."""
    doubled: bool = False
    """It says beats more than once."""
    run_s: float | None = None
    """The run without a gap by which the unit was told."""
    slope: float | None = None
    """Words a second in it: 1024 or 1000."""
    hr_ratio: float | None = None
    """Its heart rate over that of its words read as ticks: 1, or 0.977 for milliseconds."""
    coverage: float | None = None
    """Σ RR read as ticks over elapsed time, since the link began; uncapped."""
    packets: int = 0
    beats: int = 0
    fillers: int = 0
    frozen_beats: int = 0
    copies: int = 0
    """Intervals equal to the one before, or 34 ms beside it. Real hearts have some."""

    def to_plain(self) -> dict[str, str | float | bool | None]:
        """Return plain values, as JSON has them."""
        return {**asdict(self), "unit": self.unit and self.unit.value}

    @classmethod
    def of_plain(cls, body: Mapping[str, Any]) -> "Verdict":
        """Read what `to_plain` gave."""
        unit = body.get("unit")
        return cls(**{**body, "unit": Unit(unit) if unit else None})


class _Words:
    """Look at each word beside the one before it."""

    def __init__(self) -> None:
        self.fillers = self.neighbours = self.copies = self.frozen = 0
        self.frozen_ms: int | None = None
        self._word = self._same = self._low = self._high = 0
        self._stuck = False

    def hear(self, t_ms: int, words: tuple[int, ...], rate: int | None) -> None:
        """Take in the words of a packet."""
        for word in words:
            apart = word - self._word
            if apart:
                self._word, self._same, self._stuck = word, 1, False
                self._low = self._high = rate or 0
                self.copies += abs(apart) in _TWIN
            else:
                self._hear_again(t_ms, rate)
            if abs(word - _FILLER) > _NEIGHBOURS:
                continue
            if word != _FILLER:
                self.neighbours += 1
            elif against(rate):
                self.fillers += 1

    @property
    def filler(self) -> bool:
        """Whether 500 comes twenty times as often as any of its twenty neighbours."""
        return self.fillers >= _LEAST_FILLERS and self.fillers > self.neighbours

    def _hear_again(self, t_ms: int, rate: int | None) -> None:
        self.copies += 1
        self._same += 1
        if rate:
            self._low, self._high = min(self._low or rate, rate), max(self._high, rate)
        moved = self._high - self._low >= _FROZEN_MOVED_BPM
        if self._same >= (_FROZEN if moved else _FROZEN_LONG):
            self.frozen += 1 if self._stuck else self._same
            self.frozen_ms, self._stuck = t_ms, True


def against(rate: int | None) -> bool:
    """Say whether a heart rate speaks against an interval of 500 ms."""
    return rate is not None and abs(rate - _FILLER_BPM) > _FILLER_OFF_BPM


class Audit:
    """Judge a strap from its packets alone, in bounded memory; nothing is changed or left out."""

    def __init__(self, known: Unit | None = None) -> None:
        """Take the unit known from earlier wear; what is found now counts for more."""
        self._known = known
        self._found: UnitFound | None = None
        self._sense, self._words, self._coverage = UnitSense(), _Words(), Coverage()
        self._epoch: int | None = None
        self._packets = self._beats = 0
        self._rate_since_ms: int | None = None
        self._rate: tuple[int, int] | None = None

    def hear(self, packet: Packet, said: HeartRate) -> None:
        """Take in a packet, the next in time."""
        t_ms, words, rate = packet.t_ms, said.rr_ticks, said.hr_bpm
        if packet.epoch != self._epoch or said.contact is Contact.LOST:
            self._epoch = packet.epoch
            self._coverage.begin()
            self._sense.break_off()
        self._packets += 1
        if rate:
            self._rate = (t_ms, rate)
            self._rate_since_ms = self._rate_since_ms or t_ms
        if words:
            self._beats += len(words)
            self._coverage.hear(t_ms, sum(words), len(words))
            self._words.hear(t_ms, words, rate)
        if self._found is None and self._sense.hear(t_ms, words, rate):
            found = self._sense.judge()
            if found is not None and self._coverage.whole(found.unit):
                self._found = found

    @property
    def unit(self) -> Unit | None:
        """The unit as found, or else as known from before."""
        return self._known if self._found is None else self._found.unit

    def read(self, said: HeartRate) -> HeartRate:
        """Return what a packet says in ticks, whatever the strap counts in."""
        return in_ticks(said) if self.unit is Unit.MS else said

    def filler(self, said: HeartRate) -> int | None:
        """Return the interval, in ticks, that was filled in where a packet holds it."""
        if not (self._words.filler and against(said.hr_bpm)):
            return None
        return _FILLER * TICKS_PER_S // 1000 if self.unit is Unit.MS else _FILLER

    def untrusted(self, t_ms: int) -> bool:
        """Say whether the minute before holds beats said twice or frozen."""
        after_ms = t_ms - _WINDOW_MS
        doubled, frozen = self._coverage.doubled_ms, self._words.frozen_ms
        return (doubled is not None and doubled > after_ms) or (
            frozen is not None and frozen > after_ms
        )

    def only_rate(self, t_ms: int) -> int | None:
        """Return the heart rate of a strap that has said one for a minute and never an interval."""
        if self._beats or self._rate is None or self._rate_since_ms is None:
            return None
        said_ms, rate = self._rate
        long = t_ms - self._rate_since_ms >= _ONLY_RATE_MS
        return rate if long and t_ms - said_ms <= _FRESH_MS else None

    @property
    def verdict(self) -> Verdict:
        """What has been found out so far."""
        words = self._words
        return Verdict(
            **(asdict(self._found) if self._found else {}),
            filler=words.filler,
            frozen=words.frozen > 0,
            doubled=self._coverage.doubled_ms is not None,
            coverage=self._coverage.share,
            packets=self._packets,
            beats=self._beats,
            fillers=words.fillers,
            frozen_beats=words.frozen,
            copies=words.copies,
        )
