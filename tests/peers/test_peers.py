"""A peer that does not run is said, and takes no other along."""

import sys
from pathlib import Path

from .peer import NAMES, PARTS
from .runner import MOST, PEERS, Part, answers, timed
from .team import Taken, Team


def broken() -> object:
    raise KeyError("RR_masklist")


def half_broken(_: list[float]) -> dict[str, Part]:
    return {"correction": broken, "time": list}


def test_both_ends_know_the_same_peers() -> None:
    assert tuple(PEERS) == NAMES


def test_a_part_that_breaks_is_named_and_the_others_are_timed() -> None:
    told = answers(half_broken, "[800.0]")
    assert told["correction"] == "KeyError"
    assert told["time"] >= 0


def test_a_part_is_timed_when_it_is_warm() -> None:
    runs: list[int] = []
    assert isinstance(timed(lambda: runs.append(1)), float)
    assert len(runs) == 1 + MOST


def test_a_peer_that_is_not_installed_is_said() -> None:
    with Team(Path(sys.executable), ("heartpy",)) as team:
        team.measure([800.0] * 300)
    assert team.taken[0].broken == {"all": "gave no answer"}


def test_a_peer_costs_the_sum_of_the_parts_it_has() -> None:
    taken = Taken("some")
    for seconds in (1.0, 3.0, 2.0):
        taken.note({"time": seconds, "spectrum": 10.0, "dfa": "ValueError"})
    assert taken.median("time") == 2.0
    assert taken.sum(PARTS) == 12.0
    assert taken.broken == {"dfa": "ValueError"}
