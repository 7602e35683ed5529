"""What is heard: exact types, no unknown names, no NaN."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from softfront_signal.moments import Answer

from .common import In

_Id = Annotated[str, StringConstraints(min_length=1, max_length=100)]
# A page may have been without its server for a month.
_Ago = Annotated[int, Field(ge=0, le=31 * 86_400)]


class AnswerIn(In):
    """What a person says to an offer."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)

    answer: Answer


class PauseIn(In):
    """A pause that has begun."""

    prompt_id: _Id | None = None
    started_ago_s: _Ago = 0


class FinishIn(In):
    """A pause that is over."""

    lasted_s: Annotated[int, Field(ge=0, le=90)]
    ended_ago_s: _Ago = 0


class JournalIn(In):
    """One line; an empty one removes what its pause had."""

    text: Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True)]
    pause_id: _Id | None = None
