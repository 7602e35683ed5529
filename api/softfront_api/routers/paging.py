"""Stretches of time and pages of a list, as they are asked for."""

from datetime import datetime
from typing import Annotated

from fastapi import HTTPException, Query
from pydantic import AfterValidator, AwareDatetime

from ..diary import Place
from ..settings import in_reach

Limit = Annotated[int, Query(ge=1, le=500)]
Cursor = Annotated[str | None, Query(max_length=120, pattern=r"^\d{1,15}~[\w.\-]{1,100}$")]
Moment = Annotated[AwareDatetime, AfterValidator(in_reach)]
From = Annotated[Moment, Query(alias="from")]
MaybeFrom = Annotated[Moment | None, Query(alias="from")]


def ms(moment: datetime) -> int:
    """Return Unix milliseconds."""
    return round(moment.timestamp() * 1000)


def span(begin: datetime, to: datetime, longest_ms: int) -> tuple[int, int]:
    """Return a stretch in milliseconds, or refuse it."""
    from_ms, to_ms = ms(begin), ms(to)
    if not 0 < to_ms - from_ms <= longest_ms:
        days = longest_ms // 86_400_000
        raise HTTPException(422, f"`to` lies after `from`, and at most {days} days after it")
    return from_ms, to_ms


def place(cursor: str | None) -> Place | None:
    """Return where a page goes on."""
    if cursor is None:
        return None
    t_ms, _, name = cursor.partition("~")
    return int(t_ms), name


def next_of(found: tuple[object, ...], limit: int, places: list[Place]) -> str | None:
    """Return where the next page goes on; one more was looked for than is given."""
    return f"{places[-1][0]}~{places[-1][1]}" if len(found) > limit else None
