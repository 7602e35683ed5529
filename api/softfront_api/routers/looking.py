"""What was: windows, decisions, offers, pauses, lines."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Query, Response
from pydantic import AfterValidator, AwareDatetime, BaseModel

from .. import pause as pauses
from .. import returns
from ..diary import Place
from ..results import result
from ..ribbon import ribbon
from ..settings import in_reach
from ..shapes.around import JournalLine, Pause, Windows
from ..shapes.common import Page
from ..shapes.effect import Effect
from ..shapes.moments import DecisionOut, Prompt
from ..shapes.practised import Practised
from ..shapes.returns import Returns
from ..shapes.ribbon import Ribbon
from ..shapes.trends import Trends
from ..windows import LONGEST_MS, windows
from .near import AnyHouse, AwakeHouse

_Limit = Annotated[int, Query(ge=1, le=500)]
_Cursor = Annotated[str | None, Query(max_length=120, pattern=r"^\d{1,15}~[\w.\-]{1,100}$")]
_Points = Annotated[int, Query(ge=10, le=2000)]
_Moment = Annotated[AwareDatetime, AfterValidator(in_reach)]
_From = Annotated[_Moment, Query(alias="from")]


class Guidance(BaseModel):
    """A practice: its steps, seconds and keys of the texts."""

    kind: str
    length_s: int
    breath: dict[str, int]
    steps: list[pauses.Step]


router = APIRouter(tags=["history"])


@router.get("/windows")
def get_windows(house: AnyHouse, begin: _From, to: _Moment, points: _Points = 720) -> Windows:
    """Give the series of a stretch of time, for charts."""
    from_ms, to_ms = _span(begin, to)
    return windows(house.diary, from_ms, to_ms, points)


@router.get("/trends", response_model=Trends)
def get_trends(
    house: AwakeHouse,
    begin: _From,
    to: _Moment,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Give days, weeks and months beside each other, and whether anything changes over them.

    Who has the answer already, and says so by its ETag, is not told it again.
    """
    # Imported here: they need numpy, which takes its time.
    from ..lived import lived
    from ..trends import trends

    found = lived(
        house.diary, *_span(begin, to, returns.LONGEST_MS), house.session.day.settings.zone
    )
    tag = {"ETag": f'"{found.tag}"'}
    if if_none_match is not None and tag["ETag"] in if_none_match:
        return Response(status_code=304, headers=tag)
    body = trends(found).model_dump_json(by_alias=True)
    return Response(body, headers=tag, media_type="application/json")


@router.get("/trends/practices")
def get_practised(house: AwakeHouse, begin: _From, to: _Moment) -> Practised:
    """Give before and after of each practice, beside moments like it without one."""
    # Imported here: they need numpy, which takes its time.
    from ..lived import lived
    from ..practised import practised

    span = _span(begin, to, returns.LONGEST_MS)
    return practised(house.diary, lived(house.diary, *span, house.session.day.settings.zone))


@router.get("/ribbon")
def get_ribbon(house: AnyHouse, begin: _From, to: _Moment) -> Ribbon:
    """Give a stretch of time as a ribbon of states, with its pauses."""
    return ribbon(house.diary, *_span(begin, to))


@router.get("/returns")
def get_returns(house: AwakeHouse, begin: _From, to: _Moment) -> Returns:
    """Give how long it took to come back from the rises of a stretch of time."""
    from_ms, to_ms = _span(begin, to, returns.LONGEST_MS)
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
    begin: Annotated[_Moment | None, Query(alias="from")] = None,
    to: _Moment | None = None,
    at: _Moment | None = None,
    limit: _Limit = 100,
    cursor: _Cursor = None,
) -> Page[DecisionOut]:
    """Give every stored why and why-not of a stretch, or the one nearest to `at`."""
    if at is not None:
        near = house.diary.decision_near(_ms(at))
        return Page(items=[DecisionOut.of(near)] if near else [])
    if begin is None or to is None:
        raise HTTPException(422, "either `at`, or `from` and `to`")
    from_ms, to_ms = _span(begin, to)
    found = house.diary.decisions(from_ms, to_ms, limit=limit + 1, after=_place(cursor))
    places = [(d.decision.t_ms, d.session) for d in found[:limit]]
    return Page(items=[DecisionOut.of(d) for d in found[:limit]], next=_next(found, limit, places))


@router.get("/prompts")
def prompts(house: AnyHouse, limit: _Limit = 50, cursor: _Cursor = None) -> Page[Prompt]:
    """Give the offers that were made, newest first."""
    found = house.diary.prompts(limit=limit + 1, before=_place(cursor))
    places = [(p.t_ms, p.id) for p in found[:limit]]
    return Page(items=[Prompt.of(p) for p in found[:limit]], next=_next(found, limit, places))


@router.get("/pauses/{pause_id}")
def pause(house: AnyHouse, pause_id: str) -> Pause:
    """Give a pause: before, during, after, with what was left out."""
    stored = house.diary.pause(pause_id)
    if stored is None:
        raise HTTPException(404, "There is no such pause")
    return result(house.diary, stored, house.session.source.now_ms())


@router.get("/practices")
def practices() -> Page[Guidance]:
    """Give the practices, step by step."""
    breath = {"in_s": pauses.BREATH_IN_S, "out_s": pauses.BREATH_OUT_S}
    steps = list(pauses.STEPS)
    guidance = Guidance(kind="pause", length_s=pauses.LENGTH_S, breath=breath, steps=steps)
    return Page(items=[guidance])


@router.get("/journal")
def journal(house: AnyHouse, limit: _Limit = 50, cursor: _Cursor = None) -> Page[JournalLine]:
    """Give the lines, newest first."""
    found = house.diary.journal(limit=limit + 1, before=_place(cursor))
    places = [(line.t_ms, line.id) for line in found[:limit]]
    items = [JournalLine.of(line) for line in found[:limit]]
    return Page(items=items, next=_next(found, limit, places))


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _span(begin: datetime, to: datetime, longest_ms: int = LONGEST_MS) -> tuple[int, int]:
    from_ms, to_ms = _ms(begin), _ms(to)
    if not 0 < to_ms - from_ms <= longest_ms:
        days = longest_ms // 86_400_000
        raise HTTPException(422, f"`to` lies after `from`, and at most {days} days after it")
    return from_ms, to_ms


def _place(cursor: str | None) -> Place | None:
    if cursor is None:
        return None
    t_ms, _, name = cursor.partition("~")
    return int(t_ms), name


def _next(found: tuple[object, ...], limit: int, places: list[Place]) -> str | None:
    return f"{places[-1][0]}~{places[-1][1]}" if len(found) > limit else None
