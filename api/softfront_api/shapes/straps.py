"""The straps in the room, and how far the chosen one has come."""

from typing import Annotated, Literal

from pydantic import Field

from softfront_sensors.bluetooth import FoundStrap

from ..reasons import Text
from .common import In, Out, TextOut

Signal = Literal["close", "near", "far"]
# Worn beside the machine a strap is heard at about -55 dBm, across a room at -75.
_CLOSE_DBM, _NEAR_DBM = -64, -80
_TAIL = 4


class FoundOut(Out):
    """A strap that is heard."""

    id: str
    name: str | None
    tail: str
    """The last four signs of its address, by which two of one name are told apart."""
    signal: Signal | None
    known: bool
    """It was worn here before."""
    current: bool

    @classmethod
    def of(cls, found: FoundStrap, *, known: bool, current: bool) -> "FoundOut":
        """Tell of a strap."""
        return cls(
            id=found.id,
            name=found.name,
            tail=tail(found.id),
            signal=signal(found.signal_dbm),
            known=known,
            current=current,
        )


class KnownOut(Out):
    """A strap that was worn here."""

    id: str
    name: str | None
    model: str | None
    tail: str
    seen_at: str
    current: bool


class Unavailable(Out):
    """What keeps this machine from straps, and what to do."""

    title: TextOut
    do: TextOut

    @classmethod
    def of(cls, told: tuple[Text, Text]) -> "Unavailable":
        """Tell a problem."""
        return cls(title=TextOut.of(told[0]), do=TextOut.of(told[1]))


class ChosenOut(Out):
    """How far a chosen strap has come, in seconds since it was chosen."""

    id: str
    name: str | None
    tail: str
    since_s: float
    found_s: float | None
    connected_s: float | None
    skin_s: float | None
    beat_s: float | None


class Straps(Out):
    """What there is to choose from."""

    can: Literal["here", "leave", "not"]
    """A strap can be worn here; or by leaving the demo; or not, as in a replay."""
    looking_s: float | None
    looked: bool
    found: list[FoundOut]
    known: list[KnownOut]
    problem: Unavailable | None
    chosen: ChosenOut | None


class ChooseIn(In):
    """The strap to wear from here on."""

    id: Annotated[str, Field(min_length=1, max_length=100)]


def signal(dbm: int | None) -> Signal | None:
    """Say in a word how strongly a strap is heard; `None` where the system does not tell."""
    if dbm is None:
        return None
    return "close" if dbm >= _CLOSE_DBM else "near" if dbm >= _NEAR_DBM else "far"


def tail(strap: str) -> str:
    """Give the last four signs of an address."""
    return "".join(each for each in strap if each.isalnum())[-_TAIL:].upper()
