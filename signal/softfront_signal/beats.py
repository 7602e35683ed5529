"""One clock for all beats: when each one fell, and where the run of them is cut.

A packet says how long its intervals were, never when they ended, and packets jitter by seconds.
So beat times are the running sum of the intervals, held against arrival by its earliest edge:
a beat cannot lie in the future, and the clock creeps forward no faster than crystals differ.
"""

from dataclasses import dataclass
from math import cbrt, ceil, sqrt

from softfront_sensors.heart_rate import TICKS_PER_S, Contact, HeartRate
from softfront_sensors.packet import Packet

# A strap may hold an interval back for a second or so; twice in a row that is lost time.
_JITTER_TICKS = TICKS_PER_S
# Nothing a strap buffers explains five seconds at once.
_GAP_TICKS = 5 * TICKS_PER_S
# One tick in four packets is about 250 parts per million, more than two crystals differ by.
_CREEP_EVERY = 4
# Before anything is known: straps hold intervals for up to four seconds, two in the middle.
_UNKNOWN_TICKS = 2.0 * TICKS_PER_S
# A minute or two of packets; a heart that changes changes how late they are.
_MEMORY = 64
# A packet is late by its place between two beats and by a short delay, so that near the edge lags
# are as rare as x². The least of n then lies within 1.75 means / √n of it, 95 times in 100 …
_FEW = 1.75
# … and, however many, with the creep of a quarter tick a packet within the cube root of 7 mean².
_CREEPING = 7.0
# An ordinary heart's packets come nearer to the edge than three quarters of an interval two times
# in three. Two dozen in a row that do not are no chance: a beat was lost; six may be either.
_FAR = 0.75
_LOST = 10.0
_DOUBTFUL = 2.0


@dataclass(frozen=True, slots=True)
class Beat:
    """One RR interval and the moment it ended."""

    t_ms: int
    rr_ticks: int
    run: int
    """Counts stretches without a cut; beats of two runs are never neighbours."""
    uncertainty_ms: int
    """95 times in 100 the beat fell no further than this from `t_ms`. What a strap holds back
    from every beat alike can be seen by nobody, and is not in it."""
    age_ms: int
    """How old the beat was when its packet arrived."""


class _Edge:
    """How late the packets of one run are, and so how well their earliest edge is known."""

    __slots__ = ("heard", "least", "mean", "row", "told", "was", "within_ms")

    def __init__(self) -> None:
        self.heard = 0
        self.within_ms = 0
        """What the edge is known within, 95 times in 100."""
        self.told = 0.0
        self.mean = _UNKNOWN_TICKS
        self.was = 0
        self.row = 0.0
        self.least = 0

    def hear(self, lag: int, interval: float) -> int:
        """Take in how many ticks a packet is late; return how many the clock has lost unnoticed."""
        # As late as the one before, it tells nothing new: heart and packets keep step.
        moved = (lag - self.was) / interval
        told = 2 * moved * moved
        if told > 1.0 or not self.heard:
            told = 1.0
        self.heard += 1
        self.told += told
        self.was = lag
        weight = told / (1.0 + (self.told if self.told < _MEMORY else _MEMORY))
        self.mean += weight * ((lag if lag > 0 else 0) - self.mean)
        lost = 0
        if lag <= _FAR * interval:
            self.row = 0.0
        else:
            lost = self._hear_far(lag, interval, told)
        # Later it changes little from packet to packet.
        if self.heard <= _MEMORY or self.heard % _CREEP_EVERY == 0:
            self._tell()
        return lost

    def _hear_far(self, lag: int, interval: float, told: float) -> int:
        self.least = min(self.least, lag) if self.row else lag
        self.row += told
        if self.row * _FAR * interval < _LOST * self.mean:
            return 0
        self.row, self.was = 0.0, lag - self.least
        return self.least

    def _tell(self) -> None:
        few, creeping = self.mean / sqrt(self.told), cbrt(_CREEPING * self.mean * self.mean)
        ticks = max(_FEW * few, creeping) + (self.least if self.row >= _DOUBTFUL else 0)
        self.within_ms = ceil(ticks * 1000 / TICKS_PER_S)


class BeatClock:
    """Give every interval its time, and cut where beats are missing."""

    def __init__(self) -> None:
        self._run = 0
        self._epoch = 0
        self._last_t_ms = 0
        self._anchor(None)
        self._apart = True

    def hear(self, packet: Packet, said: HeartRate) -> tuple[Beat, ...]:
        """Return the beats of one packet, oldest first; none while the strap is off the skin.

        What ended before a cut was told before it, by whoever spoke then: it is left out.
        """
        off_skin = said.contact is Contact.LOST
        if off_skin or packet.epoch != self._epoch:
            self._epoch = packet.epoch
            self.cut()
        if off_skin or not said.rr_ticks:
            return ()
        arrival, total = packet.t_ms * TICKS_PER_S // 1000, sum(said.rr_ticks)
        lag = 0 if self._clock is None else arrival - self._clock - total
        if self._clock is None or self._time_was_lost(lag, said.rr_ticks):
            self._anchor(arrival - total)
            lag = 0
        return self._lay(packet.t_ms, arrival, lag, said.rr_ticks)

    def cut(self) -> None:
        """End the run: the next beat has no neighbour before it."""
        self._anchor(None)
        self._apart = True

    def _anchor(self, clock: int | None) -> None:
        self._clock = clock
        self._edge = _Edge()
        self._late = False
        self._new = True

    def _time_was_lost(self, lag: int, rr_ticks: tuple[int, ...]) -> bool:
        """Hold apart what comes too late, and say whether it is certain that beats are missing."""
        if lag <= _JITTER_TICKS or lag <= max(rr_ticks) + _JITTER_TICKS:
            self._late = False
            return False
        if self._late:
            return True
        # Whether it was lost or only held back the next packet shows; a difference across what may
        # be a gap is given up at once.
        self._apart = self._late = True
        return lag > _GAP_TICKS

    def _lay(
        self, t_ms: int, arrival: int, lag: int, rr_ticks: tuple[int, ...]
    ) -> tuple[Beat, ...]:
        total, edge = sum(rr_ticks), self._edge
        lag -= edge.hear(lag, total / len(rr_ticks) or 1.0)
        if lag < 0:
            lag = 0
        elif lag > 0 and edge.heard % _CREEP_EVERY == 0:
            lag -= 1
        self._clock = arrival - lag
        at = self._clock - total
        last_ms, beats = self._last_t_ms, []
        for rr in rr_ticks:
            at += rr
            # A run's first packet may place a beat up to an interval late: its middle decides.
            if self._new and (at - rr // 2) * 1000 // TICKS_PER_S <= last_ms:
                continue
            if self._apart:
                self._run += 1
            self._new = self._apart = False
            beat_ms = at * 1000 // TICKS_PER_S
            if beat_ms > last_ms:
                last_ms = beat_ms
            beats.append(Beat(last_ms, rr, self._run, edge.within_ms, t_ms - last_ms))
        self._last_t_ms = last_ms
        return tuple(beats)
