"""Tasks of the body: with movement known, with its gate off, and with movement unknown."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from softfront_signal.moments import Choice, Rule

from .chance import Interval, share
from .courses import MOVEMENT, SHORT, Course, motion
from .deciding import think

_UNGATED = replace(SHORT, motion=False)


@dataclass(frozen=True, slots=True)
class Moving:
    """How one rule spoke in one task."""

    runs: int
    prompts: int
    """Runs in which an offer came, with movement known."""
    interval: Interval
    gate_off: int
    """Runs in which it came with the gate of movement off: the negative control."""
    plain_unknown: int
    """Runs with an offer in plain words, with movement unknown."""
    asked_unknown: int
    """Runs with a question instead."""


def moving(file: Path, rule: Rule, on_done: Callable[[], None]) -> dict[str, Moving]:
    """Go through every run of a rule; `on_done` is told of each task."""
    known = list(motion(file))
    unknown = list(motion(file, known=False))
    found: dict[str, Moving] = {}
    for task in MOVEMENT:
        runs = [course for name, course in known if name == task]
        silent = [course for name, course in unknown if name == task]
        spoke = [_spoke(course, rule) for course in runs]
        off = [_spoke(course, rule, gated=False) for course in runs]
        words = [_words(course, rule) for course in silent]
        on_done()
        found[task] = Moving(
            runs=len(runs),
            prompts=sum(spoke),
            interval=share(sum(spoke), len(runs)),
            gate_off=sum(off),
            plain_unknown=sum(plain for plain, _ in words),
            asked_unknown=sum(asked for _, asked in words),
        )
    return found


def _spoke(course: Course, rule: Rule, *, gated: bool = True) -> bool:
    thought = think(course, Choice(rule), None if gated else _UNGATED)
    return bool(thought.candidate.any())


def _words(course: Course, rule: Rule) -> tuple[bool, bool]:
    thought = think(course, Choice(rule))
    plain, asked = thought.candidate & thought.plain, thought.candidate & ~thought.plain
    return bool(np.any(plain)), bool(np.any(asked))
