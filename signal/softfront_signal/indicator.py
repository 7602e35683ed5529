"""How far from usual, and for how long."""

from dataclasses import dataclass
from math import log

from .moments import UNCHOSEN, Choice, Route, Rule, Usual, Window
from .two_state import SURE, TwoState

RULE_VERSION = "2.0"
# A dip that recovers is no reason to speak: 13 % of bare dips were still there a minute later.
HOLD_MS = 45_000
# Where the odds speak clearly, half a minute of that is enough.
CLEAR_MS = 30_000
# Within one spread of the median a heart rate says nothing of its own.
_FLAT = 1.0
# The watch ends only after a minute clearly back inside; so a wavering heart is one watch, not ten.
HYSTERESIS = 0.5
_CALM_MS = 60_000


@dataclass(frozen=True, slots=True)
class Departure:
    """How one window stands against the usual."""

    z_hr: float | None = None
    z_rmssd: float | None = None
    route: Route | None = None
    held_s: int = 0
    needed_s: int = HOLD_MS // 1000
    """How long it takes to count; less where the change is clear."""
    rise_ms: int | None = None
    watching: bool = False
    """Outside now, or not yet clearly inside for a minute. Only a held rise stops learning."""

    @property
    def held(self) -> bool:
        """Say whether it has been outside for long enough."""
        return self.route is not None and self.held_s >= self.needed_s


class Indicator:
    """Three rules behind one door; what they measure is the same, and the wearer chooses.

    Departures are measured in spreads of the person's own still minutes, and count above the
    person's own percentile of them.
    """

    def __init__(self) -> None:
        self._odds = TwoState()
        self._rise_ms: int | None = None
        self._clear_since_ms: int | None = None
        self._inside_since_ms: int | None = None
        self._watching = False

    def consider(
        self,
        window: Window,
        usual: Usual | None,
        choice: Choice = UNCHOSEN,
        amount: float | None = None,
    ) -> Departure:
        """Place the next window, with how much the body moved; without numbers a stretch ends."""
        if usual is None or window.hr_bpm is None:
            self._rise_ms = self._clear_since_ms = self._inside_since_ms = None
            self._odds, self._watching = TwoState(), False
            return Departure()
        return self.place(window.t_ms, departures(window, usual, amount), usual, choice)

    def place(
        self,
        t_ms: int,
        z: tuple[float, float | None],
        usual: Usual,
        choice: Choice = UNCHOSEN,
        odds: float | None = None,
    ) -> Departure:
        """Place the next window by how far out it lies; of `usual` only asks what counts as far.

        Where all departures are known beforehand, so are the `odds` of the two states. Then a
        window that is not outside may be left out, unless the last one was watched.
        """
        z_hr, z_rmssd = z
        route = _route(choice.rule, z_hr, z_rmssd, usual)
        inside = clearly_inside(choice.rule, z_hr, z_rmssd, usual)
        self._keep_time(t_ms, route, inside)
        held_ms = 0 if self._rise_ms is None else t_ms - self._rise_ms
        needed_ms = HOLD_MS
        odds = self._odds.hear(t_ms, z_hr) if odds is None else odds
        if self._clear(t_ms, odds, route) and held_ms >= CLEAR_MS:
            needed_ms = CLEAR_MS
        return Departure(
            z_hr,
            z_rmssd,
            route,
            held_ms // 1000,
            needed_ms // 1000,
            self._rise_ms,
            self._watching,
        )

    def _clear(self, t_ms: int, odds: float, route: Route | None) -> bool:
        """Say whether the odds have been clear for long enough, by the heart rate's route."""
        if odds <= SURE or route not in (Route.HEART_RATE, Route.BOTH):
            self._clear_since_ms = None
            return False
        if self._clear_since_ms is None:
            self._clear_since_ms = t_ms
        return t_ms - self._clear_since_ms >= CLEAR_MS

    def _keep_time(self, t_ms: int, route: Route | None, inside: bool) -> None:
        if route is None:
            self._rise_ms = None
        else:
            self._rise_ms = t_ms if self._rise_ms is None else self._rise_ms
            self._watching = True
        if not inside:
            self._inside_since_ms = None
            return
        self._inside_since_ms = t_ms if self._inside_since_ms is None else self._inside_since_ms
        if t_ms - self._inside_since_ms >= _CALM_MS:
            self._watching = False


def departures(
    window: Window, usual: Usual, amount: float | None = None
) -> tuple[float, float | None]:
    """Return heart rate above and ln RMSSD below the usual, in spreads.

    Where movement is told, the rate is held against what is usual with so much of it.
    """
    assert window.hr_bpm is not None
    z_hr = (window.hr_bpm - usual.expected_bpm(amount)) / usual.hr_spread_bpm
    if not window.rmssd_ms:
        return z_hr, None
    return z_hr, (usual.ln_rmssd_median - log(window.rmssd_ms)) / usual.ln_rmssd_spread


def _route(rule: Rule, z_hr: float, z_rmssd: float | None, usual: Usual) -> Route | None:
    rate_up = z_hr > usual.theta_hr
    variation_down = z_rmssd is not None and z_rmssd > usual.theta_rmssd
    if rule is Rule.HRV:
        return Route.RMSSD if variation_down else None
    if rule is Rule.HEART_RATE:
        return Route.HEART_RATE if rate_up else None
    if rate_up:
        return Route.BOTH if variation_down else Route.HEART_RATE
    # RMSSD falls with any rise of the heart rate; alone it counts only where the rate is flat.
    return Route.RMSSD if variation_down and abs(z_hr) < _FLAT else None


def clearly_inside(rule: Rule, z_hr: float, z_rmssd: float | None, usual: Usual) -> bool:
    """Say whether a window is so far inside, by a rule, that a body may be called back."""
    rate = rule is Rule.HRV or z_hr < usual.theta_hr - HYSTERESIS
    variation = rule is Rule.HEART_RATE or z_rmssd is None
    return rate and (variation or (z_rmssd or 0.0) < usual.theta_rmssd - HYSTERESIS)
