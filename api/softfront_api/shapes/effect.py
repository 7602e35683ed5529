"""Does it help: what chance has shown, with its interval, and what it is not."""

from typing import Literal

from .common import Out, TextOut

_REGRESSION = [TextOut(id=f"effect.rtm.{n}") for n in (1, 2, 3)]


class LeftOut(Out):
    """Why occasions have no outcome, and how many."""

    id: Literal["moved", "strap_off", "few_beats", "unreadable"]
    n: int


class Arm(Out):
    """One side of the comparison."""

    n: int
    missing: int
    """Those of them without an outcome."""
    why: list[LeftOut]


class Estimate(Out):
    """By how much it was more after an offer than after silence, with a 95 % interval."""

    value: float
    low: float
    high: float
    unit: Literal["%", "bpm"]
    n: int
    text: TextOut | None


class Change(Out):
    """By how much RMSSD had changed by minutes 3 to 8, in percent, with a 95 % interval."""

    value: float
    low: float
    high: float
    n: int
    days: int
    text: TextOut | None


class Effect(Out):
    """Moments with an offer beside moments where chance kept silent."""

    comparing: bool
    """The wearer has agreed that chance may keep offers back."""
    n: int
    """Occasions with an outcome …"""
    needed: int
    """… of about so many."""
    offered: Arm
    silent: Arm
    text: TextOut
    do: TextOut | None
    rmssd: Estimate | None
    """Of all that was offered, whether taken or not."""
    heart_rate: Estimate | None
    """The second outcome."""
    taken: Estimate | None
    """Of pauses that were taken: the wearer chose when."""
    untreated: Change | None
    """From the minute that rose, where nothing was offered: how far it comes back by itself …"""
    naive: Change | None
    """… and the same where something was offered. Never an effect: all of that is in it."""
    untreated_from_before: Change | None
    """From the minutes before the rise, where nothing was offered."""
    regression: list[TextOut] = _REGRESSION
    notes: list[TextOut]
