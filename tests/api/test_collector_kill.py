"""kill -9 of collector, broker and server at any moment: what was kept arrives, once, in order."""

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import pytest

from ..sensors.broker import Broker
from .roads import Promised, Road, broken_promises, lives, promised, stored


def by_turns(parts: Sequence[str], random: Random) -> Callable[[int], Sequence[str]]:
    """Draw each alone, all together, and then any of them."""
    fixed = [*([part] for part in parts), list(parts)]

    def draw(cycle: int) -> Sequence[str]:
        if cycle < len(fixed):
            return fixed[cycle]
        return random.sample(list(parts), random.randint(1, len(parts)))

    return draw


def survived(road: Road, cycles: int, seed: int) -> tuple[Promised, list[str]]:
    """Let a road live through so many kills; say what was promised, and what of it is not so."""
    random = Random(seed)
    with road:
        lives(road, cycles, random, by_turns(road.parts, random))
        assert road.drain(), "it did not come to rest"
    told = promised(road)
    return told, broken_promises(told, stored(road))


@pytest.mark.mosquitto
def test_over_a_broker_twenty_kills_lose_nothing_and_repeat_nothing(tmp_path: Path) -> None:
    told, faults = survived(Road(tmp_path, Broker(tmp_path)), 20, seed=1)
    assert faults == []
    # It was a road, and there was something on it whenever it broke.
    assert sum(told.kept.values()) > 1000
    assert told.acks > 80
    assert len(told.kept) > 5


def test_over_http_twelve_kills_lose_nothing_and_repeat_nothing(tmp_path: Path) -> None:
    told, faults = survived(Road(tmp_path, None), 12, seed=2)
    assert faults == []
    assert sum(told.kept.values()) > 500
    assert told.acks > 30


@pytest.mark.mosquitto
def test_deleting_on_the_brokers_word_is_found_out(tmp_path: Path) -> None:
    _, faults = survived(Road(tmp_path, Broker(tmp_path), how="pubacks"), 6, seed=3)
    assert any("was acknowledged, and" in fault for fault in faults)
    assert any("was kept, and" in fault for fault in faults)


def test_a_server_that_promises_before_it_stores_is_found_out(tmp_path: Path) -> None:
    promising = Path(__file__).with_name("promising.py").read_text(encoding="utf-8")
    _, faults = survived(Road(tmp_path, None, serves=promising), 8, seed=4)
    assert faults != []


@pytest.mark.soak
@pytest.mark.mosquitto
def test_five_thousand_kills(tmp_path: Path) -> None:
    for turn in range(100):
        folder = tmp_path / str(turn)
        folder.mkdir()
        _, faults = survived(Road(folder, Broker(folder)), 50, seed=1000 + turn)
        assert faults == []
