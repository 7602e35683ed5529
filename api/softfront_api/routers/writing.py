"""The journal: lines after a pause, under a question, or freely."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from ..diary import Search, lines
from ..practising import Practising
from ..shapes.around import JournalLine
from ..shapes.common import Page
from ..shapes.heard import JournalIn
from .near import AnyHouse, AwakeHouse, Id, MaybeKey
from .paging import Cursor, Limit, MaybeFrom, Moment, ms, next_of, place

router = APIRouter(tags=["journal"])

_Find = Annotated[str | None, Query(min_length=1, max_length=200)]


@router.get("/journal")
def journal(
    house: AnyHouse,
    begin: MaybeFrom = None,
    to: Moment | None = None,
    find: _Find = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[JournalLine]:
    """Give the lines, newest first; with `find`, those that hold a text."""
    search = Search(ms(begin) if begin else None, ms(to) if to else None, find)
    found = lines(house.diary, search, limit=limit + 1, before=place(cursor))
    places = [(line.t_ms, line.id) for line in found[:limit]]
    items = [JournalLine.of(line) for line in found[:limit]]
    return Page(items=items, next=next_of(found, limit, places))


@router.post("/journal", status_code=201, response_model=JournalLine)
async def write(
    house: AwakeHouse, line: JournalIn, idempotency_key: MaybeKey = None
) -> JournalLine | Response:
    """Keep a line; an empty one removes what stood in its place."""
    kept = await Practising(house.session).write(idempotency_key, line)
    return JournalLine.of(kept) if kept else Response(status_code=204)


@router.delete("/journal/{line_id}", status_code=204)
async def remove(house: AwakeHouse, line_id: Id) -> Response:
    """Remove a line; one that is gone already is as good."""
    await Practising(house.session).remove(line_id)
    return Response(status_code=204)
