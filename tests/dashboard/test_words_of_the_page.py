"""Every text the page asks for is among those it was built with."""

import json
import re
from pathlib import Path

import pytest

DASHBOARD = Path(__file__).parents[2] / "dashboard"
ASSETS = DASHBOARD / "softfront_dashboard/assets"
WHOLE = re.compile(r'\bsay\(\s*"([a-z0-9_.]+)"')
FAMILY = re.compile(r"\bsay\(\s*`([a-z0-9_.]+)\$\{")

pytestmark = pytest.mark.skipif(not ASSETS.is_dir(), reason="the page is not built: UNTESTED")


def sources() -> str:
    files = [*(DASHBOARD / "src").rglob("*.svelte"), *(DASHBOARD / "src").rglob("*.ts")]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def lacking(words: dict[str, str], source: str) -> list[str]:
    keys = [key for key in WHOLE.findall(source) if key not in words]
    families = [f"{begin}…" for begin in FAMILY.findall(source) if not any_of(words, begin)]
    return keys + families


def any_of(words: dict[str, str], begin: str) -> bool:
    return any(key.startswith(begin) for key in words)


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_text_is_left_out_that_the_page_says(language: str) -> None:
    (built,) = ASSETS.glob(f"{language}-*.json")
    words = json.loads(built.read_text(encoding="utf-8"))
    source = sources()
    assert len(WHOLE.findall(source)) > 200
    assert lacking(words, source) == []


def test_one_that_is_left_out_would_be_noticed() -> None:
    assert lacking({"a.b": ""}, 'say("a.b") say("a.c") say(`a.${x}`) say(`z.${x}`)') == [
        "a.c",
        "z.…",
    ]
