"""A stretch of time as a ribbon: what state, for how long, and the pauses in it."""

from typing import Annotated

from pydantic import Field

from .around import PauseSpan
from .common import Out


class Run(Out):
    """One state, from here to there."""

    from_: Annotated[str, Field(alias="from")]
    to: str
    state: str
    """As in the series for charts."""
    below: bool
    """RMSSD below the own usual range."""


class Ribbon(Out):
    """Runs in order; where nothing was heard there is none."""

    from_: Annotated[str, Field(alias="from")]
    to: str
    spans: list[Run]
    pauses: list[PauseSpan]
    worn_s: int
    still_s: int
    moving_s: int
    strap_off_s: int
    poor_signal_s: int
    below_s: int
