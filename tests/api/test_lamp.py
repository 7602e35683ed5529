"""The lamp breathes as the circle does: the same breath, by one clock, for ninety seconds."""

import re
from typing import Any

import pytest
import yaml

from softfront_api.breath import SIX_A_MINUTE
from softfront_api.home import lamp
from softfront_api.home.discovery import FINISHED, OFFERED, TAKEN
from softfront_api.pause import LENGTH_S

STEP_S = 2 / 3
INPUT = re.compile(r"!input (\w+)")


class Loader(yaml.SafeLoader):  # type: ignore[misc]  # PyYAML brings no types
    """Reads what Home Assistant reads: one tag of its own, and a key once."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        keys = [self.construct_object(key) for key, _ in node.value]
        assert len(set(keys)) == len(keys)
        return super().construct_mapping(node, deep)


Loader.add_constructor("!input", lambda loader, node: f"!input {node.value}")


@pytest.fixture(scope="module")
def blueprint() -> Any:
    return yaml.load(lamp(), Loader)


def within(thing: Any) -> list[Any]:
    """List a part of the blueprint with all that is in it."""
    inner = thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list) else ()
    return [thing, *(part for each in inner for part in within(each))]


def the(blueprint: Any, key: str) -> Any:
    (found,) = [each[key] for each in within(blueprint) if isinstance(each, dict) and key in each]
    return found


def test_every_input_that_is_used_is_asked_for_and_the_reverse(blueprint: Any) -> None:
    assert set(INPUT.findall(lamp())) == set(blueprint["blueprint"]["input"])
    assert blueprint["blueprint"]["domain"] == "automation"


def test_each_step_is_the_breath_at_its_end(blueprint: Any) -> None:
    levels = blueprint["variables"]["levels"]
    assert len(levels) * STEP_S == pytest.approx(SIX_A_MINUTE.in_s + SIX_A_MINUTE.out_s)
    for step, level in enumerate(levels, start=1):
        # A step that ends with the out-breath ends where the next breath begins.
        assert level == pytest.approx(SIX_A_MINUTE.fullness(step * STEP_S % 10), abs=1e-4)


def test_nine_breaths_are_ninety_seconds(blueprint: Any) -> None:
    repeat = the(blueprint, "repeat")
    assert repeat["count"] * STEP_S == pytest.approx(LENGTH_S)
    assert repeat["count"] / len(blueprint["variables"]["levels"]) == 9
    (delay,) = [each["delay"]["seconds"] for each in repeat["sequence"] if "delay" in each]
    assert "repeat.index * 2 / 3" in delay


def test_it_hears_the_events_that_are_told(blueprint: Any) -> None:
    moments = blueprint["blueprint"]["input"]["moments"]
    options = [each["value"] for each in moments["selector"]["select"]["options"]]
    assert options == [OFFERED, TAKEN]
    assert moments["default"] == [TAKEN]
    assert f"'{FINISHED}'" in blueprint["conditions"][0]["value_template"]


def test_an_entity_that_comes_back_is_no_event(blueprint: Any) -> None:
    (trigger,) = blueprint["triggers"]
    assert "unavailable" in trigger["not_from"]
    assert {"unavailable", "unknown"} <= set(trigger["not_to"])


def test_the_lamp_is_remembered_once_and_then_put_back(blueprint: Any) -> None:
    actions = [
        each["action"] for each in within(blueprint) if isinstance(each, dict) and "action" in each
    ]
    assert actions == ["scene.create", "light.turn_on", "scene.turn_on", "scene.delete"]
    assert blueprint["mode"] == "restart"
    asked = [
        each for each in within(blueprint) if isinstance(each, str) and "expand(before)" in each
    ]
    assert ["== 0" in asked[0], "> 0" in asked[1]] == [True, True]


def test_every_template_closes_what_it_opens(blueprint: Any) -> None:
    for text in (each for each in within(blueprint) if isinstance(each, str)):
        assert text.count("{{") == text.count("}}")
        assert text.count("(") == text.count(")")


def test_it_says_nothing_about_a_body() -> None:
    assert not re.search(r"heart|rmssd|bpm|stress", lamp(), re.IGNORECASE)
