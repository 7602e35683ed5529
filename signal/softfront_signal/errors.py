"""What cannot be measured because of what was handed in.

SignalError
├── BadIntervals   intervals, or what stands beside them, that no heart and no strap can have told
├── BadMarks       windows that should end at no moment, out of order, or last no time
└── BadOccasions   moments of chance that no chance can have made, with outcomes no heart can have
"""


class SignalError(ValueError):
    """What was handed in cannot be measured; says why and where, and never names a value."""

    def __init__(self, why: str, index: int | None = None) -> None:
        """Take what is wrong, and the place of the first it is wrong with, where there is one."""
        super().__init__(why if index is None else f"{why} (at index {index})")
        self.why = why
        self.index = index


class BadIntervals(SignalError):
    """Intervals, or what stands beside them, cannot be used."""


class BadMarks(SignalError):
    """The moments at which windows should end, or how long they should be, cannot be used."""


class BadOccasions(SignalError):
    """Moments at which chance is said to have offered or kept silent cannot be compared."""
