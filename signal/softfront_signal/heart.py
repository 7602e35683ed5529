"""What packets say of the heart: beats in their time, judged, in the windows that hold them."""

from dataclasses import replace

from softfront_sensors.heart_rate import decode
from softfront_sensors.packet import Motion, Packet

from .artefacts import Judge
from .audit import Audit
from .beats import Beat, BeatClock
from .contact import Contact, ContactSense
from .gates import BEAT_S, signal_missing
from .hrv import SlidingWindow
from .moments import LIVE, Missing, Soothing, Stillness, Window
from .soothing import soothing
from .spectrum import SlidingSpectrum
from .unit import Unit

# A strap sends about once a second; after 15 s the link is gone whatever it says.
_LINK_MS = 15_000
# A short slip is no new strap; after a minute off, warming up begins again.
_SLIP_MS = 60_000
# What the spectrum looks at; the numbers beside it come from the same beats.
_LONG_MS = 300_000


class Heart:
    """One heart, as far as its strap tells of it."""

    def __init__(self) -> None:
        self._clock, self._judge = BeatClock(), Judge()
        self._minute, self._five = SlidingWindow(), SlidingWindow(_LONG_MS)
        self._spectrum = SlidingSpectrum(coherence=False)
        self.audit, self._contact = Audit(), ContactSense()
        self.packet_ms: int | None = None
        """When the latest packet came."""
        self.beat_ms: int | None = None
        """When the latest packet with a beat came."""
        self.last_beat: Beat | None = None
        self.worn_since_ms: int | None = None
        """When the strap was put on, where it is on."""

    def begin(self, unit: Unit | None) -> None:
        """Begin a new session, apart from all beats before; `unit` is known from earlier wear."""
        self._clock.cut()
        self.audit, self._contact = Audit(unit), ContactSense()

    def break_off(self) -> None:
        """Take in that packets were lost: what follows has no neighbour before it."""
        self._clock.cut()
        self.audit.break_off()

    def hear_motion(self, report: Motion) -> None:
        """Take in how much moves what the strap is fastened to."""
        self._contact.hear_motion(report)

    def hear(self, packet: Packet) -> None:
        """Take in a packet, the next in time."""
        t_ms, said = packet.t_ms, decode(packet.data)
        self._contact.hear(packet, said)
        if self.audit.hear(packet, said):
            # No difference between an interval read one way and one read the other.
            self._clock.cut()
        filler = None
        if self.audit.amends:
            said, filler = self.audit.read(said)
        beats = self._clock.hear(packet, said)
        for beat in beats:
            judged = self._judge.judge(beat, filler)
            for window in (self._minute, self._five, self._spectrum):
                window.add(judged)
        if beats:
            if self.beat_ms is None or t_ms - self.beat_ms > _SLIP_MS:
                self.worn_since_ms = t_ms
            self.beat_ms, self.last_beat = t_ms, beats[-1]
        self.packet_ms = t_ms

    @property
    def contact(self) -> Contact:
        """What is known of the skin, as of the latest packet."""
        return self._contact.state

    def at(self, t_ms: int, stillness: Stillness) -> tuple[Window, Missing | None]:
        """Measure the minute before a mark, and say why it gives no number, if it gives none."""
        self._five.let_go(t_ms)
        self._spectrum.let_go(t_ms)
        window = self._minute.at(t_ms)
        missing = self._missing(window, stillness)
        if missing is Missing.NO_INTERVALS:
            window = replace(window, hr_bpm=self.audit.only_rate(t_ms))
        return window, missing

    def soothing(self, t_ms: int) -> Soothing | None:
        """Measure the proxy over the five minutes before a mark; `None` where it does not show."""
        window = self._five.at(t_ms)
        if signal_missing(window, LIVE) is not None:
            return None
        return soothing(window, self._spectrum.at(t_ms))

    def since_beat_s(self, t_ms: int) -> int | None:
        """Return the seconds since the last beat came; `None` before the first."""
        return None if self.beat_ms is None else (t_ms - self.beat_ms) // 1000

    def worn_s(self, t_ms: int) -> int:
        """Return how long the strap has been on, in seconds."""
        return 0 if self.worn_since_ms is None else (t_ms - self.worn_since_ms) // 1000

    def _missing(self, window: Window, stillness: Stillness) -> Missing | None:
        t_ms = window.t_ms
        if self.packet_ms is None or t_ms - self.packet_ms > _LINK_MS:
            return Missing.NO_LINK
        no_beat = self.beat_ms is None or t_ms - self.beat_ms > 1000 * BEAT_S
        contact = self._contact.state
        if contact is Contact.LOST or no_beat:
            told = contact is not Contact.LOST and self.audit.only_rate(t_ms)
            return Missing.NO_INTERVALS if told else Missing.STRAP_OFF
        if stillness is Stillness.MOVING:
            return Missing.MOVING
        if contact is Contact.SUSPECT or self.audit.untrusted(t_ms):
            return Missing.POOR_SIGNAL
        missing = signal_missing(window, LIVE)
        # What a strap fills in is its own, and no rhythm.
        filled = missing is Missing.IRREGULAR and self.audit.fills
        return Missing.POOR_SIGNAL if filled else missing
