import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import TypeAlias
from zoneinfo import ZoneInfo

import pytest

from softfront_api.errors import (
    DatabaseBusy,
    DatabaseForeign,
    DatabaseInUse,
    DatabaseMissing,
    DatabaseNewer,
    DatabaseOlder,
    DatabaseUnusable,
    DiaryFull,
    FolderNotWritable,
)
from softfront_api.words import LANGUAGES, PARTS, Language, catalogue, preferred, say, shown, whole

from .ruled_out import ruled_out

TEXTS = catalogue()

LENGTHS = [
    (r"\.(button|action)(\.|$)", 24),
    (r"\.title(\.|$)|^state\..*\.name$", 36),
    (r"^notify\.steps\.body$", 62),
    (r"^notify\.(?!steps).*body$", 60),
    (r"^pause\.step\d\.line\d$", 90),
    (r"\.help(\.|$)", 400),
    (r"", 170),
]


Texts: TypeAlias = Mapping[str, str]


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    chosen: Language = request.param
    return chosen


@pytest.fixture
def texts(language: Language) -> Texts:
    return catalogue(language)


def placeholders(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name is not None]


def spoken(text: str) -> str:
    return re.sub(r"\{\w+\}", "", text)  # a placeholder's name is never read


def test_no_text_speaks_in_a_way_that_was_ruled_out(language: str, texts: Texts) -> None:
    found = {key: ruled_out(language, spoken(text), key) for key, text in texts.items()}
    assert {key: why for key, why in found.items() if why} == {}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        *(("en", text) for text in ("You seem stressed.", "A score", "we are sorry", "Well done")),
        *(("en", text) for text in ("Now!", "You must rest")),
        *(("de", text) for text in ("Das wirkt.", "Du bist angespannt.", "Dein Ziel", "leider")),
        *(("de", text) for text in ("Jetzt!", "Du solltest ruhen", "Können Sie kurz", "für Ihre")),
    ],
)
def test_the_linter_would_notice(language: str, text: str) -> None:
    assert ruled_out(language, text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        *(("en", text) for text in ("Your answer is in.", "hours", "the workshop", "a painting")),
        *(("de", text) for text in ("Wirkung", "Punkt", "Du musst nicht warten.", "Es geht. Sie")),
        *(("de", text) for text in ("Gesundes", "wirklich", "ihre Schläge")),
    ],
)
def test_the_linter_knows_where_words_end(language: str, text: str) -> None:
    assert not ruled_out(language, text)


@pytest.mark.parametrize("part", PARTS)
def test_both_languages_hold_the_same_keys_in_the_same_order(part: str) -> None:
    folder = files("softfront_api").joinpath("words")
    english, german = (
        list(json.loads(folder.joinpath(language, f"{part}.json").read_text(encoding="utf-8")))
        for language in LANGUAGES
    )
    assert german == english


def test_both_languages_fill_in_the_same_values() -> None:
    german = catalogue("de")
    differ = {
        key: (placeholders(text), placeholders(german[key]))
        for key, text in TEXTS.items()
        if sorted(placeholders(text)) != sorted(placeholders(german[key]))
    }
    assert differ == {}


def test_no_text_is_longer_than_its_place(texts: Texts) -> None:
    too_long = []
    for key, text in texts.items():
        most = next(most for pattern, most in LENGTHS if re.search(pattern, key))
        if len(text) > most:
            too_long.append((key, len(text), most))
    assert too_long == []


def test_placeholders_are_plain_names(texts: Texts) -> None:
    for key, text in texts.items():
        assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in placeholders(text)), key
        assert not re.search(r"\{[^}]*[^a-z0-9_}][^}]*\}|\{\}", text), key


def test_a_message_on_a_lock_screen_holds_nothing_that_varies(texts: Texts) -> None:
    assert not any(placeholders(t) for k, t in texts.items() if k.startswith("notify."))


def test_help_holds_no_number_that_goes_out_of_date(texts: Texts) -> None:
    assert not [k for k, t in texts.items() if k.startswith("help.") and re.search(r"\d", t)]


def test_a_fault_never_repeats_a_value_of_a_body(texts: Texts) -> None:
    of_a_body = {"hr", "rmssd", "delta", "median"}
    for key, text in texts.items():
        if key.startswith(("error.", "noticed.", "signs.")):
            assert not of_a_body & set(placeholders(text)), key


