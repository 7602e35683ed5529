"""The soothing-system proxy: never without its interval, and never without what it is not."""

from typing import Literal

from softfront_signal.moments import Decision
from softfront_signal.soothing import interval, usual_band

from ..reasons import Text
from .common import Band, Bands, Out, TextOut

_HELP = [TextOut(id="proxy.help.1"), TextOut(id="proxy.help.2")]


class Proxy(Out):
    """RSA at the own breathing peak with RMSSD, in ms a second of the mean interval."""

    value: float | None
    low: float | None
    """From here …"""
    high: float | None
    """… to here it lies 95 times in 100."""
    unit: Literal["ms/s"] = "ms/s"
    band: Band | None
    place: Literal["inside", "above", "below"] | None
    """Against the own band, by the whole interval: `inside` where that reaches into it."""
    rsa_ms: float | None
    breathing_per_min: float | None
    missing: TextOut | None
    """Why there is no value, where there is none."""
    help: list[TextOut] = _HELP
    """What it is, and what it is not."""

    @classmethod
    def of(cls, d: Decision | None) -> "Proxy":
        """Tell the proxy of a mark."""
        own = usual_band(d.usual if d else None)
        band = Bands.of(d.usual if d else None).soothing
        it = d.soothing if d is not None and d.missing is None else None
        if it is None:
            return cls(
                value=None,
                low=None,
                high=None,
                band=band,
                place=None,
                rsa_ms=None,
                breathing_per_min=None,
                missing=TextOut.of(Text("proxy.none")),
            )
        told = interval(it)
        place: Literal["inside", "above", "below"] | None = None
        if own is not None:
            place = "above" if told.low > own.high else "below" if told.high < own.low else "inside"
        return cls(
            value=told.median,
            low=told.low,
            high=told.high,
            band=band,
            place=place,
            rsa_ms=it.rsa_ms,
            breathing_per_min=60 * it.breathing_hz,
            missing=None,
        )
