"""A practice led by one clock: what is said, how full the breath is, and when a bell rings."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ..pause import Line
from ..practice import Choice, Practice

# A bell that was slept through is not rung late.
_RUNG_WITHIN_S = 2.0


@dataclass(frozen=True, slots=True)
class Moment:
    """One second of a practice, or any part of one."""

    line: Line
    title: str | None
    left_s: float
    full: float | None
    """Of the breath, 0…1; `None` where none is kept company."""
    inward: bool
    choices: tuple[Choice, ...] = ()
    """What may be chosen now."""


class Screen(Protocol):
    """Where a practice is shown."""

    every_s: float
    """How often it wants to be drawn anew."""

    def show(self, moment: Moment) -> None:
        """Show a moment."""
        ...

    def ring(self) -> None:
        """Ring the bell."""
        ...


@dataclass(frozen=True, slots=True)
class Course:
    """How a practice went."""

    lasted_s: int
    whole: bool
    choice: Choice | None
    ago_s: int = 0
    """How long ago it ended, where the machine slept over its end."""


def moment_at(practice: Practice, choice: Choice | None, t_s: float) -> Moment:
    """Tell what a second of a practice holds; without a choice its fork goes the default way."""
    fork, breath = practice.fork, practice.breath
    step = [it for it in practice.steps if it.at_s <= t_s][-1]
    lines = [*(line for it in practice.steps for line in it.lines)]
    if fork is not None:
        lines += next(it.lines for it in fork.branches if it.name == (choice or fork.default))
    line = [it for it in lines if it.at_s <= t_s][-1]
    free = fork is not None and choice is None and t_s < fork.until_s
    return Moment(
        line,
        step.title,
        max(0.0, practice.length_s - t_s),
        breath.fullness(t_s) if breath else None,
        breath.inward(t_s) if breath else False,
        tuple(it.name for it in fork.branches) if fork and free else (),
    )


def guide(
    practice: Practice,
    screen: Screen,
    now_s: Callable[[], float],
    wait: Callable[[float], str | None],
) -> Course:
    """Lead a practice to its end; an interrupt ends it early, and that is as good.

    `wait` lets so many seconds pass, or fewer where a key was pressed, which it then returns.
    """
    began_s, seen_s, choice = now_s(), -1.0, None
    t_s = 0.0
    try:
        while t_s < practice.length_s:
            _ring(practice, screen, seen_s, t_s)
            moment = moment_at(practice, choice, t_s)
            screen.show(moment)
            choice = _chosen(moment, wait(screen.every_s)) or choice
            seen_s, t_s = t_s, now_s() - began_s
        _ring(practice, screen, seen_s, t_s)
    except KeyboardInterrupt:
        lasted_s = min(int(now_s() - began_s), practice.length_s)
        return Course(lasted_s, False, choice)
    return Course(practice.length_s, True, choice, int(t_s - practice.length_s))


def _ring(practice: Practice, screen: Screen, seen_s: float, t_s: float) -> None:
    if any(seen_s < at <= t_s < at + _RUNG_WITHIN_S for at in practice.bells_s):
        screen.ring()


def _chosen(moment: Moment, key: str | None) -> Choice | None:
    """Read a key as the number of a choice."""
    numbered = {str(i): name for i, name in enumerate(moment.choices, start=1)}
    return numbered.get(key or "")
