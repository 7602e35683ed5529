"""A practice in a terminal: one clock, a circle that breathes, and the lines as they come."""

from contextlib import suppress
from typing import cast

from ..clock import Clock
from ..practice import AFTERWARDS, PRACTICES, Kind, Practice
from ..words import say
from .common import Exit, print_json
from .guiding import Course, guide
from .keys import Wait, keys
from .noting import Note
from .screens import Drawn, screen_for

# Whoever does not answer has answered.
_ASKED_FOR_S = 30.0


def practise(kind: str, port: int, *, quiet: bool, as_json: bool) -> Exit:
    """Lead a practice to its end, or as far as a person likes: both are as good."""
    with keys() as wait:
        following: str | None = kind
        while following is not None:
            following = _one(PRACTICES[cast(Kind, following)], port, wait, quiet, as_json)
    return Exit.OK


def _one(practice: Practice, port: int, wait: Wait, quiet: bool, as_json: bool) -> str | None:
    """Lead one practice; return what the person would like afterwards."""
    clock = Clock.of_this_machine()
    note = Note(practice.kind, port)
    screen = screen_for(_name(practice), quiet=quiet, as_json=as_json)
    with screen:
        course = guide(practice, screen, lambda: clock.mono_ms() / 1000, wait)
        if course.whole and practice.bells_s:
            with suppress(KeyboardInterrupt):
                screen.ring_again()
    if not as_json:
        _say_end(practice, course)
    known = False
    with suppress(KeyboardInterrupt):  # nobody has to wait for a server
        known = note.finish(course)
    if as_json:
        told = {"kind": practice.kind, "lasted_s": course.lasted_s, "whole": course.whole}
        print_json({**told, "choice": course.choice, "kept": known})
    return afterwards(course, wait) if isinstance(screen, Drawn) else None


def _name(practice: Practice) -> str:
    """Find the key of a practice's name."""
    if practice.kind in AFTERWARDS:
        return f"signs.offer.{practice.kind}"
    return f"{practice.kind.replace('_', '.')}.name"


def _say_end(practice: Practice, course: Course) -> None:
    if not course.whole:
        print(say("pause.stop.line"))
    elif practice.kind == "pause":
        print(say("pause.end.line"))


def afterwards(course: Course, wait: Wait) -> str | None:
    """After resonance, ask whether another breath or a kind moment would be good."""
    if course.choice != "resonance" or not course.whole:
        return None
    print(say("midday.resonance.offer"))
    offers = (*AFTERWARDS, "neither")
    print("\n".join(f"[{i}] {say(f'signs.offer.{it}')}" for i, it in enumerate(offers, 1)))
    numbered = {str(i): kind for i, kind in enumerate(AFTERWARDS, start=1)}
    try:
        return numbered.get(wait(_ASKED_FOR_S) or "")
    except KeyboardInterrupt:
        return None
