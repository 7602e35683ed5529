"""`softfront rederive`: the past thought through anew, after a decoder or a rule has changed."""

from dataclasses import asdict
from datetime import tzinfo
from pathlib import Path

from ..clock import Clock
from ..diary import Diary
from ..errors import DatabaseMissing, DatabaseOlder, DiaryError
from ..settings import Settings
from ..taking_in import Rederived, rederive
from .common import Exit, moment, print_json, sentence, stop, tell
from .progress import bar


def rederive_history(folder: Path, begins: str | None, ends: str | None, *, as_json: bool) -> Exit:
    """Derive what is stored anew from its readings, and say what is otherwise now."""
    clock = Clock()
    began_ms = clock.mono_ms()
    try:
        _must_be_there(folder)
        with Diary.open(folder, demo=False) as diary, bar("Thinking it through", 1) as show:
            zone = Settings.read(dict(diary.settings().body)).zone
            from_ms, to_ms = _ms(begins, zone), _ms(ends, zone)
            if from_ms is not None and to_ms is not None and to_ms <= from_ms:
                stop("--to lies after --from.", Exit.USAGE)
            told = rederive(diary, from_ms, to_ms, lambda done, of: show(done / of))
    except DatabaseMissing as missing:
        stop(sentence(missing), Exit.NOTHING_FOUND)
    except DiaryError as closed:
        stop(sentence(closed))
    _sum_up(told, (clock.mono_ms() - began_ms) / 1000, as_json=as_json)
    return Exit.FAILED if told.left else Exit.OK


def _must_be_there(folder: Path) -> None:
    try:
        Diary.peek(folder, demo=False).close()
    except DatabaseOlder:
        return  # opened to be written in, it is brought up to date


def _ms(text: str | None, zone: tzinfo | None) -> int | None:
    return None if text is None else round(moment(text, zone).timestamp() * 1000)


def _sum_up(told: Rederived, seconds: float, *, as_json: bool) -> None:
    if as_json:
        print_json({**asdict(told), "seconds": round(seconds, 1)})
    else:
        print(f"{told.shifts:,} shifts, {told.marks:,} marks in {seconds:.0f} s.")
        print(f"Other than before: {told.changed:,}, {told.otherwise:,} of them in what they say.")
        if told.offers:
            print(f"Marks of offers, left as they were decided: {told.offers:,}.")
    if told.left:
        tell(f"Left as they were: {told.left:,}. Not all of their readings can be read or placed.")
