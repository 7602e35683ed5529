"""Sides that are compared take turns, so that a busy neighbour slows them all alike."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

ROUNDS = 7
# Short work is tried again: a neighbour who comes in between is not there all the time.
_TURN_S, _MOST = 0.05, 20


@dataclass(frozen=True, slots=True)
class Side:
    """Something that can be done again and again."""

    name: str
    work: Callable[[], object]
    beats: int
    """How many beats it is done for each time; a mark or a window counts as one."""


def costs(
    sides: Sequence[Side],
    between: Callable[[int], object] | None = None,
    rounds: int = ROUNDS,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:
    """Return the median seconds a beat of each side; `between` is others' turn, once a round.

    In each turn the best of a few tries counts, as it does with the peers; the very first does not,
    which finds memory and caches as others have left them.
    """
    spent: dict[str, list[float]] = {side.name: [] for side in sides}
    for turn in range(rounds):
        for side in sides:
            spent[side.name].append(_best(side.work, clock) / side.beats)
        if between is not None:
            between(turn)
    return {name: statistics.median(times) for name, times in spent.items()}


def _best(work: Callable[[], object], clock: Callable[[], float]) -> float:
    work()
    tries: list[float] = []
    while len(tries) < _MOST and sum(tries) < _TURN_S:
        began = clock()
        work()
        tries.append(clock() - began)
    return min(tries)
