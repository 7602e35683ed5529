"""Lines of a person's own: where each belongs, and how they are found again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from softfront_api.diary import (
    Diary,
    JournalLine,
    Search,
    StoredPause,
    StoredPractice,
    begin_practice,
    line_of_pause,
    lines,
    remove_line,
    write_line,
)


@pytest.fixture
def diary(tmp_path: Path) -> Iterator[Diary]:
    with Diary.open(tmp_path, demo=False) as diary:
        diary.begin_pause(StoredPause("p1", "key-of-p1", 1))
        begin_practice(diary, StoredPractice("e1", "key-of-e1", "evening", 1))
        yield diary


def write(diary: Diary, *texts: str) -> None:
    for i, text in enumerate(texts, start=1):
        write_line(diary, JournalLine(f"j{i}", i, text))


def found(diary: Diary, text: str) -> list[str]:
    return [line.text for line in lines(diary, Search(text=text))]


def test_a_pause_has_one_line_which_stays_at_its_time_and_can_go_again(diary: Diary) -> None:
    write_line(diary, JournalLine("j1", 1, "a door", "p1"))
    second = write_line(diary, JournalLine("j2", 2, "a window", "p1"))
    assert second == JournalLine("j1", 1, "a window", "p1")
    assert lines(diary) == (second,)
    assert line_of_pause(diary, "p1") == second
    assert write_line(diary, JournalLine("j3", 3, "", "p1")) is None
    assert lines(diary) == ()


def test_each_question_of_a_practice_has_a_line_of_its_own(diary: Diary) -> None:
    for name, question in (("a", "evening.line3"), ("b", "evening.line5"), ("c", "evening.line3")):
        write_line(diary, JournalLine(name, 1, name, None, "e1", question))
    assert {(line.text, line.question) for line in lines(diary)} == {
        ("c", "evening.line3"),
        ("b", "evening.line5"),
    }
    assert {line.practice_kind for line in lines(diary)} == {"evening"}


def test_free_lines_stand_side_by_side_newest_first(diary: Diary) -> None:
    write(diary, "x", "y", "z")
    assert [line.id for line in lines(diary, limit=2)] == ["j3", "j2"]
    assert [line.id for line in lines(diary, before=(2, "j2"))] == ["j1"]
    remove_line(diary, "j2")
    remove_line(diary, "j2")
    assert [line.id for line in lines(diary)] == ["j3", "j1"]


@pytest.mark.parametrize(
    "text", ["über", "ÜBER", "u\u0308ber", "strasse", "STRASSE", "100 %", "a_b", "Die Straße"]
)
def test_a_text_is_found_however_it_is_written(diary: Diary, text: str) -> None:
    write(diary, "Die Straße, über die ich ging", "100 % a_b", "aXb", "elsewhere")
    assert len(found(diary, text)) == 1


def test_a_search_knows_no_wildcards(diary: Diary) -> None:
    write(diary, "plain", "more")
    assert found(diary, "%") == found(diary, "_") == []


def test_a_search_keeps_to_its_days_and_pages_through_many(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("softfront_api.diary.journal._AT_ONCE", 3)
    write(diary, *("odd" if i % 2 else "even" for i in range(1, 21)))
    assert [line.t_ms for line in lines(diary, Search(5, 12, "odd"))] == [11, 9, 7, 5]
    first = lines(diary, Search(text="even"), limit=4)
    last = first[-1]
    second = lines(diary, Search(text="even"), limit=50, before=(last.t_ms, last.id))
    assert [line.t_ms for line in (*first, *second)] == [20, 18, 16, 14, 12, 10, 8, 6, 4, 2]
