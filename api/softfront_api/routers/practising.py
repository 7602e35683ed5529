"""The practices: how each is guided, when it was done, and one's own line over time."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from ..diary import latest_practices
from ..own_line import LONGEST_MS, own_line
from ..practice import PRACTICES
from ..practising import Practising
from ..settings import Settings
from ..shapes.common import Page
from ..shapes.practices import (
    Guidance,
    Guided,
    InvitationAnswerIn,
    InvitationOut,
    Line,
    NoticedIn,
    NoticedOut,
    PracticeFinishIn,
    PracticeIn,
    PracticeSession,
    SignsIn,
)
from .near import AnyHouse, AwakeHouse, Id, Key
from .paging import Cursor, From, Limit, MaybeFrom, Moment, ms, next_of, place, span

router = APIRouter(tags=["practices"])

_FOR_EVER = 2**53
"""No moment lies behind it, in any language that reads JSON."""


def _practising(house: AwakeHouse) -> Practising:
    return Practising(house.session)


_Practising = Annotated[Practising, Depends(_practising)]


@router.get("/practices")
def practices(house: AnyHouse) -> Page[Guidance]:
    """Give the practices, step by step, and when each is offered."""
    hours = Settings.read(dict(house.diary.settings().body)).practices.hours
    items = [
        Guidance.of(it, hours.get(it.invited) if it.invited else None) for it in PRACTICES.values()
    ]
    return Page(items=items)


@router.get("/practices/sessions")
def sessions(
    house: AnyHouse,
    begin: MaybeFrom = None,
    to: Moment | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[PracticeSession]:
    """Give the times a person practised, newest first; pauses have a list of their own."""
    from_ms, to_ms = ms(begin) if begin else 0, ms(to) if to else _FOR_EVER
    before = place(cursor)
    found = latest_practices(house.diary, from_ms, to_ms, limit=limit + 1, before=before)
    places = [(it.started_ms, it.id) for it in found[:limit]]
    items = [PracticeSession.of(it) for it in found[:limit]]
    return Page(items=items, next=next_of(found, limit, places))


@router.post("/practices/{kind}/sessions", status_code=201)
async def begin(
    practising: _Practising, kind: Guided, asked: PracticeIn, idempotency_key: Key
) -> PracticeSession:
    """Begin a practice, or say that one has begun; one key is one practice."""
    return PracticeSession.of(await practising.begin(kind, idempotency_key, asked))


@router.post("/practices/{kind}/sessions/{session_id}/finish")
async def finish(
    practising: _Practising, kind: Guided, session_id: Id, said: PracticeFinishIn
) -> PracticeSession:
    """Say that a practice is over; told twice, the first stands."""
    return PracticeSession.of(await practising.finish(kind, session_id, said))


@router.post("/practices/midday/sessions/{session_id}/signs")
async def signs(practising: _Practising, session_id: Id, said: SignsIn) -> PracticeSession:
    """Say which early signs fit; what is said last stands."""
    return PracticeSession.of(await practising.tell_signs(session_id, said.signs))


@router.post("/invitations/{invitation_id}/answer")
async def answer(
    practising: _Practising, invitation_id: Id, said: InvitationAnswerIn
) -> InvitationOut:
    """Answer an invitation; the same answer twice is one."""
    return InvitationOut.of(await practising.answer(invitation_id, said.answer))


@router.post("/noticed", status_code=201)
async def notice(practising: _Practising, said: NoticedIn, idempotency_key: Key) -> NoticedOut:
    """Mark that a person noticed; it is not counted."""
    return NoticedOut.of(await practising.notice(idempotency_key, said.ago_s))


@router.delete("/noticed/{noticed_id}", status_code=204)
async def take_back(practising: _Practising, noticed_id: Id) -> Response:
    """Forget a mark; one that is gone already is as good."""
    await practising.take_back(noticed_id)
    return Response(status_code=204)


@router.get("/line")
def line(house: AnyHouse, begin: From, to: Moment) -> Line:
    """Give a person's own line over a stretch of time, oldest first."""
    return own_line(house.diary, *span(begin, to, LONGEST_MS))
