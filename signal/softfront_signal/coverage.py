"""Σ RR over elapsed time: whether beats are missing, or more were told than there was time for."""

from softfront_sensors.heart_rate import TICKS_PER_S

from .unit import Unit

MISSING_BELOW, IMPOSSIBLE_ABOVE = 0.97, 1.02
"""Coverage below the one lacks beats; above the other, beats are doubled or the unit is another."""
# An interval more or less at either end is some per cent of the shortest time that is told.
_LEAST_MS = 20_000
# Two intervals may be open at the ends, and of what lies between them one beat in a hundred.
_OPEN_INTERVALS, _OPEN_SHARE = 2, 0.01
# WHOOP 4 tells 1.8 to 2.7 times what there was; no strap holds back enough to fill 20 s so.
_DOUBLED, _BLOCK_MS = 1.8, 20_000


class Coverage:
    """Hold what a strap tells since its link began against the time it took; never capped."""

    def __init__(self) -> None:
        self.doubled_ms: int | None = None
        """When twenty seconds or more that were told about twice last ended."""
        self._first_ms: int | None = None
        self._elapsed_ms = self._words = self._beats = 0
        self._block_ms = self._block_words = 0

    def begin(self) -> None:
        """Begin anew with a new link: what lies between two links was never told."""
        self._first_ms = None
        self._elapsed_ms = self._words = self._beats = 0

    def hear(self, t_ms: int, words: int, beats: int) -> None:
        """Take in the sum of a packet's words; the first only says where time begins."""
        if self._first_ms is None:
            self._first_ms = self._block_ms = t_ms
            self._block_words = 0
            return
        self._elapsed_ms = t_ms - self._first_ms
        self._words += words
        self._beats += beats
        self._block_words += words
        took_ms = t_ms - self._block_ms
        if took_ms >= _BLOCK_MS:
            if self._block_words * 1000 >= _DOUBLED * TICKS_PER_S * took_ms:
                self.doubled_ms = t_ms
            self._block_ms, self._block_words = t_ms, 0

    @property
    def share(self) -> float | None:
        """The share of the time that was told, with words read as ticks; `None` below 20 s."""
        if self._elapsed_ms < _LEAST_MS:
            return None
        return self._words * 1000 / (TICKS_PER_S * self._elapsed_ms)

    def whole(self, unit: Unit) -> bool:
        """Say whether, in a unit, no more is missing than the ends leave open."""
        elapsed = self._elapsed_ms * unit.per_s / 1000
        allowed = _OPEN_INTERVALS * self._words / max(self._beats, 1) + _OPEN_SHARE * elapsed
        return elapsed - self._words <= allowed
