"""What a person says: answers, pauses, lines, settings."""

from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Path, Response
from fastapi.responses import JSONResponse

from ..house import House
from ..results import result
from ..settings import Settings
from ..shapes.around import JournalLine, Pause
from ..shapes.common import TextOut
from ..shapes.heard import AnswerIn, FinishIn, JournalIn, PauseIn
from ..shapes.moments import Ack, Prompt

_Id = Annotated[str, Path(max_length=100)]
_Key = Annotated[str, Header(min_length=8, max_length=100, pattern=r"^[\w\-]+$")]


def saying(house: House) -> APIRouter:
    """Make the routes that change what is remembered. Whatever they confirm is stored."""
    router = APIRouter(tags=["answers"])
    diary, replies, session = house.diary, house.replies, house.session

    def when_ready() -> None:
        if not session.taken_up:
            raise HTTPException(503, "Softfront is opening the diary", {"Retry-After": "1"})

    @router.post("/prompts/{prompt_id}/answer")
    async def answer(prompt_id: _Id, said: AnswerIn) -> Ack:
        """Answer an offer; the same answer twice is one."""
        when_ready()
        prompt, ack = await replies.answer(prompt_id, said.answer)
        return Ack(prompt=Prompt.of(prompt), ack=TextOut.of(ack) if ack else None)

    @router.post("/pauses", status_code=201)
    async def begin(asked: PauseIn, idempotency_key: _Key) -> Pause:
        """Begin a pause, or say that one has begun; one key is one pause."""
        when_ready()
        pause = await replies.begin_pause(idempotency_key, asked)
        return result(diary, pause, session.source.now_ms())

    @router.post("/pauses/{pause_id}/finish")
    async def finish(pause_id: _Id, said: FinishIn) -> Pause:
        """Say that a pause is over; told twice, the first stands."""
        when_ready()
        pause = await replies.finish_pause(pause_id, said)
        return result(diary, pause, session.source.now_ms())

    @router.post("/journal", status_code=201, response_model=JournalLine)
    async def write(line: JournalIn) -> JournalLine | Response:
        """Keep a line; an empty one removes what its pause had."""
        when_ready()
        kept = await replies.write(line)
        return JournalLine.of(kept) if kept else Response(status_code=204)

    @router.get("/settings", response_model=Settings)
    def get_settings() -> JSONResponse:
        """Give the settings whole; the ETag names their version."""
        stored = diary.settings()
        return _with_etag(Settings.read(dict(stored.body)), stored.version)

    @router.put("/settings", response_model=Settings)
    async def put_settings(
        settings: Settings, if_match: Annotated[str | None, Header()] = None
    ) -> JSONResponse:
        """Put settings in place of those the ETag names."""
        when_ready()
        if if_match is None:
            raise HTTPException(428, "If-Match with the ETag of GET is needed")
        version = if_match.strip('"')
        if not version.isdecimal():
            raise HTTPException(412, "Settings were changed on another device")
        stored = await replies.change(settings, int(version))
        return _with_etag(settings, stored.version)

    return router


def _with_etag(settings: Settings, version: int) -> JSONResponse:
    body = settings.model_dump(mode="json", by_alias=True)
    return JSONResponse(body, headers={"ETag": f'"{version}"'})
