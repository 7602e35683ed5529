"""Whether a rise began at rest: one that began on the move tells of the move."""

from .indicator import Departure


class Arming:
    """A body inside its usual, at rest, is armed; on the move it is not."""

    def __init__(self) -> None:
        self._armed = False

    def holds(self, departure: Departure) -> bool:
        """Say whether a departure may count: there is none, or it began at rest."""
        return self._armed or departure.route is None

    def note(self, departure: Departure, *, at_rest: bool) -> None:
        """Take in how things stand, for whatever comes next."""
        inside = departure.z_hr is not None and departure.route is None
        self._armed = at_rest and (self._armed or inside)
