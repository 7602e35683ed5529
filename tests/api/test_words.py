import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter
from typing import TypeAlias
from zoneinfo import ZoneInfo

import pytest

from softfront_api.errors import DatabaseInUse, DatabaseNewer, DiaryFull, FolderNotWritable
from softfront_api.words import catalogue, say, shown, whole

TEXTS = catalogue()

# What a text may not hold, why, and the keys that may; a key that ends in "." is a family.
# A word that ends in … stands for all that begin with it.
FORBIDDEN: list[tuple[str, str, tuple[str, ...]]] = [
    ("stress…, strain, tension", "a departure, not its cause", ()),
    ("alert, alarm, warning, urgent, critical, intervention", "an offer, never an alarm", ()),
    (
        "score, points, level up, streak, goal, target, rank, badge, reward, challenge",
        "the drive system turns care into performance",
        ("promise.2",),
    ),
    ("improve…, progress, better, worse, optimal, perform…", "rates the person", ()),
    ("well done, great job, congratulations, keep it up, proud", "praise is a verdict too", ()),
    ("fail…, missed, forgot, skipped, inactive, you haven't", "reproach", ()),
    ("normal, abnormal, healthy, unhealthy, bad, dangerous", "the measure is usual for you", ()),
    (
        "diagnos…, symptom, disease, illness, arrhythm…, irregular, treat, cure, prevent,"
        " clinically, proven, therapy",
        "claims decide what a product is",
        ("not.", "proxy.help.1"),
    ),
    ("burnout, anxiety, depress…, trauma, fatigue", "names conditions", ()),
    (
        "vagus, vagal, parasympath…, sympathetic, nervous system, cortisol, LF/HF, your HRV",
        "the number does not show it",
        (),
    ),
    ("soothing", "only on its explanatory page", ("proxy.",)),
    ("emotion…", "inference of feelings stays out", ("not.emotions",)),
    (
        "because of the pause, thanks to, works, boosts, raises your",
        "cause claimed where none was shown",
        ("strap.first_beat",),
    ),
    ("patient is, your patients' data", "others' data are never touched", ()),
    (
        "journey, self-care, recharge, empty cup, inner peace, best self, let go, deep breath,"
        " mindful…, namaste, unwind, me-time",
        "a cliché tires tired people",
        (),
    ),
    ("simply, easily, just relax, don't worry, calm down", "belittles, or gives orders", ()),
    ("oops, sorry, uh-oh, unfortunately, we, our", "a machine feels no regret", ()),
    ("baseline, z-score, percentile, epoch, buffer, payload", "jargon of the house", ()),
]

Rule: TypeAlias = tuple[re.Pattern[str], str, tuple[str, ...]]


def rule(pattern: str, why: str, families: tuple[str, ...] = ()) -> Rule:
    return re.compile(pattern, re.IGNORECASE), why, families


def whole_word(word: str) -> str:
    end = "" if word.endswith("…") else r"(?!\w)"
    return r"(?<!\w)" + re.escape(word.rstrip("…")) + end


RULES: list[Rule] = [
    *(
        rule(whole_word(word), why, families)
        for words, why, families in FORBIDDEN
        for word in words.split(", ")
    ),
    rule(r"\byou (should|must|need to|have to)\b", "orders"),
    rule(
        r"\byou (are|seem|feel|look)"
        r" (calm|tense|sad|angry|anxious|upset|overwhelmed|tired|exhausted)",
        "names a feeling",
    ),
    rule("!", "nobody is shouted at"),
    rule("[\u231a-\u23ff\u25fd\u25fe\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]", "faces"),
    rule("—", "an em dash reads as sales"),
    rule(r"(?-i:\b[A-Z]{6,}\b)", "reads as shouting"),
]

LENGTHS = [
    (r"\.(button|action)(\.|$)", 24),
    (r"\.title(\.|$)|^state\..*\.name$", 36),
    (r"^notify\.steps\.body$", 62),
    (r"^notify\.(?!steps).*body$", 60),
    (r"^pause\.step\d\.line\d$", 90),
    (r"\.help(\.|$)", 400),
    (r"", 170),
]


def placeholders(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name is not None]


def spoken(text: str) -> str:
    return re.sub(r"\{\w+\}", "", text)  # a placeholder's name is never read


def excepted(key: str, families: tuple[str, ...]) -> bool:
    return any(key == name or (name.endswith(".") and key.startswith(name)) for name in families)


def test_no_text_speaks_in_a_way_that_was_ruled_out() -> None:
    found = [
        (key, pattern.pattern, why)
        for key, text in TEXTS.items()
        for pattern, why, families in RULES
        if pattern.search(spoken(text)) and not excepted(key, families)
    ]
    assert found == []


@pytest.mark.parametrize(
    "text", ["You seem stressed.", "A score", "we are sorry", "Well done", "Now!", "You must rest"]
)
def test_the_linter_would_notice(text: str) -> None:
    assert any(pattern.search(text) for pattern, _, _ in RULES)


@pytest.mark.parametrize("text", ["Your answer is in.", "hours", "the workshop", "a painting"])
def test_the_linter_knows_where_words_end(text: str) -> None:
    assert not any(pattern.search(text) for pattern, _, _ in RULES)


def test_no_text_is_longer_than_its_place() -> None:
    too_long = []
    for key, text in TEXTS.items():
        most = next(most for pattern, most in LENGTHS if re.search(pattern, key))
        if len(text) > most:
            too_long.append((key, len(text), most))
    assert too_long == []


def test_placeholders_are_plain_names() -> None:
    for key, text in TEXTS.items():
        assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in placeholders(text)), key
        assert not re.search(r"\{[^}]*[^a-z0-9_}][^}]*\}|\{\}", text), key


def test_a_message_on_a_lock_screen_holds_nothing_that_varies() -> None:
    assert not any(placeholders(t) for k, t in TEXTS.items() if k.startswith("notify."))


def test_a_fault_never_repeats_a_value_of_a_body() -> None:
    of_a_body = {"hr", "rmssd", "delta", "median"}
    for key, text in TEXTS.items():
        if key.startswith(("error.", "noticed.", "signs.")):
            assert not of_a_body & set(placeholders(text)), key


def test_every_number_that_inflects_has_both_forms() -> None:
    ones = {key.removesuffix("_one") for key in TEXTS if key.endswith("_one")}
    assert all(f"{key}_other" in TEXTS for key in ones)


def test_a_no_break_space_stands_before_a_unit() -> None:
    units = "bpm|ms|s|min|%"
    assert not [k for k, t in TEXTS.items() if re.search(rf"\}} (?:{units})(?!\w)", t)]


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


@pytest.mark.parametrize("make", ["newer", "in_use", "read_only", "full"])
def test_an_error_says_what_the_catalogue_says(make: str) -> None:
    file = Path("/data/diary.db")
    error = {
        "newer": DatabaseNewer(file, "0099"),
        "in_use": DatabaseInUse(file, 12345),
        "read_only": FolderNotWritable(file.parent),
        "full": DiaryFull(file.parent),
    }[make]
    assert error.key is not None
    assert str(error) == say(error.key, values=error.values).replace("\xa0", " ")


def test_no_text_is_read_before_one_is_wanted() -> None:
    code = (
        "import importlib.resources as r; r.files = None;"
        "import softfront_api.words, softfront_api.notify"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
