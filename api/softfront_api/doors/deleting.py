"""`softfront delete`: everything gone from a folder, and the proof of it."""

import sys
from pathlib import Path

from ..clock import Clock
from ..diary import begin_removal, file_in, refuse_foreign, removal_mark, remove_all, secure
from ..errors import DatabaseMissing, DiaryError, FolderNotWritable
from ..shapes.removing import Removed
from ..words import say
from .common import Exit, print_line, sentence, stop, tell


def delete(folder: Path, *, demo: bool, sure: bool, as_json: bool) -> Exit:
    """Delete all in a folder; unless it was said beforehand, the word is asked for."""
    if not (file_in(folder, demo=demo).exists() or removal_mark(folder, demo=demo).exists()):
        stop(sentence(DatabaseMissing(file_in(folder, demo=demo))), Exit.NOTHING_FOUND)
    if not sure and not _typed():
        tell(say("data.delete.kept"))
        return Exit.USAGE
    try:
        told = _delete(folder, demo=demo)
    except DiaryError as closed:
        stop(sentence(closed))
    _tell(told, as_json=as_json)
    return Exit.FAILED if told.left else Exit.OK


def _typed() -> bool:
    """Ask for the word; where nobody can be asked, nothing was said."""
    tell(say("data.delete.confirm"))
    tell(say("data.delete.elsewhere"))
    word = say("data.delete.word")
    tell(say("data.delete.type", word=word))
    return sys.stdin.readline().strip().lower() == word


def _delete(folder: Path, *, demo: bool) -> Removed:
    """Delete without opening it: what is damaged or newer goes too, what a server holds does not.

    Raises:
        DatabaseInUse, DatabaseForeign, FolderNotWritable
    """
    lock = secure(folder, demo=demo)
    try:
        refuse_foreign(file_in(folder, demo=demo), demo=demo)
        begin_removal(folder, demo=demo)
        gone = remove_all(folder, demo=demo)
    except OSError as error:
        raise FolderNotWritable(folder) from error
    finally:
        lock.release()
    return Removed.of(gone, folder, Clock().wall_ms())


def _tell(told: Removed, *, as_json: bool) -> None:
    if as_json:
        print_line(told.model_dump_json())
        return
    at = {"time": told.deleted_at, "n": told.records, "files": told.files}
    print(say("data.delete.done", values=at))
    print(say("data.delete.proof", found=told.found, folder=told.folder))
    if told.left:
        tell(say("data.delete.left", files=", ".join(told.left)))
