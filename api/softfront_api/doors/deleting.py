"""`softfront delete`: everything gone from a folder, and the proof of it."""

import sys
from pathlib import Path

from ..clock import Clock
from ..diary import Diary, begin_removal, held, remove_all
from ..errors import DatabaseMissing, DatabaseOlder, DiaryError
from ..shapes.removing import Removed
from ..words import say
from .common import Exit, print_line, sentence, stop, tell


def delete(folder: Path, *, demo: bool, sure: bool, as_json: bool) -> Exit:
    """Delete all in a folder; unless it was said beforehand, the word is asked for."""
    try:
        _must_be_there(folder, demo=demo)
        if not sure and not _typed():
            tell(say("data.delete.kept"))
            return Exit.USAGE
        with Diary.open(folder, demo=demo) as diary:
            told = _delete(diary)
    except DatabaseMissing as missing:
        stop(sentence(missing), Exit.NOTHING_FOUND)
    except DiaryError as closed:
        stop(sentence(closed))
    _tell(told, as_json=as_json)
    return Exit.FAILED if told.left else Exit.OK


def _must_be_there(folder: Path, *, demo: bool) -> None:
    try:
        Diary.peek(folder, demo=demo).close()
    except DatabaseOlder:
        return  # opened to be deleted, it is brought up to date first


def _typed() -> bool:
    """Ask for the word; where nobody can be asked, nothing was said."""
    tell(say("data.delete.confirm"))
    tell(say("data.delete.elsewhere"))
    word = say("data.delete.word")
    tell(say("data.delete.type", word=word))
    return sys.stdin.readline().strip().lower() == word


def _delete(diary: Diary) -> Removed:
    folder, demo = diary.file.parent, diary.demo
    what = held(diary)
    begin_removal(folder, demo=demo)
    diary.let_go()
    gone = remove_all(folder, demo=demo, needles=what.needles)
    return Removed.of(what, gone, folder, Clock().wall_ms())


def _tell(told: Removed, *, as_json: bool) -> None:
    if as_json:
        print_line(told.model_dump_json())
        return
    at = {"time": told.deleted_at, "n": told.records, "files": told.files}
    print(say("data.delete.done", values=at))
    print(say("data.delete.proof", found=told.found, folder=told.folder))
    if told.left:
        tell(say("data.delete.left", files=", ".join(told.left)))
