"""kill -9 at any moment: what was told is stored, once, and no second offer comes too soon."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from .killing import Cycle, Kill, Road, kill_moments, killed, make_road

_HASTY = (sys.executable, "-P", str(Path(__file__).with_name("hasty.py")))
# Two at a time: the machine that tests has two cores.
_AT_ONCE = 2


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Road:
    return make_road(tmp_path_factory.mktemp("road"))


def cycles(road: Road, folder: Path, n: int) -> list[Cycle]:
    random = Random(20)
    moments = [kill_moments(road, random, turn) for turn in range(n)]
    folders = [folder / str(turn) for turn in range(n)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(lambda pair: killed(road, *pair), zip(folders, moments, strict=True)))


def test_the_road_holds_offers_and_a_silence_between(road: Road) -> None:
    assert len(road.undisturbed.prompts) == 2
    reasons = {stored.decision.reason for stored in road.undisturbed.decisions}
    assert "refractory" in reasons


def test_fifty_kills_lose_nothing_repeat_nothing_and_never_offer_too_soon(
    road: Road, tmp_path: Path
) -> None:
    run = cycles(road, tmp_path, 50)
    assert [fault for cycle in run for fault in cycle.faults] == []
    # The kills fell on both sides of the first offer, and none was in vain.
    assert {cycle.prompts_at_kill > 0 for cycle in run} == {True, False}
    assert len({cycle.seq_at_kill for cycle in run}) > 25


@pytest.mark.soak
def test_five_hundred_kills(road: Road, tmp_path: Path) -> None:
    run = cycles(road, tmp_path, 500)
    assert [fault for cycle in run for fault in cycle.faults] == []


def test_a_server_that_shows_before_it_stores_is_caught(road: Road, tmp_path: Path) -> None:
    faults: list[str] = []
    for turn in range(6):
        kill = [Kill(at_prompt=True)]
        faults += killed(road, tmp_path / str(turn), kill, _HASTY).faults
    assert any("is not stored" in fault or "are stored" in fault for fault in faults)
