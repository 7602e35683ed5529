"""What every message says: the same for everything, and no value of a body."""

from softfront_signal.moments import Answer

from ..words import Language, say

OFFERED = (Answer.START, Answer.LATER, Answer.NOT_NOW)
"""What the buttons of a message say, in this order."""


def title(language: Language | None = None) -> str:
    """Name who speaks."""
    return say("notify.title", language=language)


def body(language: Language | None = None, *, steps: bool = False) -> str:
    """Say that a moment is there, or the three steps of the pause."""
    return say("notify.steps.body" if steps else "notify.body", language=language)


def button(answer: Answer, language: Language | None = None) -> str:
    """Name a button."""
    return say(f"notify.action.{answer.value}", language=language)
