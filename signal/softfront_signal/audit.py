"""What a strap is worth: in which unit it counts, what it fills in, freezes or says twice."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from softfront_sensors.heart_rate import TICKS_PER_S, Contact, HeartRate
from softfront_sensors.packet import Packet

from .coverage import Coverage
from .unit import Unit, UnitFound, UnitSense, in_ticks

# WHOOP's filler: exactly 500 ms, twenty times as frequent as any of its neighbours.
_FILLER, _NEAR_FILLER, _LEAST_FILLERS = 500, (490, 510), 5
# Its 120 bpm against the rate beside it: further apart than smoothing explains.
_FILLER_BPM, _FILLER_OFF_BPM = 120, 18
# Even a paced heart varies by a tick or two: no heart gives a dozen equal intervals while its
# rate moves, nor as many as in a minute at all.
_FROZEN, _FROZEN_MOVED_BPM, _FROZEN_LONG = 12, 4, 60
# An exact copy, or a twin about 34 ms beside it.
_TWIN = (30, 38)
# A minute's window holds what was heard a minute ago.
_WINDOW_MS = 60_000
# A strap needs seconds to find its first interval, and never a minute.
_ONLY_RATE_MS = 60_000
# Older than ten seconds is not now.
_FRESH_MS = 10_000
_LOST = Contact.LOST


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
        """Read what `to_plain` gave, now or in another version."""
        known = {name: body[name] for name in cls.__slots__ if name in body}
        unit = known.pop("unit", None)
        return cls(unit=Unit(unit) if unit else None, **known)


class _Words:
    """Look at each word beside the one before it."""

    def __init__(self) -> None:
        self.fillers = self.neighbours = self.copies = self.frozen = 0
        self.filler = False
        self.frozen_ms: int | None = None
        self._word = self._same = self._low = self._high = 0
        self._stuck = False

    def hear(self, t_ms: int, words: tuple[int, ...], rate: int | None) -> None:
        """Take in the words of a packet."""
        for word in words:
            apart = word - self._word
            if not apart:
                self._hear_again(t_ms, rate)
            else:
                self._word, self._same = word, 1
                if _TWIN[0] <= abs(apart) <= _TWIN[1]:
                    self.copies += 1
            if _NEAR_FILLER[0] <= word <= _NEAR_FILLER[1]:
                self._weigh(word, rate)

    def _weigh(self, word: int, rate: int | None) -> None:
        """Count 500 against twenty neighbours: each has a twentieth of what they have together."""
        if word != _FILLER:
            self.neighbours += 1
        elif against(rate):
            self.fillers += 1
        self.filler = self.fillers >= _LEAST_FILLERS and self.fillers > self.neighbours

    def _hear_again(self, t_ms: int, rate: int | None) -> None:
        if self._same == 1:
            self._low = self._high = rate or 0
            self._stuck = False
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
        self.in_ms = known is Unit.MS
        """Whether its words are read as milliseconds."""
        self.amends = self.in_ms
        """Whether `read` tells more than a packet does; of most straps it does not."""
        self._known = known
        self._found: UnitFound | None = None
        self._sense, self._words, self._coverage = UnitSense(), _Words(), Coverage()
        self._epoch: int | None = None
        self._packets = self._beats = 0
        self._rate_since_ms: int | None = None
        self._rate = self._rate_ms = 0

    def hear(self, packet: Packet, said: HeartRate) -> bool:
        """Take in a packet, the next in time; say whether words are read otherwise from now on."""
        t_ms, words, rate = packet.t_ms, said.rr_ticks, said.hr_bpm
        if packet.epoch != self._epoch or said.contact is _LOST:
            self._epoch = packet.epoch
            self.break_off()
        self._packets += 1
        if rate:
            self._rate, self._rate_ms = rate, t_ms
            if self._rate_since_ms is None:
                self._rate_since_ms = t_ms
        if words:
            beats = len(words)
            self._beats += beats
            self._coverage.hear(t_ms, sum(words), beats)
            self._words.hear(t_ms, words, rate)
            self.amends = self.in_ms or self._words.filler
        if self._found is None and self._sense.hear(t_ms, words, rate):
            return self._find()
        return False

    def break_off(self) -> None:
        """Take in that beats were lost that nobody will ever tell."""
        self._coverage.begin()
        self._sense.break_off()

    def _find(self) -> bool:
        found, before = self._sense.judge(), self.in_ms
        if found is None or not self._coverage.whole(found.unit):
            return False
        self._found, self.in_ms = found, found.unit is Unit.MS
        self.amends = self.in_ms or self.fills
        return self.in_ms is not before

    @property
    def unit(self) -> Unit | None:
        """The unit as found, or else as known from before."""
        return self._known if self._found is None else self._found.unit

    @property
    def fills(self) -> bool:
        """Whether it fills in intervals it has not measured."""
        return self._words.filler

    def read(self, said: HeartRate) -> tuple[HeartRate, int | None]:
        """Return what a packet says in ticks, and which interval in it is a filler, if any is."""
        ticks = in_ticks(said) if self.in_ms else said
        if not (self.fills and against(said.hr_bpm)):
            return ticks, None
        return ticks, _FILLER * TICKS_PER_S // 1000 if self.in_ms else _FILLER

    def untrusted(self, t_ms: int) -> bool:
        """Say whether the minute before holds beats said twice or frozen."""
        after_ms = t_ms - _WINDOW_MS
        doubled, frozen = self._coverage.doubled_ms, self._words.frozen_ms
        return (doubled is not None and doubled > after_ms) or (
            frozen is not None and frozen > after_ms
        )

    def only_rate(self, t_ms: int) -> int | None:
        """Return the heart rate of a strap that has said one for a minute and never an interval."""
        if self._beats or self._rate_since_ms is None:
            return None
        long = t_ms - self._rate_since_ms >= _ONLY_RATE_MS
        return self._rate if long and t_ms - self._rate_ms <= _FRESH_MS else None

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
