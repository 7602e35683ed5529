"""How far from usual, and for how long."""

from dataclasses import dataclass
from math import log

from .moments import Route, Usual, Window

RULE = "combined"
RULE_VERSION = "1.1"
# A dip that recovers is no reason to speak: 13 % of bare dips were still there a minute later.
HOLD_MS = 45_000
# Within one spread of the median a heart rate says nothing of its own.
_FLAT = 1.0
# The watch ends only after a minute clearly back inside; so a wavering heart is one watch, not ten.
_HYSTERESIS = 0.5
_CALM_MS = 60_000


@dataclass(frozen=True, slots=True)
class Departure:
    """How one window stands against the usual."""

    z_hr: float | None = None
    z_rmssd: float | None = None
    route: Route | None = None
    held_s: int = 0
    rise_ms: int | None = None
    watching: bool = False
    """Outside now, or not yet clearly inside for a minute. Only a held rise stops learning."""

    @property
    def held(self) -> bool:
        """Say whether it has been outside for long enough."""
        return self.route is not None and self.held_s * 1000 >= HOLD_MS


class Indicator:
    """The rule `combined`: heart rate above, or RMSSD below at a flat heart rate.

    Both are measured in spreads of the person's own still minutes, and count above the person's
    own 95th percentile of them.
    """

    def __init__(self) -> None:
        self._rise_ms: int | None = None
        self._inside_since_ms: int | None = None
        self._watching = False

    def consider(self, window: Window, usual: Usual | None) -> Departure:
        """Place the next window; a window without numbers ends the stretch."""
        if usual is None or window.hr_bpm is None:
            self._rise_ms, self._watching = None, False
            return Departure()
        z_hr = (window.hr_bpm - usual.heart_rate.median) / usual.hr_spread_bpm
        z_rmssd = None
        if window.rmssd_ms:
            z_rmssd = (usual.ln_rmssd_median - log(window.rmssd_ms)) / usual.ln_rmssd_spread
        route = _route(z_hr, z_rmssd, usual)
        self._keep_time(window.t_ms, route, clearly_inside(z_hr, z_rmssd, usual))
        held_ms = 0 if self._rise_ms is None else window.t_ms - self._rise_ms
        return Departure(z_hr, z_rmssd, route, held_ms // 1000, self._rise_ms, self._watching)

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


def _route(z_hr: float, z_rmssd: float | None, usual: Usual) -> Route | None:
    rate_up = z_hr > usual.theta_hr
    variation_down = z_rmssd is not None and z_rmssd > usual.theta_rmssd
    if rate_up:
        return Route.BOTH if variation_down else Route.HEART_RATE
    # RMSSD falls with any rise of the heart rate; alone it counts only where the rate is flat.
    return Route.RMSSD if variation_down and abs(z_hr) < _FLAT else None


def clearly_inside(z_hr: float, z_rmssd: float | None, usual: Usual) -> bool:
    """Say whether a window is so far inside that a body may be called back."""
    below = z_rmssd is None or z_rmssd < usual.theta_rmssd - _HYSTERESIS
    return z_hr < usual.theta_hr - _HYSTERESIS and below
