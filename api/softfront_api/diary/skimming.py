"""Many marks at once, and of each only what a rule may ask for."""

import re
from dataclasses import dataclass
from functools import lru_cache

from softfront_signal.moments import Gate, State, Wording

from ..tact import GATES
from . import queries
from .reading import Reader

_STATES = {state.value: state for state in State}
_WORDINGS = {wording.value: wording for wording in Wording}
_ARMED = "armed"
# That a moment was over when it was decided says nothing of the moment.
_OF_THE_PAST = "history"
# Each gate is written as a list: its name, and whether it was open.
_CLOSED = re.compile(r'\["(\w+)",false')


@dataclass(frozen=True, slots=True)
class Skimmed:
    """A mark as far as another choice could have made something else of it."""

    session: str
    t_ms: int
    state: State
    z: tuple[float, float | None] | None
    """Heart rate above and ln RMSSD below the usual, in spreads."""
    wording: Wording
    at_rest: bool
    """The gate of motion was open."""
    room: bool
    """Every gate of signal was open that no choice moves."""
    shut: tuple[Gate, ...] = ()
    """The others of them, without their values, …"""
    asked: frozenset[str] = frozenset()
    """… and the gates of tact that were closed; told where something may be outside."""
    arms: bool = False
    """It was asked whether a rise began at rest."""


@dataclass(frozen=True, slots=True)
class Reasoned:
    """A mark as far as it is told among others: what became of it, and why."""

    t_ms: int
    reason: str
    verdict: str
    prompt_id: str | None = None


def eligible(reader: Reader, from_ms: int, to_ms: int) -> int:
    """Count the marks in a range at which an offer would have been allowed."""
    row = reader.one(queries.eligible(from_ms, to_ms))
    return int(row.marks) if row else 0


def skim(reader: Reader, from_ms: int, to_ms: int) -> tuple[Skimmed, ...]:
    """Give the marks of a range, oldest first; where two sessions have one, the first of them."""
    marks: list[Skimmed] = []
    for row in reader.all(queries.skim(from_ms, to_ms)):
        if not marks or row[1] != marks[-1].t_ms:
            marks.append(_skimmed(*row))
    return tuple(marks)


def reasons(reader: Reader, from_ms: int, to_ms: int) -> tuple[Reasoned, ...]:
    """Give why each mark of a range became an offer or stayed silent, oldest first.

    Where two sessions have one, the first of them tells, unless only the other made an offer.
    """
    marks: list[Reasoned] = []
    for row in reader.all(queries.reasons(from_ms, to_ms)):
        mark = Reasoned(*row)
        if not marks or mark.t_ms != marks[-1].t_ms:
            marks.append(mark)
        elif mark.prompt_id is not None:
            marks[-1] = mark
    return tuple(marks)


def _skimmed(
    session: str,
    t_ms: int,
    state: str,
    z_hr: float | None,
    z_rmssd: float | None,
    wording: str,
    eligible: bool,
    moving: int,
    gates: str | None,
) -> Skimmed:
    z = None if z_hr is None else (z_hr, z_rmssd)
    known = session, t_ms, _STATES[state], z, _WORDINGS[wording], not moving
    if gates is None:
        return Skimmed(*known, eligible)
    closed = tuple(_CLOSED.findall(gates))
    return Skimmed(*known, *_parted(closed), f'["{_ARMED}"' in gates)


@lru_cache(maxsize=256)  # few combinations ever occur
def _parted(closed: tuple[str, ...]) -> tuple[bool, tuple[Gate, ...], frozenset[str]]:
    """Part closed gates: those of signal that no choice moves, and those of tact."""
    asked = frozenset(closed).intersection(GATES)
    passed = asked | {_ARMED, _OF_THE_PAST}
    shut = tuple(Gate(name, False) for name in closed if name not in passed)
    return not shut, shut, asked
