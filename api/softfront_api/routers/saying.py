"""What a person says: answers, pauses, settings."""

import asyncio
import re
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from ..diary import StoredPause
from ..house import House
from ..results import result
from ..settings import WITH_MOST, Settings
from ..shapes.around import Pause
from ..shapes.common import TextOut
from ..shapes.heard import AnswerIn, FinishIn, PauseIn
from ..shapes.moments import Ack, Prompt
from ..shapes.preview import Preview
from .near import AnyHouse, AwakeHouse, Id, Key

_VERSION = re.compile(r"\d{1,15}")

router = APIRouter(tags=["answers"])


@router.post("/prompts/{prompt_id}/answer")
async def answer(house: AwakeHouse, prompt_id: Id, said: AnswerIn) -> Ack:
    """Answer an offer; the same answer twice is one."""
    prompt, ack = await house.replies.answer(prompt_id, said.answer)
    return Ack(prompt=Prompt.of(prompt), ack=TextOut.of(ack) if ack else None)


@router.post("/pauses", status_code=201)
async def begin(house: AwakeHouse, asked: PauseIn, idempotency_key: Key) -> Pause:
    """Begin a pause, or say that one has begun; one key is one pause."""
    pause = await house.replies.begin_pause(idempotency_key, asked)
    return await _told(house, pause)


@router.post("/pauses/{pause_id}/finish")
async def finish(house: AwakeHouse, pause_id: Id, said: FinishIn) -> Pause:
    """Say that a pause is over; told twice, the first stands."""
    pause = await house.replies.finish_pause(pause_id, said)
    return await _told(house, pause)


@router.get("/settings", response_model=Settings)
def get_settings(house: AnyHouse) -> JSONResponse:
    """Give the settings whole; the ETag names their version."""
    stored = house.diary.settings()
    return _with_etag(Settings.read(dict(stored.body)), stored.version)


@router.put("/settings", response_model=Settings)
async def put_settings(
    house: AwakeHouse, settings: Settings, if_match: Annotated[str | None, Header()] = None
) -> JSONResponse:
    """Put settings in place of those the ETag names."""
    if if_match is None:
        raise HTTPException(428, "If-Match with the ETag of GET is needed")
    version = if_match.strip('"')
    if not _VERSION.fullmatch(version):
        raise HTTPException(412, "Settings were changed on another device")
    _admit(settings, house)
    stored = await house.replies.change(settings, int(version))
    return _with_etag(settings, stored.version)


@router.post("/settings/preview")
def preview(house: AnyHouse, settings: Settings) -> Preview:
    """Tell what these settings would have offered on this person's own last shifts."""
    return house.previews.of(house.diary, settings, house.session.source.now_ms())


def _admit(settings: Settings, house: House) -> None:
    """Refuse silence for days by a slip; what stands already may be sent back as it is."""
    most, now_ms = WITH_MOST.total_seconds() * 1000, house.session.source.now_ms()
    for name in ("with_someone_until", "snoozed_shift"):
        until = getattr(settings, name)
        if until is None or until == getattr(house.session.day.settings, name):
            continue
        if until.timestamp() * 1000 - now_ms > most:
            raise RequestValidationError([{"type": "too_far_ahead", "loc": ("body", name)}])


async def _told(house: House, pause: StoredPause) -> Pause:
    return await asyncio.to_thread(result, house.diary, pause, house.session.source.now_ms())


def _with_etag(settings: Settings, version: int) -> JSONResponse:
    body = settings.model_dump(mode="json", by_alias=True)
    return JSONResponse(body, headers={"ETag": f'"{version}"'})
