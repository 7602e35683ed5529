"""When to speak and when not: pure, without a clock, a disk or dice."""

from .chance import OFFERED, draw
from .gates import GATES, LATE_MS, REASONS
from .holding import DEFERRED_MS
from .inviting import APART_MS, STANDS_MS, Hours, Opening, Standing, in_the_way, may_invite
from .moment import Moment, Rules
from .remembering import (
    LATER_MS,
    LATER_WITHIN_MS,
    LIFETIME_MS,
    begin_shift,
    came_back,
    dismissed,
    given,
    given_again,
    put_off,
    settle,
)
from .rhythm import LOOK_BACK_MS, Rhythm, WornShift, rhythm
from .spacing import CONTROL_MS, DISMISSED_MS, REFRACTORY_MS
from .state import Deferred, Given, Later, Stamp, Stood, TactState
from .weighing import Verdict, consider

__all__ = [
    "APART_MS",
    "CONTROL_MS",
    "DEFERRED_MS",
    "DISMISSED_MS",
    "GATES",
    "LATER_MS",
    "LATER_WITHIN_MS",
    "LATE_MS",
    "LIFETIME_MS",
    "LOOK_BACK_MS",
    "OFFERED",
    "REASONS",
    "REFRACTORY_MS",
    "STANDS_MS",
    "Deferred",
    "Given",
    "Hours",
    "Later",
    "Moment",
    "Opening",
    "Rhythm",
    "Rules",
    "Stamp",
    "Standing",
    "Stood",
    "TactState",
    "Verdict",
    "WornShift",
    "begin_shift",
    "came_back",
    "consider",
    "dismissed",
    "draw",
    "given",
    "given_again",
    "in_the_way",
    "may_invite",
    "put_off",
    "rhythm",
    "settle",
]
