"""Every sentence a person reads, from one catalogue a language."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from functools import cache
from importlib.resources import files
from math import floor
from types import MappingProxyType
from typing import Literal, get_args

Language = Literal["en", "de"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

PARTS = ("page", "practices", "terminal")
"""The files a language is kept in."""

_NOTHING: Mapping[str, object] = MappingProxyType({})
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_DECIMAL = re.compile(r"[-−]?\d+\.\d+")
# Between thousands, and before what is less than one.
_SIGNS: Mapping[Language, tuple[str, str]] = {"en": (",", "."), "de": (".", ",")}

_spoken: Language = "en"  # a process serves one person, and its door says in which language


def speak(language: Language | None) -> None:
    """Speak this language from here on, wherever no other is asked for; `None` changes nothing."""
    global _spoken
    _spoken = language or _spoken


def preferred(environment: Mapping[str, str]) -> Language:
    """Read from a terminal's locale which language is spoken there; English for all others."""
    names = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next((name for name in names if name), "")
    spoken = re.split(r"[_.@-]", locale.lower())[0]
    return next((language for language in LANGUAGES if language == spoken), "en")


@cache
def catalogue(language: Language = "en") -> Mapping[str, str]:
    """Read all texts of a language, once."""
    folder = files(__package__).joinpath("words", language)
    texts: dict[str, str] = {}
    for part in PARTS:
        texts |= json.loads(folder.joinpath(f"{part}.json").read_text(encoding="utf-8"))
    return texts


def say(
    key: str,
    /,
    *,
    zone: tzinfo = UTC,
    language: Language | None = None,
    values: Mapping[str, object] = _NOTHING,
    **more: object,
) -> str:
    """Fill in a text: numbers whole, moments as the clock in `zone` shows them, text as it is.

    A decimal comes as a text with a point ("2.1") and goes out as the language writes it.

    Raises:
        KeyError: there is no such text, or a value of it is missing; it is named.
    """
    spoken = language or _spoken
    given = {**values, **more}

    def fill(found: re.Match[str]) -> str:
        name = found[1]
        # "2.0" of a version is no number.
        return str(given[name]) if name == "version" else shown(given[name], zone, spoken)

    return _PLACEHOLDER.sub(fill, catalogue(spoken)[key])


def shown(value: object, zone: tzinfo = UTC, language: Language = "en") -> str:
    """Write a value as a person reads it; a missing one is said to be missing."""
    if value is None:
        return catalogue(language)["value.missing"]
    if isinstance(value, datetime):
        return clock(value, zone)
    if isinstance(value, str):
        return _text(value, zone, language)
    if isinstance(value, int | float):
        return whole(value, language)
    raise TypeError(f"a {type(value).__name__} has no words")


def whole(number: float, language: Language = "en") -> str:
    """Round halves away from zero, group thousands, and write a real minus."""
    rounded = floor(abs(number) + 0.5)
    grouped = f"{rounded:,}".replace(",", _SIGNS[language][0])
    return f"{'−' if number < 0 and rounded else ''}{grouped}"


def clock(moment: datetime, zone: tzinfo = UTC) -> str:
    """Write a moment as hours and minutes in a zone."""
    return f"{moment.astimezone(zone):%H:%M}"


def _text(value: str, zone: tzinfo, language: Language) -> str:
    if _MOMENT.fullmatch(value):
        return clock(datetime.fromisoformat(value), zone)
    if _DECIMAL.fullmatch(value):
        return value.replace(".", _SIGNS[language][1]).replace("-", "−")
    return value
