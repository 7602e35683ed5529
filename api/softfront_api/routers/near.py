"""How a route reaches the house it belongs to."""

from typing import Annotated

from fastapi import Depends, HTTPException, Request

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
