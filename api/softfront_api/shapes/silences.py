"""Why and why not, over a stretch of time."""

from typing import Annotated, Literal

from pydantic import Field

from .common import Out, TextOut


class Run(Out):
    """Marks one after the other that were told the same, or one offer."""

    from_: Annotated[str, Field(alias="from")]
    to: str
    at: str
    """A moment of it whose decision tells more."""
    kind: Literal["offer", "silence"]
    text: TextOut
    prompt: str | None
    answer: str | None
    """What became of the offer."""


class Reasons(Out):
    """The offers of a stretch and the silences between them, oldest first."""

    from_: Annotated[str, Field(alias="from")]
    to: str
    runs: list[Run]
