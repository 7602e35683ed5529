"""The way out: everything deleted."""

from fastapi import APIRouter, HTTPException

from ..shapes.removing import Removed, RemoveIn
from .near import AwakeHouse

router = APIRouter(tags=["mine"])


@router.delete("/me")
async def delete_me(house: AwakeHouse, said: RemoveIn) -> Removed:
    """Delete everything in this folder, look through what is left, and begin anew."""
    if house.removal is None:
        raise HTTPException(409, "This house cannot be emptied")
    return await house.removal.all()
