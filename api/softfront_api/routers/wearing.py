"""Which strap is worn: what is heard in the room, and the choice."""

from fastapi import APIRouter, HTTPException

from ..house import House
from ..picking import Picking
from ..reasons import no_bluetooth, utc
from ..shapes.straps import ChooseIn, ChosenOut, FoundOut, KnownOut, Straps, Unavailable, tail
from .near import AnyHouse

router = APIRouter(prefix="/straps", tags=["straps"])


@router.get("")
def straps(house: AnyHouse) -> Straps:
    """Tell which straps are heard and known, and how far a chosen one has come."""
    return _told(_picking(house))


@router.post("/scan", status_code=202)
async def scan(house: AnyHouse) -> Straps:
    """Look for straps for half a minute; while somebody looks, nobody else need."""
    picking = _able(house)
    await picking.look()
    return _told(picking)


@router.post("/choose")
async def choose(house: AnyHouse, wanted: ChooseIn) -> Straps:
    """Wear a strap that was heard or is known; a demo ends with that, and one's own day begins."""
    picking = _able(house)
    heard, known = {it.id for it in picking.heard()}, {it.id for it in picking.known}
    if wanted.id not in heard | known:
        raise HTTPException(404, "No such strap was heard")
    await picking.choose(wanted.id)
    return _told(picking)


def _picking(house: House) -> Picking:
    if house.picking is None:
        raise HTTPException(409, "No strap is read here")
    return house.picking


def _able(house: House) -> Picking:
    picking = _picking(house)
    if picking.can == "not":
        raise HTTPException(409, "No strap is read here")
    return picking


def _told(picking: Picking) -> Straps:
    known, current, steps = {it.id for it in picking.known}, picking.current, picking.steps
    return Straps(
        can=picking.can,
        looking_s=picking.looking_s,
        looked=picking.looked,
        found=[
            FoundOut.of(it, known=it.id in known, current=it.id == current)
            for it in picking.heard()
        ],
        known=[
            KnownOut(
                id=it.id,
                name=it.name,
                model=it.model,
                tail=tail(it.id),
                seen_at=utc(it.seen_ms),
                current=it.id == current,
            )
            for it in picking.known
        ],
        problem=Unavailable.of(no_bluetooth(picking.problem)) if picking.problem else None,
        chosen=ChosenOut(
            id=steps.id,
            name=steps.name,
            tail=tail(steps.id),
            since_s=steps.since_s,
            found_s=steps.found_s,
            connected_s=steps.connected_s,
            skin_s=steps.skin_s,
            beat_s=steps.beat_s,
        )
        if steps
        else None,
    )