def test_every_number_that_inflects_has_both_forms(texts: Texts) -> None:
    ones = {key.removesuffix("_one") for key in texts if key.endswith("_one")}
    assert all(f"{key}_other" in texts for key in ones)


def test_a_no_break_space_stands_before_a_unit(texts: Texts) -> None:
    units = r"bpm|ms|s|min|h|%"
    assert not [k for k, t in texts.items() if re.search(rf"[}}\d] (?:{units})(?!\w)", t)]


def test_values_are_filled_in() -> None:
    text = say("why.none.refractory", min=12.4)
    assert text == "No offer: the last one was 12\xa0min before."


def test_a_moment_is_the_clock_of_the_person() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    at = datetime(2026, 7, 1, 12, 5, 59, tzinfo=UTC)
    assert say("prompt.ack.not_now", zone=berlin, time=at).endswith("before 14:05.")
    assert shown("2026-07-01T12:05:59.250Z", berlin) == "14:05"
    assert shown("2026-12-01T12:05:59Z") == "12:05"


@pytest.mark.parametrize(
    ("number", "text"),
    [(72.49, "72"), (72.5, "73"), (-0.4, "0"), (-3.5, "−4"), (12_345, "12,345"), (0, "0")],
)
def test_numbers_are_whole(number: float, text: str) -> None:
    assert whole(number) == text


def test_german_writes_numbers_its_own_way() -> None:
    text = say("settings.preview", language="de", shifts=1234, per_shift="2.1")
    assert text == "In deinen letzten 1.234 Schichten wären das 2,1 Angebote je Schicht gewesen."
    assert say("settings.preview", shifts=1234, per_shift="2.1").startswith("On your last 1,234")


def test_a_version_is_no_number() -> None:
    assert "Version 2.0." in say("why.rule", language="de", rule="heart-rate", version="2.0")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de_AT"}, "de"),
        ({"LC_ALL": "C.UTF-8", "LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "de", "LANG": "en_GB"}, "de"),
        ({"LANG": "default"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_a_terminal_says_which_language_it_speaks(
    environment: dict[str, str], language: Language
) -> None:
    assert preferred(environment) == language


def test_a_command_speaks_as_its_terminal_does() -> None:
    program = "from softfront_api.__main__ import main; main()"
    told = subprocess.run(
        [sys.executable, "-c", program, "collect", "--to", "ftp://elsewhere"],
        env={**os.environ, "LC_ALL": "de_DE.UTF-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert told.returncode == 2
    assert told.stderr.strip() == say("collect.address", language="de")


def test_a_missing_value_is_said_to_be_missing() -> None:
    assert shown(None) == TEXTS["value.missing"]


def test_a_value_is_never_taken_for_a_placeholder() -> None:
    assert "{pid}" in say("error.database_in_use", file="{pid}", pid="1")


def test_an_unknown_text_is_named() -> None:
    with pytest.raises(KeyError, match=r"why\.none\.nonsense"):
        say("why.none.nonsense")


def test_a_value_that_is_not_given_is_named() -> None:
    with pytest.raises(KeyError, match="time"):
        say("prompt.ack.not_now")


@pytest.mark.parametrize(
    "make", ["newer", "in_use", "read_only", "full", "older", "foreign", "missing", "busy", "odd"]
)
def test_an_error_says_what_the_catalogue_says(make: str) -> None:
    file = Path("/data/diary.db")
    error = {
        "newer": DatabaseNewer(file, "0099"),
        "in_use": DatabaseInUse(file, 12345),
        "read_only": FolderNotWritable(file.parent),
        "full": DiaryFull(file.parent),
        "older": DatabaseOlder(file),
        "foreign": DatabaseForeign(file),
        "missing": DatabaseMissing(file),
        "busy": DatabaseBusy(file),
        "odd": DatabaseUnusable(file, why="SQLITE_CORRUPT"),
    }[make]
    assert error.key is not None
    assert str(error) == say(error.key, values=error.values).replace("\xa0", " ")


def test_no_text_is_read_before_one_is_wanted() -> None:
    code = (
        "import importlib.resources as r; r.files = None;"
        "import softfront_api.words, softfront_api.notify"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
