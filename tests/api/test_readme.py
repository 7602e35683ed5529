"""README tells of every door and every command, and of none that is not there."""

import json
import re
from pathlib import Path

import pytest
from typer.main import get_command

from softfront_api.__main__ import app

from .describing import SNAPSHOT, written

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
# What a person may need to look up: each stands in README as `GET /now`, or `softfront demo …`.
DOOR = re.compile(r"`(GET|POST|PUT|DELETE) (/[\w/{}\-]*)")
COMMAND = re.compile(r"softfront ([a-z]+)")


def doors() -> set[tuple[str, str]]:
    paths = json.loads(SNAPSHOT.read_text(encoding="utf-8"))["paths"]
    return {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in paths.items()
        for method in methods
    }


def told(text: str) -> set[tuple[str, str]]:
    found = {(method, path.removeprefix("/api/v1")) for method, path in DOOR.findall(text)}
    return {(method, re.sub(r"\{\w+\}", "{id}", path)) for method, path in found}


def of_any_id(doors: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return {(method, re.sub(r"\{\w+\}", "{id}", path)) for method, path in doors}


def test_the_doors_are_those_that_were_reviewed() -> None:
    reviewed = SNAPSHOT.read_text(encoding="utf-8")
    assert written() == reviewed, "the doors have changed: look, then `make openapi`"


def test_readme_tells_of_every_door_and_of_no_other() -> None:
    assert told(README) == of_any_id(doors())


def test_readme_tells_of_every_command_and_of_no_other() -> None:
    commands = set(getattr(get_command(app), "commands"))  # noqa: B009  (click's type is not typer's)
    rows = set(re.findall(r"^\| `softfront ([a-z]+)", README, re.MULTILINE))
    assert rows == commands
    assert set(COMMAND.findall(README)) - {"serve"} <= commands


def test_readme_tells_of_no_option_that_is_not_there() -> None:
    commands = getattr(get_command(app), "commands")  # noqa: B009  (as above)
    for name, rest in re.findall(r"^\| `softfront ([a-z]+)([^\n]*)", README, re.MULTILINE):
        known = {option for one in commands[name].params for option in one.opts}
        assert set(re.findall(r"--[a-z][a-z\-]+", rest)) <= known, name


@pytest.mark.parametrize("text", ["`GET /teams`", "`DELETE /now`"])
def test_a_door_that_is_not_there_would_be_noticed(text: str) -> None:
    assert not told(text) <= of_any_id(doors())
