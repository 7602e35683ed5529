"""What is heard: exact types, no unknown names, no NaN."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from softfront_signal.moments import Answer

from .common import In

Id = Annotated[str, StringConstraints(min_length=1, max_length=100)]
_Question = Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z][a-z0-9_.]*$")]
# A page may have been without its server for a month.
Ago = Annotated[int, Field(ge=0, le=31 * 86_400)]


class AnswerIn(In):
    """What a person says to an offer."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)

    answer: Answer


class PauseIn(In):
    """A pause that has begun."""

    prompt_id: Id | None = None
    started_ago_s: Ago = 0


class FinishIn(In):
    """A pause that is over."""

    lasted_s: Annotated[int, Field(ge=0, le=90)]
    ended_ago_s: Ago = 0


class JournalIn(In):
    """One line; an empty one removes what stood in its place."""

    text: Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True)]
    id: Id | None = None
    """The line that is changed."""
    pause_id: Id | None = None
    practice_id: Id | None = None
    practice_key: Id | None = None
    """The key its practice was begun with, where the page knows no other name yet."""
    question: _Question | None = None
    """The key of the line it was written under."""
    written_ago_s: Ago = 0
