"""Where a practice is shown: drawn in place on a terminal, as plain lines, or as JSON."""

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from ..practice import Choice
from ..words import say
from .common import print_json
from .guiding import Moment

_LEAST, _MOST = 2.0, 5.0
"""Of the circle, in rows; the dotted ring around it shows how far the breath will go."""
_ROUND_ROWS, _ROUND_COLUMNS = 22, 44
"""A smaller window has room for a bar only."""
_BAR = 24
_BELLS_APART_S = 1.4
_DRAWN_EVERY_S = 1 / 12
# Lines come within half a second of their time, and an interrupt is heard at once anyway.
_SAID_EVERY_S = 0.5


class Plain:
    """Says each line as it comes: for a pipe, a log, or a terminal that cannot draw."""

    every_s = _SAID_EVERY_S

    def __init__(self, *, as_json: bool = False) -> None:
        self._as_json = as_json
        self._said: str | None = None

    def __enter__(self) -> Self:
        """Hand out itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave what was said."""

    def show(self, moment: Moment) -> None:
        """Say a line that has not been said."""
        line = moment.line
        if line.text == self._said:
            return
        self._said = line.text
        if self._as_json:
            print_json({"at_s": line.at_s, "id": line.text, "text": say(line.text)})
        else:
            print(say(line.text), flush=True)

    def ring(self) -> None:
        """Keep silent: a bell in a file is a stray sign."""

    def ring_again(self) -> None:
        """Keep silent."""


class Drawn:
    """Draws a circle that breathes, with its words below it."""

    every_s = _DRAWN_EVERY_S

    def __init__(self, name: str, console: Console, *, quiet: bool = False) -> None:
        self._name, self._console, self._quiet = name, console, quiet
        self._live = Live(console=console, auto_refresh=False, transient=True)

    def __enter__(self) -> Self:
        """Take the terminal."""
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the terminal back as it was."""
        self._live.stop()

    def show(self, moment: Moment) -> None:
        """Draw a moment in place of the one before."""
        self._live.update(self._picture(moment), refresh=True)

    def ring(self) -> None:
        """Ring the terminal's bell."""
        if not self._quiet:
            self._console.bell()

    def ring_again(self) -> None:
        """Ring once more: the end is two bells."""
        if not self._quiet:
            time.sleep(_BELLS_APART_S)
            self.ring()

    def _picture(self, moment: Moment) -> Text:
        picture = Text(f"{say(self._name)}  {_clock(moment.left_s)}\n\n")
        if moment.full is not None:
            picture.append("\n".join(self._breath(moment.full)) + "\n\n")
            cue = say("pause.cue.in" if moment.inward else "pause.cue.out")
            picture.append(f"{cue}\n\n", style="yellow")
        if moment.title:
            picture.append(f"{say(moment.title)}\n")
        picture.append(say(moment.line.text))
        if moment.choices:
            picture.append(f"\n\n{choices(moment.choices)}")
        return picture

    def _breath(self, full: float) -> list[str]:
        fine = self._console.encoding.lower().startswith("utf")
        width, height = self._console.size
        if height < _ROUND_ROWS or width < _ROUND_COLUMNS:
            filled = round(full * _BAR)
            return [("█" if fine else "#") * filled + ("·" if fine else ".") * (_BAR - filled)]
        return disc(full, "█" if fine else "o", "·" if fine else ".")


def disc(full: float, inside: str, ring: str) -> list[str]:
    """Draw a circle as full as the breath, within the ring it fills at its fullest."""
    radius, reach = _LEAST + (_MOST - _LEAST) * full, int(_MOST)

    def sign(x: int, y: int) -> str:
        away = ((x / 2) ** 2 + y**2) ** 0.5  # a sign is twice as high as it is wide
        if away <= radius:
            return inside
        return ring if abs(away - _MOST) < 0.3 else " "

    rows = range(-reach, reach + 1)
    columns = range(-2 * reach, 2 * reach + 1)
    return ["".join(sign(x, y) for x in columns).rstrip() for y in rows]


def choices(names: tuple[Choice, ...]) -> str:
    """Say what may be chosen, each with the key for it."""
    return "\n".join(
        f"[{i}] {say(f'midday.choice.{name}')}{_help(name)}" for i, name in enumerate(names, 1)
    )


def screen_for(name: str, *, quiet: bool, as_json: bool) -> Plain | Drawn:
    """Choose where a practice is shown: only a terminal that can draw is drawn on."""
    console = Console(highlight=False)
    if as_json or not sys.stdout.isatty() or console.is_dumb_terminal:
        return Plain(as_json=as_json)
    return Drawn(name, console, quiet=quiet)


def _help(name: Choice) -> str:
    return "" if name == "unsure" else f": {say(f'midday.choice.{name}.help')}"


def _clock(left_s: float) -> str:
    whole = -int(-left_s // 1)
    return f"{whole // 60}:{whole % 60:02}"
