"""A recording through the whole road: source, monitor, tact, diary, and what was decided."""

import asyncio
import time
from collections import Counter
from pathlib import Path
from shutil import rmtree
from socket import socket
from tempfile import TemporaryDirectory

from softfront_sensors.errors import UnreadableRecording
from softfront_sensors.recording import Recording, load
from softfront_sensors.replay import Replay

from ..clock import Clock
from ..day import as_stored
from ..diary import Diary, Entry, StoredDecision
from ..errors import DiaryError
from ..notify import Bus
from ..reasons import lines, utc
from ..session import Session
from ..shapes.moments import DecisionOut
from ..words import say
from .common import Exit, print_line, sentence, stop, tell
from .serving import OnUrl, Place, Worn, serve

_NAMED_MOST = 5


def replay(file: Path, speed: float | None, folder: Path | None, *, as_json: bool) -> Exit:
    """Play a recording to its end and print what was decided at every mark."""
    recording = _read(file)
    teller = _Teller(recording, as_json=as_json)
    with TemporaryDirectory(prefix="softfront-") as own:
        place = _place(folder or Path(own), recording)
        try:
            _empty(place)
            with Diary.open(place, demo=False) as diary:
                asyncio.run(_play(recording, speed, diary, teller))
        except DiaryError as closed:
            stop(sentence(closed))
    teller.end()
    return Exit.OK


def replay_on_page(
    file: Path, speed: float | None, folder: Path | None, listener: socket, *, on_url: OnUrl
) -> Exit:
    """Play a recording behind the page, and go on serving when it has ended."""
    recording = _read(file)
    with TemporaryDirectory(prefix="softfront-") as own:
        place = Place(_place(folder or Path(own), recording), listener)
        return serve(
            place,
            lambda clock, diary: Worn(Replay(recording, speed, time.monotonic)),
            on_url=on_url,
            aloud=False,
        )


def _place(folder: Path, recording: Recording) -> Path:
    """Name the recording's own folder: never that of a person, or of another recording."""
    return folder / "replay" / recording.id[:12]


def _empty(place: Path) -> None:
    """Remove what an earlier replay left, unless it is still open: it is all made anew."""
    if place.exists():
        Diary.open(place, demo=False).close()
        rmtree(place)


def _read(file: Path) -> Recording:
    try:
        recording = load(file)
    except UnreadableRecording as unreadable:
        stop(f"{file.name}: {unreadable}" if file.name not in str(unreadable) else str(unreadable))
    for problem in recording.problems[:_NAMED_MOST]:
        tell(f"{file.name}, line {problem.line}: {problem.why}. Left out; the rest is kept.")
    if len(recording.problems) > _NAMED_MOST:
        tell(f"{file.name}: {len(recording.problems)} lines left out in all.")
    if not recording.dated:
        placed = utc(recording.readings[0].t_ms)[:10]
        tell(f"{file.name} holds no date. It was placed at {placed}.")
    return recording


async def _play(recording: Recording, speed: float | None, diary: Diary, teller: "_Teller") -> None:
    source = Replay(recording, speed, time.monotonic)
    session = Session(source, diary, Bus(), Clock.of_this_machine(), on_stored=teller.hear)
    await session.run()


class _Teller:
    """Prints each mark as data, or sums the run up for a person."""

    def __init__(self, recording: Recording, *, as_json: bool) -> None:
        self._recording = recording
        self._info = Replay(recording, None, time.monotonic).session
        self._as_json = as_json
        self._reasons: Counter[str] = Counter()
        self._offers: list[StoredDecision] = []

    def hear(self, entry: Entry) -> None:
        """Take in what was just stored."""
        for judged in entry.decisions:
            stored = as_stored(self._info, judged)
            if judged.verdict == "prompted":
                self._offers.append(stored)
            else:
                self._reasons[stored.decision.reason] += 1
            if self._as_json:
                print_line(DecisionOut.of(stored).model_dump_json())

    def end(self) -> None:
        """Say how it went."""
        if self._as_json:
            return
        readings = self._recording.readings
        minutes = (readings[-1].t_ms - readings[0].t_ms) / 60_000
        print(f"{self._recording.device}: {minutes:.1f} min, {len(readings)} packets.")
        print(f"Offers: {len(self._offers)}.")
        for stored in self._offers:
            print(f"\n{say('why.title.prompt', time=utc(stored.decision.t_ms))}")
            for line in lines(stored.decision, stored.verdict):
                print(f"  {say(line.id, values=line.values)}")
        print("\nSilent marks, by reason:" if self._reasons else "\nToo short for a mark.")
        for reason, n in self._reasons.most_common():
            print(f"  {n:6d}  {reason}")
