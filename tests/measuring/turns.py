"""Sides that are compared take turns, so that a busy neighbour slows them all alike."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

ROUNDS = 7


@dataclass(frozen=True, slots=True)
class Side:
    """Something that can be done again and again."""

    name: str
    work: Callable[[], object]
    beats: int
    """How many beats it is done for each time; a mark or a window counts as one."""


def costs(
    sides: Sequence[Side], between: Callable[[int], object] | None = None, rounds: int = ROUNDS
) -> dict[str, float]:
    """Return the median seconds a beat of each side; `between` is others' turn, once a round.

    Each turn is taken twice and the second counts, as it does with the peers: the first finds
    memory and caches as the one before has left them.
    """
    spent: dict[str, list[float]] = {side.name: [] for side in sides}
    for turn in range(rounds):
        for side in sides:
            side.work()
            began = time.perf_counter()
            side.work()
            spent[side.name].append((time.perf_counter() - began) / side.beats)
        if between is not None:
            between(turn)
    return {name: statistics.median(times) for name, times in spent.items()}
