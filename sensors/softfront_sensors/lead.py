"""Which of several sources speaks for the body: one at a time, never two together."""

from bisect import bisect_right
from dataclasses import dataclass, replace

from .heart_rate import decode
from .packet import Packet
from .source import Batch, Part, SessionInfo

# A strap sends about once a second; after five seconds without a beat another may speak.
_SILENT_MS = 5_000
# Who sends seldom is not silent in between.
_INTERVALS = 2.5
_SILENT_MOST_MS = 30_000


@dataclass(slots=True)
class _Voice:
    """What was heard of one session."""

    strength: tuple[bool, int]
    """Whether it has RR intervals, then its rank."""
    since_ms: int
    """Since when it has been sending beats without a longer silence."""
    beat_ms: int
    every_ms: int = 1000


class Lead:
    """Give the word to the strongest source, and change only when it falls silent or is outranked.

    A source with RR intervals is stronger than one without; then the higher rank counts. The same
    strap in a session begun later goes on at once: the one before has ended. What is older than
    what was counted already is never counted again.
    """

    def __init__(self, counted_ms: int = 0) -> None:
        """Take up to when all was counted before this began."""
        self._leader: str | None = None
        self._strap: str | None = None
        """The strap that speaks, where it is known."""
        self._heir: str | None = None
        """Who is to speak next, from behind what was counted."""
        self._voices: dict[str, _Voice] = {}
        self._counted_ms = counted_ms

    @property
    def leader(self) -> str | None:
        """The session that speaks, if any has."""
        return self._leader

    def hear(self, batch: Batch, now_ms: int) -> tuple[Batch, ...]:
        """Say what a batch that arrived now is: in two pieces, if it speaks from its midst on."""
        packets = [reading for reading in batch.readings if isinstance(reading, Packet)]
        if packets:
            self._listen(batch, packets, now_ms)
        name = batch.session.id
        if name == self._leader:
            return (self._spare(batch) if self._yields(now_ms) else self._led(batch),)
        if not packets and name not in self._voices:
            return (replace(batch, part=Part.BESIDE),)
        if not packets or not self._may_take_over(batch.session, now_ms):
            return (self._spare(batch),)
        return self._take_over(batch)

    def _take_over(self, batch: Batch) -> tuple[Batch, ...]:
        """Let a batch speak as far as it is newer than what was counted."""
        at = bisect_right(batch.readings, self._counted_ms, key=lambda reading: reading.t_ms)
        older, newer = batch.readings[:at], batch.readings[at:]
        if not any(isinstance(reading, Packet) for reading in newer):
            if self._counted_ms - batch.readings[-1].t_ms < _SILENT_MOST_MS:
                self._heir = batch.session.id
            return (self._spare(batch),)
        self._leader, self._strap, self._heir = batch.session.id, batch.session.strap, None
        led = self._led(replace(batch, readings=newer))
        return (self._spare(replace(batch, readings=older)), led) if older else (led,)

    def _led(self, batch: Batch) -> Batch:
        latest_ms = max((reading.t_ms for reading in batch.readings), default=0)
        self._counted_ms = max(self._counted_ms, latest_ms)
        return replace(batch, part=Part.LEADS)

    def _spare(self, batch: Batch) -> Batch:
        return replace(batch, part=Part.SPARE)

    def _yields(self, now_ms: int) -> bool:
        """Let the leader wait for a stronger one that sends seldom and so is always behind."""
        if self._heir is not None and self._silent(self._voices[self._heir], now_ms):
            self._heir = None
        return self._heir is not None

    def _listen(self, batch: Batch, packets: list[Packet], now_ms: int) -> None:
        said = [decode(packet.data) for packet in packets]
        beats = any(each.rr_ticks for each in said)
        name, rank = batch.session.id, int(batch.session.rank)
        voice = self._voices.get(name)
        if voice is None:
            voice = self._voices[name] = _Voice((beats, rank), now_ms, now_ms)
        if beats or (not voice.strength[0] and any(each.hr_bpm for each in said)):
            if self._silent(voice, now_ms):
                voice.since_ms = now_ms
            voice.every_ms += (now_ms - voice.beat_ms - voice.every_ms) // 4
            voice.beat_ms = now_ms
        voice.strength = (voice.strength[0] or beats, rank)

    def _may_take_over(self, info: SessionInfo, now_ms: int) -> bool:
        if self._leader is None or self._silent(self._voices[self._leader], now_ms):
            return True
        same_strap = info.strap is not None and info.strap == self._strap
        if same_strap and info.started_ms > self._counted_ms:
            # What is late comes all at once: to wait for silence would leave hours uncounted.
            return True
        voice = self._voices[info.id]
        stronger = voice.strength > self._voices[self._leader].strength
        return stronger and now_ms - voice.since_ms >= _SILENT_MS

    def _silent(self, voice: _Voice, now_ms: int) -> bool:
        patience = min(max(_SILENT_MS, _INTERVALS * voice.every_ms), _SILENT_MOST_MS)
        return now_ms - voice.beat_ms >= patience
