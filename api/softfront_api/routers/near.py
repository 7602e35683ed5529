"""How a route reaches the house it belongs to, and what it takes to name something there."""

from typing import Annotated

from fastapi import Depends, Header, HTTPException, Path, Request

from ..house import House


def _house(request: Request) -> House:
    house = request.app.state.house
    assert isinstance(house, House)
    return house


def _awake(house: Annotated[House, Depends(_house)]) -> House:
    if not house.session.taken_up:
        raise HTTPException(503, "Softfront is opening the diary", {"Retry-After": "1"})
    return house


AnyHouse = Annotated[House, Depends(_house)]
"""The house, even while it opens."""
AwakeHouse = Annotated[House, Depends(_awake)]
"""The house once the day is taken up; 503 before."""
Id = Annotated[str, Path(max_length=100)]
_KEY = Header(min_length=8, max_length=100, pattern=r"^[A-Za-z0-9_\-]+$")
Key = Annotated[str, _KEY]
MaybeKey = Annotated[str | None, _KEY]
"""`Idempotency-Key`: what is said twice with one key is said once."""
