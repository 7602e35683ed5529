"""kill -9 at any moment: what was told is stored, once, and no second offer comes too soon."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from .killing import SOFTFRONT, Cycle, Kill, Road, kill_moments, killed, make_road

_HASTY = Path(__file__).with_name("hasty.py").read_text(encoding="utf-8")
# Two at a time: the machine that tests has two cores.
_AT_ONCE = 2
# So many of them begin as the command does; the others have their imports behind them.
_FRESH = 5


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Road:
    return make_road(tmp_path_factory.mktemp("road"))


def kill_all(
    road: Road, folder: Path, plans: Sequence[Sequence[Kill]], code: str = SOFTFRONT
) -> list[Cycle]:
    """Run each plan in a folder of its own."""

    def one(turn: int) -> Cycle:
        return killed(road, folder / str(turn), plans[turn], code, fresh=turn % _FRESH == 0)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(one, range(len(plans))))


def drawn(road: Road, cycles: int, seed: int = 20) -> list[list[Kill]]:
    random = Random(seed)
    return [kill_moments(road, random, turn) for turn in range(cycles)]


def faults(cycles: Sequence[Cycle]) -> dict[int, tuple[str, ...]]:
    return {turn: cycle.faults for turn, cycle in enumerate(cycles) if cycle.faults}


def test_the_road_holds_offers_and_a_silence_between(road: Road) -> None:
    reasons = {stored.decision.reason for stored in road.undisturbed.decisions}
    assert len(road.undisturbed.prompts) == 2
    assert "refractory" in reasons


def test_fifty_kills_lose_nothing_repeat_nothing_and_never_offer_too_soon(
    road: Road, tmp_path: Path
) -> None:
    run = kill_all(road, tmp_path, drawn(road, 50))
    assert faults(run) == {}
    # The kills fell before anything was stored, before the first offer, and after it.
    stood = [(cycle.seq_at_kill > 0, cycle.prompts_at_kill > 0) for cycle in run]
    assert all(stood.count(at) >= 3 for at in [(False, False), (True, False), (True, True)]), stood


@pytest.mark.soak
def test_five_hundred_kills(road: Road, tmp_path: Path) -> None:
    assert faults(kill_all(road, tmp_path, drawn(road, 500, seed=21))) == {}


def test_a_server_that_tells_before_it_stores_is_found_out(road: Road, tmp_path: Path) -> None:
    plans = [[Kill(at_prompt=True)], [Kill(at_seq=700)]]
    at_offer, at_reading = kill_all(road, tmp_path, plans, _HASTY)
    assert any("was seen and is not stored" in fault for fault in at_offer.faults)
    assert any("was told of" in fault for fault in at_reading.faults)
