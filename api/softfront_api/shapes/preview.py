"""What other settings would have meant."""

from typing import Annotated, Literal

from pydantic import Field

from .common import Out, TextOut


class Run(Out):
    """A stretch of a shift's ribbon; seconds count from its beginning."""

    from_s: int
    to_s: int
    state: Literal["still", "below_usual", "moving", "strap_off", "poor_signal"]


class ShiftOut(Out):
    """One of the person's own shifts."""

    from_: Annotated[str, Field(alias="from")]
    to: str
    worn_h: float
    eligible_share: float | None
    offers: list[str]
    """When they would have come."""
    states: list[Run]


class Preview(Out):
    """All of them, shift by shift and together."""

    shifts: int
    offers_per_shift: float | None
    eligible_share: float | None
    """Of the time the strap was worn."""
    still_outside_share: float | None
    """Of these offers, at how many it was still outside a minute later."""
    days: list[ShiftOut]
    lines: list[TextOut]
    missing: TextOut | None
    """Why there is nothing to tell yet."""
    suggestion: TextOut | None
    """Another choice that the answers lean to; never made by itself."""
