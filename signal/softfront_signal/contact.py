"""Does the strap touch skin: as it says itself or, where it does not say, as its beats tell."""

from enum import Enum

from softfront_sensors.heart_rate import TICKS_PER_S, HeartRate
from softfront_sensors.heart_rate import Contact as Told
from softfront_sensors.packet import Motion, Packet

# A silent link says nothing of the skin; a packet late by more than this counts as so late.
_MOST_MS = 2_000
# What is owed is forgiven by a twentieth a second: lost beats now and then never add up, and
# where a quarter of them is missing for good it comes to five seconds.
_FORGIVEN = 0.05
# A heart of 30 a minute waits two seconds, and straps hold intervals back for up to four.
_OWED_MS = 5_000
# A frozen rate or a body like a table speaks against the skin; with either, less is needed.
_OWED_HINTED_MS = 4_000
# So that beats that come back are believed within ten seconds or so.
_MOST_OWED_MS = 8_000
# A resting heart's rate stays for some seconds; off the skin it stays for good.
_FROZEN_MS = 10_000
# Breath and pulse alone move a chest by 5 mg or more; a strap on a table shows its own noise.
_STILL_MG = 3
# What was reported longer ago says nothing of now.
_FRESH_MS = 15_000
_UNSUPPORTED = Told.UNSUPPORTED


class Contact(Enum):
    """What is known of the skin."""

    ON = "on"
    """The strap says so."""
    LOST = "lost"
    """The strap says so."""
    PLAUSIBLE = "plausible"
    """The strap does not say; its beats are a body's."""
    SUSPECT = "suspect"
    """The strap does not say; its beats stay away."""


class ContactSense:
    """Keep account of the time a strap owes: what went by, less the intervals it told."""

    def __init__(self) -> None:
        self._told = Told.UNSUPPORTED
        self._t_ms = 0
        self._owed_ms = 0.0
        self._told_beats = False
        self._rate: int | None = None
        self._rate_since_ms = 0
        self._still_ms: int | None = None

    def hear(self, packet: Packet, said: HeartRate) -> None:
        """Take in a packet, the next in time."""
        self._told = said.contact
        if said.contact is _UNSUPPORTED:
            self._keep_account(packet.t_ms, said)

    def hear_motion(self, report: Motion) -> None:
        """Take in whether what the strap is fastened to lies perfectly still."""
        if report.move_mg is not None:
            self._still_ms = report.t_ms if report.move_mg <= _STILL_MG else None

    @property
    def state(self) -> Contact:
        """What is known, as of the latest packet."""
        if self._told is not _UNSUPPORTED:
            return Contact.ON if self._told is Told.ON else Contact.LOST
        return Contact.SUSPECT if self._suspect(self._t_ms) else Contact.PLAUSIBLE

    def _keep_account(self, t_ms: int, said: HeartRate) -> None:
        if said.hr_bpm != self._rate:
            self._rate, self._rate_since_ms = said.hr_bpm, t_ms
        passed_ms = t_ms - self._t_ms
        self._t_ms = t_ms
        if self._told_beats:
            if passed_ms > _MOST_MS:
                passed_ms = _MOST_MS
            owed_ms = self._owed_ms * (1 - _FORGIVEN * passed_ms / 1000) + passed_ms
            owed_ms -= sum(said.rr_ticks) * 1000 / TICKS_PER_S
            self._owed_ms = 0.0 if owed_ms < 0 else min(owed_ms, _MOST_OWED_MS)
        elif said.rr_ticks:
            self._told_beats = True

    def _suspect(self, t_ms: int) -> bool:
        if self._told_beats and self._owed_ms < _OWED_HINTED_MS:
            return False
        frozen = t_ms - self._rate_since_ms >= _FROZEN_MS
        if not self._told_beats:  # it may be one that never tells intervals: its rate must do
            return self._rate is None and frozen
        still = self._still_ms is not None and t_ms - self._still_ms <= _FRESH_MS
        return self._owed_ms >= (_OWED_HINTED_MS if frozen or still else _OWED_MS)
