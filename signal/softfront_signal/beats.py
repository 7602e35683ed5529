"""One clock for all beats: when each one fell, and where the run of them is cut.

A packet says how long its intervals were, never when they ended, and packets jitter by seconds.
So beat times are the running sum of the intervals, held against arrival by its earliest edge:
a beat cannot lie in the future, and the clock creeps forward no faster than crystals differ.
"""

from dataclasses import dataclass

from softfront_sensors.heart_rate import TICKS_PER_S, Contact, HeartRate
from softfront_sensors.packet import Packet

# A strap may hold an interval back for a second or so; twice in a row that is lost time.
_JITTER_TICKS = TICKS_PER_S
# Nothing a strap buffers explains five seconds at once.
_GAP_TICKS = 5 * TICKS_PER_S
# One tick in four packets is about 250 parts per million, more than two crystals differ by.
_CREEP_EVERY = 4


@dataclass(frozen=True, slots=True)
class Beat:
    """One RR interval and the moment it ended."""

    t_ms: int
    rr_ticks: int
    run: int
    """Counts stretches without a cut; beats of two runs are never neighbours."""


class BeatClock:
    """Give every interval its time, and cut where beats are missing."""

    def __init__(self) -> None:
        self._run = 0
        self._epoch = 0
        self._clock: int | None = None
        self._last_t_ms = 0
        self._late = 0
        self._heard = 0

    def hear(self, packet: Packet, said: HeartRate) -> tuple[Beat, ...]:
        """Return the beats of one packet, oldest first; none while the strap is off the skin."""
        if packet.epoch != self._epoch or said.contact is Contact.LOST:
            self.cut()
        self._epoch = packet.epoch
        if said.contact is Contact.LOST or not said.rr_ticks:
            return ()
        arrival = packet.t_ms * TICKS_PER_S // 1000
        total = sum(said.rr_ticks)
        if self._clock is not None and self._time_was_lost(arrival - self._clock - total, said):
            self.cut()
        if self._clock is None:
            self._run += 1
            self._clock = arrival - total
        return self._lay(arrival, said.rr_ticks)

    def cut(self) -> None:
        """End the run: the next beat has no neighbour before it."""
        self._clock = None
        self._late = 0

    def _time_was_lost(self, lag: int, said: HeartRate) -> bool:
        self._late = self._late + 1 if lag > max(said.rr_ticks) + _JITTER_TICKS else 0
        return self._late >= 2 or lag > _GAP_TICKS

    def _lay(self, arrival: int, rr_ticks: tuple[int, ...]) -> tuple[Beat, ...]:
        assert self._clock is not None
        end = self._clock + sum(rr_ticks)
        self._heard += 1
        if end > arrival:
            end = arrival
        elif end < arrival and self._heard % _CREEP_EVERY == 0:
            end += 1
        at = end - sum(rr_ticks)
        self._clock = end
        beats = []
        for rr in rr_ticks:
            at += rr
            self._last_t_ms = max(self._last_t_ms, at * 1000 // TICKS_PER_S)
            beats.append(Beat(self._last_t_ms, rr, self._run))
        return tuple(beats)
