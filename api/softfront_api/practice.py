"""The practices: what each says at which second, its bells, and what one may answer to it."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

from . import pause, weekly
from .breath import SIX_A_MINUTE, Breath
from .pause import Line, Step
from .weekly import lines_of

Kind: TypeAlias = Literal[
    "pause",
    "morning",
    "midday",
    "evening",
    "weekly_tonglen",
    "weekly_metta",
    "weekly_journal",
    "breath",
    "kindness",
]
Invited: TypeAlias = Literal["morning", "midday", "evening", "weekly"]
"""What can be offered at a time of its own; which of the weekly ones, the person says then."""
Choice: TypeAlias = Literal["resonance", "warmth", "unsure"]
Sign: TypeAlias = Literal["contingent", "hard_to_leave", "demand", "resentment"]

AFTERWARDS: tuple[Kind, ...] = ("breath", "kindness")
"""What is offered after a check-in that found resonance or a sign: one of them, or neither."""


@dataclass(frozen=True, slots=True)
class Branch:
    """What is said after a choice."""

    name: Choice
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Fork:
    """A choice that may be made up to a second; then the lines of its branch begin."""

    until_s: int
    default: Choice
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Practice:
    """One practice, as a function of its seconds."""

    kind: Kind
    length_s: int
    steps: tuple[Step, ...]
    bells_s: tuple[int, ...] = ()
    breath: Breath | None = SIX_A_MINUTE
    fork: Fork | None = None
    questions: tuple[Line, ...] = ()
    """The lines among its own that one may write under."""
    invited: Invited | None = None


def _steps(bells_s: tuple[int, ...], lines: tuple[Line, ...]) -> tuple[Step, ...]:
    """Let a step begin with each bell but the last."""
    return tuple(
        Step(begin, None, tuple(line for line in lines if begin <= line.at_s < end))
        for begin, end in pairwise(bells_s)
    )


_MORNING_BELLS = (0, 35, 105, 190, 245, 300)
_MORNING = (
    *lines_of("morning.arrive.line", 0, 12),
    *lines_of("morning.easy.line", 35, 50, 65),
    *lines_of("morning.self.line", 105, 122, 148),
    *lines_of("morning.neutral.line", 190, 206),
    *lines_of("morning.difficult.line", 245, 260),
    *lines_of("morning.end.line", 288),
)
_MIDDAY_BELLS = (0, 60)
# The in-breath the words speak of begins two seconds after they do, and the out-breath with them.
_MIDDAY_BREATH = Breath(4, 6, from_s=6)
_FORK = Fork(
    25,
    "unsure",
    (
        Branch("resonance", lines_of("midday.resonance.line", 25, 34, 40, 50)),
        Branch("warmth", lines_of("midday.warmth.line", 25, 42)),
        Branch("unsure", lines_of("midday.unsure.line", 25, 42)),
    ),
)
_EVENING_BELLS = (0, 25, 85, 135, 185, 230, 300)
_EVENING = lines_of("evening.line", 0, 10, 25, 45, 85, 105, 135, 155, 185, 230, 242, 256, 274, 290)
_EVENING_QUESTIONS = tuple(_EVENING[i - 1] for i in (3, 5, 7, 10))


def _weekly(
    kind: Kind,
    lines: tuple[Line, ...],
    bells_s: tuple[int, ...],
    breath: Breath | None = SIX_A_MINUTE,
    questions: tuple[Line, ...] = (),
) -> Practice:
    steps = _steps(bells_s, lines)
    return Practice(
        kind, weekly.LENGTH_S, steps, bells_s, breath, questions=questions, invited="weekly"
    )


_ALL = (
    Practice("pause", pause.LENGTH_S, pause.STEPS, pause.BELLS_S),
    Practice("morning", 300, _steps(_MORNING_BELLS, _MORNING), _MORNING_BELLS, invited="morning"),
    Practice(
        "midday",
        60,
        _steps(_MIDDAY_BELLS, lines_of("midday.line", 0, 9)),
        _MIDDAY_BELLS,
        _MIDDAY_BREATH,
        _FORK,
        invited="midday",
    ),
    Practice(
        "evening",
        300,
        _steps(_EVENING_BELLS, _EVENING),
        _EVENING_BELLS,
        questions=_EVENING_QUESTIONS,
        invited="evening",
    ),
    _weekly("weekly_tonglen", weekly.TONGLEN, weekly.TONGLEN_BELLS),
    _weekly("weekly_metta", weekly.METTA, weekly.METTA_BELLS),
    # Whoever writes has no use for a circle that moves beside it.
    _weekly("weekly_journal", weekly.JOURNAL, weekly.JOURNAL_BELLS, None, weekly.JOURNAL_QUESTIONS),
    Practice("breath", 12, (Step(0, None, lines_of("signs.breath.line", 0, 6)),), (), Breath(6, 6)),
    Practice("kindness", 30, (Step(0, None, lines_of("signs.kindness.line", 0, 8, 20)),)),
)
PRACTICES = {it.kind: it for it in _ALL}
"""All that is guided, by its kind."""
