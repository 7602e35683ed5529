"""What was: windows, decisions, offers, pauses."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query

from .. import returns, trends
from ..results import result
from ..shapes.around import Pause, Windows
from ..shapes.common import Page
from ..shapes.effect import Effect
from ..shapes.moments import DecisionOut, Prompt
from ..shapes.proxy import Trends
from ..shapes.returns import Returns
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


@router.get("/trends")
def get_trends(house: AwakeHouse, begin: From, to: Moment) -> Trends:
    """Give the days of a stretch beside each other, against the band of now."""
    from_ms, to_ms = span(begin, to, trends.LONGEST_MS)
    zone, now = house.session.day.settings.zone, house.session.now().soothing
    return trends.trends(house.diary, from_ms, to_ms, zone, now)


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
