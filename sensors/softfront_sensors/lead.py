"""Which of several sources speaks for the body: one at a time, never two together."""

from dataclasses import dataclass

from .heart_rate import decode
from .packet import Packet
from .source import Batch, Part

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

    A source with RR intervals is stronger than one without; then the higher rank counts. What is
    older than what was counted already is never counted again.
    """

    def __init__(self) -> None:
        self._leader: str | None = None
        self._voices: dict[str, _Voice] = {}
        self._counted_ms = 0

    @property
    def leader(self) -> str | None:
        """The session that speaks, if any has."""
        return self._leader

    def hear(self, batch: Batch, now_ms: int) -> Part:
        """Say what a batch that arrived now is."""
        packets = [reading for reading in batch.readings if isinstance(reading, Packet)]
        if not packets:
            if batch.session.id == self._leader:
                return Part.LEADS
            return Part.SPARE if batch.session.id in self._voices else Part.BESIDE
        voice = self._listen(batch, packets, now_ms)
        if batch.session.id != self._leader:
            if not self._may_take_over(voice, now_ms) or packets[0].t_ms < self._counted_ms:
                return Part.SPARE
            self._leader = batch.session.id
        self._counted_ms = max(self._counted_ms, packets[-1].t_ms)
        return Part.LEADS

    def _listen(self, batch: Batch, packets: list[Packet], now_ms: int) -> _Voice:
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
        return voice

    def _may_take_over(self, voice: _Voice, now_ms: int) -> bool:
        if self._leader is None or self._silent(self._voices[self._leader], now_ms):
            return True
        stronger = voice.strength > self._voices[self._leader].strength
        return stronger and now_ms - voice.since_ms >= _SILENT_MS

    def _silent(self, voice: _Voice, now_ms: int) -> bool:
        patience = min(max(_SILENT_MS, _INTERVALS * voice.every_ms), _SILENT_MOST_MS)
        return now_ms - voice.beat_ms >= patience
