"""Single keys from a terminal, where there is one that gives them."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

Wait: TypeAlias = Callable[[float], str | None]
"""Lets seconds pass; where a key was pressed it returns that key at once."""


@contextmanager
def keys() -> Iterator[Wait]:
    """Hear each key as it is pressed; where that is not possible, time passes and none is heard."""
    if sys.platform == "win32" or not sys.stdin.isatty():
        yield _only_wait
        return
    import termios
    import tty

    place = sys.stdin.fileno()
    before = termios.tcgetattr(place)
    try:
        tty.setcbreak(place)
        yield lambda seconds: _press(place, seconds)
    finally:
        termios.tcsetattr(place, termios.TCSADRAIN, before)


def _press(place: int, seconds: float) -> str | None:
    import os
    import select

    if not select.select([place], [], [], seconds)[0]:
        return None
    pressed = os.read(place, 1)
    if not pressed:  # whoever typed has gone, and would be ready to be read for ever
        _only_wait(seconds)
    return pressed.decode("ascii", "ignore")


def _only_wait(seconds: float) -> str | None:
    time.sleep(seconds)
    return None
