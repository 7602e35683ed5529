"""How things stand, as far as a home is told of it."""

import json
from dataclasses import dataclass

from ..shapes.moments import Now
from .discovery import HEART_RATE, OFF, ON, RMSSD

_LINKED = ("subscribed", "live", "silent")
_NOT_WORN, _UNKNOWN = "strap_off", "no_link"


@dataclass(frozen=True, slots=True)
class Standing:
    """The strap, and whether the wearer is with someone; nothing of what the heart does."""

    worn: bool | None
    connected: bool
    battery_percent: int | None
    with_someone: bool

    @classmethod
    def of(cls, now: Now) -> "Standing":
        """Take of a moment what a home may know."""
        unknown = now.at is None or now.missing == _UNKNOWN
        return cls(
            worn=None if unknown else now.missing != _NOT_WORN,
            connected=now.strap.state in _LINKED,
            battery_percent=now.strap.battery_percent,
            with_someone=now.with_someone_until is not None,
        )

    def written(self) -> str:
        """Write it for Home Assistant, to which null means unknown."""
        return json.dumps(
            {
                "worn": None if self.worn is None else _switch(self.worn),
                "connected": _switch(self.connected),
                "battery": self.battery_percent,
                "with_someone": _switch(self.with_someone),
            }
        )


def values(now: Now, wanted: frozenset[str]) -> dict[str, float | None]:
    """Take of a moment the values of a body that are wanted, and no others."""
    known = {HEART_RATE: now.heart_rate.value, RMSSD: now.rmssd.value}
    return {name: known[name] for name in known if name in wanted}


def _switch(on: bool) -> str:
    return ON if on else OFF
