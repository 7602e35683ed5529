"""Whether a rise began at rest: one that began on the move tells of the move."""

from .indicator import Departure
from .moments import MARK_MS

# What was not seen for a minute may have been anything.
_UNSEEN_MOST = 60_000 // MARK_MS


class Arming:
    """A body inside its usual, at rest, is armed; on the move, or out of sight, it is not."""

    def __init__(self) -> None:
        self._armed = False
        self._unseen = 0

    def holds(self, departure: Departure) -> bool:
        """Say whether a departure may count: there is none, or it began at rest."""
        return self._armed or departure.route is None

    def note(self, departure: Departure, *, at_rest: bool) -> None:
        """Take in how things stand at a mark, for whatever comes next."""
        seen = departure.z_hr is not None
        self._unseen = 0 if seen else self._unseen + 1
        inside = seen and departure.route is None
        in_sight = self._unseen <= _UNSEEN_MOST
        self._armed = at_rest and in_sight and (self._armed or inside)
