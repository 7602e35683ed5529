"""Whether the ways to a phone and to a home are open; nothing is sent by them."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from softfront_signal.moments import Answer

from ..diary import Diary
from ..errors import ApiError
from ..home import lamp, reach
from ..notify import NotSent, Phone
from ..reasons import Text
from ..settings import Settings
from ..words import say
from .common import Exit, print_json, print_line, tell


@dataclass(frozen=True, slots=True)
class Way:
    """A way out, and what is on it."""

    set: bool
    problem: Text | None = None

    @property
    def state(self) -> str:
        """Name it: off, ok, or what is wrong."""
        if self.problem is not None:
            return self.problem.id.rpartition(".")[2]
        return "ok" if self.set else "off"

    @property
    def said(self) -> str | None:
        """Say what is wrong, and what to do."""
        return say(self.problem.id, values=self.problem.values) if self.problem else None


def settings_in(folder: Path) -> Settings:
    """Return what is set in a folder; where nothing can be read, nothing is."""
    try:
        with Diary.peek(folder, demo=False) as diary:
            return Settings.read(dict(diary.settings().body))
    except ApiError:
        return Settings()


def to_phone(settings: Settings) -> Way:
    """Ask whether messages to the phone could go out."""
    url = settings.phone_url
    if url is None:
        return Way(set=False)
    try:
        asyncio.run(Phone(_nobody, lambda: "none").reach(url))
    except NotSent as why:
        return Way(set=True, problem=why.text)
    return Way(set=True)


def to_home(settings: Settings) -> Way:
    """Ask whether the broker of a home lets us in."""
    if settings.home_url is None:
        return Way(set=False)
    return Way(set=True, problem=asyncio.run(reach(settings.home_url)))


def home(folder: Path, *, blueprint: bool, as_json: bool) -> Exit:
    """Print the blueprint of a lamp, or how it stands with Home Assistant."""
    if blueprint:
        print_json({"blueprint": lamp()}) if as_json else print_line(lamp().rstrip())
        return Exit.OK
    way = to_home(settings_in(folder))
    if as_json:
        print_json({"home": way.state, "text": way.said})
    elif way.set and way.problem is None:
        print_line(say("settings.home.connected"))
        print_line(say("home.blueprint"))
    else:
        tell(way.said or say("home.none"))
    if way.problem is not None:
        return Exit.FAILED
    return Exit.OK if way.set else Exit.NOTHING_FOUND


async def _nobody(offer_id: str, answer: Answer) -> None:
    """Hear no answer: none was asked for."""
