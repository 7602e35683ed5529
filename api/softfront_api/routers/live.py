"""What is now: the moment, its stream, and whether all is well."""

import re
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent

from ..house import VERSION
from ..shapes.common import TextOut
from ..shapes.moments import Health, Now
from .near import AnyHouse, AwakeHouse

# No id of ours is longer, and a number without end is no number.
_EVENT_ID = re.compile(r"\d{1,18}")

router = APIRouter(tags=["now"])


@router.get("/now")
async def now(house: AwakeHouse) -> Now:
    """Tell the state of this moment, with its age."""
    return house.session.now()


@router.get("/live", response_class=EventSourceResponse)
async def stream(
    house: AnyHouse,
    last_event_id: Annotated[str | None, Header()] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Stream `now` once a second, and `strap`, `prompt`, `pause`, `import`, … as they happen."""
    known = _EVENT_ID.fullmatch(last_event_id or "")
    with house.bus.subscribe(int(known[0]) if known else None) as events:
        if house.session.taken_up:
            body = house.session.now().model_dump(mode="json", by_alias=True)
            yield ServerSentEvent(event="now", data=body)
        async for event in events:
            yield ServerSentEvent(event=event.name, data=event.body, id=str(event.id))


@router.get("/health")
async def health(house: AnyHouse) -> Health:
    """Say whether it runs, and up to which reading everything is stored for good."""
    session = house.session
    up = session.taken_up
    phone = house.phone.problem_with(session.day.settings) if house.phone and up else None
    home = house.home.text if house.home else None
    return Health(
        status="stopped" if session.stopped else "ok" if up else "starting",
        version=VERSION,
        demo=session.source.session.demo,
        session=session.source.session.id,
        last_seq=session.last_seq,
        journal_age_s=session.journal_age_s() if up else None,
        strap=session.strap() if up else None,
        problem=session.problem,
        phone=TextOut.of(phone) if phone else None,
        home=TextOut.of(home) if home else None,
    )
