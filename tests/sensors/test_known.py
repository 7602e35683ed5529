import json
import logging
import stat
import sys
from pathlib import Path

import pytest

from softfront_sensors.strap.known import KnownStrap, KnownStraps, same_id

MINE = KnownStrap("A0:00:00:00:00:01", "Polar H10 1", "H10", "001", 1_000)
SPARE = KnownStrap("A0:00:00:00:00:02", "TICKR", None, None, 2_000)


def noted(file: Path, *straps: KnownStrap) -> KnownStraps:
    known = KnownStraps(file)
    for strap in straps:
        known.remember(strap)
    known.save()
    return known


def test_what_was_worn_is_remembered_the_latest_first(tmp_path: Path) -> None:
    noted(tmp_path / "straps.json", SPARE, MINE)
    assert KnownStraps(tmp_path / "straps.json").straps == (SPARE, MINE)


def test_a_strap_worn_again_is_noted_once_whatever_its_capitals(tmp_path: Path) -> None:
    again = KnownStrap("a0:00:00:00:00:01", "Mine", "H10", "001", 3_000)
    known = noted(tmp_path / "straps.json", MINE, SPARE, again)
    assert known.straps == (again, SPARE)


def test_without_a_file_nothing_is_remembered(tmp_path: Path) -> None:
    assert KnownStraps(tmp_path / "straps.json").straps == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        '{"straps": 7}',
        '{"straps": [7]}',
        '{"straps": ["A0"]}',
        '{"straps": [{"id": 7, "seen_ms": 1}]}',
        '{"straps": [{"id": "A0", "seen_ms": "soon"}]}',
        '{"straps": [{"id": "A0"}]}',
        "\udcff",
        "[" * 100_000,
    ],
)
def test_a_damaged_file_is_put_aside_and_nothing_stops(tmp_path: Path, text: str) -> None:
    file = tmp_path / "straps.json"
    file.write_bytes(text.encode(errors="surrogateescape"))
    assert noted(file, MINE).straps == (MINE,)
    aside = tmp_path / "straps.json.damaged"
    assert aside.read_bytes() == text.encode(errors="surrogateescape")
    assert KnownStraps(file).straps == (MINE,)


def test_a_name_that_is_no_text_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "straps.json"
    file.write_text(json.dumps({"straps": [{"id": "A0", "name": 7, "seen_ms": 1, "new": True}]}))
    assert KnownStraps(file).straps == (KnownStrap("A0", None, None, None, 1),)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    noted(tmp_path / "straps.json", MINE)
    assert stat.S_IMODE((tmp_path / "straps.json").stat().st_mode) == 0o600


def test_writing_leaves_nothing_but_the_file(tmp_path: Path) -> None:
    noted(tmp_path / "straps.json", MINE, SPARE)
    assert [path.name for path in tmp_path.iterdir()] == ["straps.json"]


def test_a_write_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "straps.json"
    noted(file, MINE)
    monkeypatch.setattr("os.fsync", full)
    assert noted(file, SPARE).straps == (SPARE, MINE)
    assert KnownStraps(file).straps == (MINE,)
    assert [path.name for path in tmp_path.iterdir()] == ["straps.json"]


def test_where_nothing_can_be_written_it_is_remembered_until_the_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        known = noted(tmp_path / "nowhere" / "straps.json", MINE)
    assert known.straps == (MINE,)
    [line] = caplog.messages
    assert "could not be noted" in line


def test_a_file_that_cannot_be_read_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "straps.json").mkdir()
    assert KnownStraps(tmp_path / "straps.json").straps == ()


def test_capitals_do_not_tell_ids_apart() -> None:
    assert same_id("a0:0f", "A0:0F")
    assert not same_id("A0:0F", "A0:01")
