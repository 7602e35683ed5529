"""What was: windows, decisions, offers, pauses."""

from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Query, Response

from .. import returns, silences
from ..results import result
from ..ribbon import ribbon
from ..shapes.around import Pause, Windows
from ..shapes.common import Page
from ..shapes.effect import Effect
from ..shapes.moments import DecisionOut, Prompt
from ..shapes.practised import Practised
from ..shapes.returns import Returns
from ..shapes.ribbon import Ribbon
from ..shapes.silences import Reasons
from ..shapes.trends import Trends
from ..windows import LONGEST_MS, windows
from .near import AnyHouse, AwakeHouse
from .paging import Cursor, From, Limit, Moment, ms, next_of, place, span

_Points = Annotated[int, Query(ge=10, le=2000)]


router = APIRouter(tags=["history"])


@router.get("/windows")
def get_windows(house: AnyHouse, begin: From, to: Moment, points: _Points = 720) -> Windows:
    """Give the series of a stretch of time, for charts."""
    from_ms, to_ms = span(begin, to, LONGEST_MS)
    return windows(house.diary, from_ms, to_ms, points)


@router.get("/trends", response_model=Trends)
def get_trends(
    house: AwakeHouse,
    begin: From,
    to: Moment,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Give days, weeks and months beside each other, and whether anything changes over them.

    Who has the answer already, and says so by its ETag, is not told it again.
    """
    # Imported here: they need numpy, which takes its time.
    from ..lived import lived
    from ..trends import trends

    found = lived(
        house.diary, *span(begin, to, returns.LONGEST_MS), house.session.day.settings.zone
    )
    tag = {"ETag": f'"{found.tag}"'}
    if if_none_match is not None and tag["ETag"] in if_none_match:
        return Response(status_code=304, headers=tag)
    body = trends(found).model_dump_json(by_alias=True)
    return Response(body, headers=tag, media_type="application/json")


@router.get("/trends/practices")
def get_practised(house: AwakeHouse, begin: From, to: Moment) -> Practised:
    """Give before and after of each practice, beside moments like it without one."""
    # Imported here: they need numpy, which takes its time.
    from ..lived import lived
    from ..practised import practised

    zone, reach = house.session.day.settings.zone, span(begin, to, returns.LONGEST_MS)
    return practised(house.diary, lived(house.diary, *reach, zone))


@router.get("/ribbon")
def get_ribbon(house: AnyHouse, begin: From, to: Moment) -> Ribbon:
    """Give a stretch of time as a ribbon of states, with its pauses."""
    return ribbon(house.diary, *span(begin, to, LONGEST_MS))


@router.get("/returns")
def get_returns(house: AwakeHouse, begin: From, to: Moment) -> Returns:
    """Give how long it took to come back from the rises of a stretch of time."""
    from_ms, to_ms = span(begin, to, returns.LONGEST_MS)
    return returns.returns(house.diary, from_ms, to_ms, house.session.day.settings.zone)


@router.get("/effect")
def get_effect(house: AwakeHouse) -> Effect:
    """Give what chance has shown so far: whether an offer helps, and how far that is known."""
    # Imported here: it needs numpy, which takes its time.
    from ..comparing import compare

    day = house.session.day
    here_ms = day.heard_up_to(house.session.source.now_ms())
    return compare(house.diary, here_ms, day.settings.zone, comparing=day.settings.compare)


@router.get("/decisions")
def decisions(
    house: AnyHouse,
    begin: Annotated[Moment | None, Query(alias="from")] = None,
    to: Moment | None = None,
    at: Moment | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[DecisionOut]:
    """Give every stored why and why-not of a stretch, or the one nearest to `at`."""
    if at is not None:
        near = house.diary.decision_near(ms(at))
        return Page(items=[DecisionOut.of(near)] if near else [])
    if begin is None or to is None:
        raise HTTPException(422, "either `at`, or `from` and `to`")
    from_ms, to_ms = span(begin, to, LONGEST_MS)
    found = house.diary.decisions(from_ms, to_ms, limit=limit + 1, after=place(cursor))
    places = [(d.decision.t_ms, d.session) for d in found[:limit]]
    return Page(
        items=[DecisionOut.of(d) for d in found[:limit]], next=next_of(found, limit, places)
    )


@router.get("/reasons")
def get_reasons(house: AnyHouse, begin: From, to: Moment) -> Reasons:
    """Give the offers of a stretch and, in few words, the silences between them."""
    from_ms, to_ms = span(begin, to, silences.LONGEST_MS)
    return silences.reasons(house.diary, from_ms, to_ms)


@router.get("/prompts")
def prompts(house: AnyHouse, limit: Limit = 50, cursor: Cursor = None) -> Page[Prompt]:
    """Give the offers that were made, newest first."""
    found = house.diary.prompts(limit=limit + 1, before=place(cursor))
    places = [(p.t_ms, p.id) for p in found[:limit]]
    return Page(items=[Prompt.of(p) for p in found[:limit]], next=next_of(found, limit, places))


@router.get("/pauses/{pause_id}")
def pause(house: AnyHouse, pause_id: str) -> Pause:
    """Give a pause: before, during, after, with what was left out."""
    stored = house.diary.pause(pause_id)
    if stored is None:
        raise HTTPException(404, "There is no such pause")
    return result(house.diary, stored, house.session.source.now_ms())
