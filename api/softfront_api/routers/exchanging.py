"""One's own data: what is kept, and files out and in."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, cast
from uuid import uuid4

from fastapi import APIRouter, HTTPException, Query, Request
from pydantic import AfterValidator, AwareDatetime
from starlette.responses import StreamingResponse

from ..exchange.desk import Desk, Import
from ..exchange.formats import FORMATS, WRITES
from ..exchange.going_out import Wanted, file_name, going_out
from ..exchange.holding import Held, holdings
from ..house import House
from ..settings import Settings, in_reach
from ..shapes.common import TextOut
from ..shapes.exchanging import ExportOut, FormatOut, Holdings, ImportOut, Imports, LineOut, Waiting
from .near import AnyHouse, AwakeHouse

router = APIRouter(tags=["data"])

# A year of a strap, written as wide as anybody writes it.
_MOST_BYTES = 4 << 30
# So much may come in a second by the slowest card; a sender that says nothing is let go.
_SILENCE_S = 60
_State: TypeAlias = Literal["reading", "deriving", "done", "refused"]
_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_Moment = Annotated[AwareDatetime, AfterValidator(in_reach)]


@router.get("/data")
async def data(house: AnyHouse) -> Holdings:
    """Tell what is kept, where, and which formats there are."""
    zone = Settings.read(dict(house.diary.settings().body)).zone
    held = await asyncio.to_thread(holdings, house.diary, zone)
    return _told(house, held)


@router.get("/export", response_class=StreamingResponse)
async def export(
    house: AnyHouse,
    format: Annotated[str, Query(max_length=40)] = "all",  # noqa: A002  the name at the door
    begins: Annotated[_Moment | None, Query(alias="from")] = None,
    ends: Annotated[_Moment | None, Query(alias="to")] = None,
) -> StreamingResponse:
    """Send everything, or one's beats in a format of others, as a zip."""
    if format not in WRITES:
        raise HTTPException(422, "No such format is written")
    if format == "all" and (begins or ends):
        raise HTTPException(422, "Everything is everything: no --from, no --to")
    wanted = Wanted(
        format,
        0 if begins is None else round(begins.timestamp() * 1000),
        2**53 if ends is None else round(ends.timestamp() * 1000),
    )
    now = datetime.now(UTC).replace(microsecond=0)
    name, export_id = file_name(wanted, now), uuid4().hex
    headers = {"content-disposition": f'attachment; filename="{name}"', "x-export-id": export_id}
    sent = _sent(house, wanted, now, export_id)
    return StreamingResponse(sent, media_type="application/zip", headers=headers)


@router.post("/import", status_code=202, openapi_extra=_FILE)
async def take(
    house: AwakeHouse,
    request: Request,
    name: Annotated[str, Query(max_length=300)] = "recording",
    start: Annotated[_Moment | None, Query()] = None,
) -> ImportOut:
    """Take a file in: a recording, a zip of them, or everything of an earlier export."""
    desk = _desk(house)
    if desk.reading:
        raise HTTPException(409, "Another file is being read")
    it = Import(uuid4().hex, _plain(name))
    desk.imports[it.id] = it
    folder = await asyncio.to_thread(desk.room, it.id)
    file = folder / it.file
    try:
        await _keep(request, file)
    except BaseException:
        del desk.imports[it.id]
        await asyncio.to_thread(_forget, file)
        raise
    desk.begin(it, file, None if start is None else round(start.timestamp() * 1000))
    return told(it)


@router.get("/import")
async def imports(house: AnyHouse) -> Imports:
    """Tell what came in since the server began."""
    return Imports(imports=[told(it) for it in reversed(_desk(house).imports.values())])


@router.get("/import/{import_id}")
async def one(house: AnyHouse, import_id: str) -> ImportOut:
    """Tell what became of a file so far."""
    it = _desk(house).imports.get(import_id)
    if it is None:
        raise HTTPException(404)
    return told(it)


def told(it: Import) -> ImportOut:
    """Tell an import as it stands."""
    return ImportOut(
        id=it.id,
        file=it.file,
        state=cast(_State, it.state),
        percent=round(100 * it.share),
        beats_new=it.new,
        beats_known=it.known,
        lines_left_out=it.left_out,
        problems=[LineOut(file=file, line=line, text=why) for file, line, why in it.problems],
        undated=it.undated,
        placed_at=_at(it.placed_ms),
        why=None if it.why is None else TextOut(id=it.why, values={"file": it.file, **it.values}),
        restored=it.restored,
    )


def _desk(house: House) -> Desk:
    if house.desk is None:
        raise HTTPException(409, "A replay takes no files")
    return house.desk


async def _keep(request: Request, file: Path) -> None:
    """Write what arrives to disk, up to the limit."""
    size = 0
    with await asyncio.to_thread(file.open, "xb") as out:
        stream = request.stream()
        while True:
            try:
                piece = await asyncio.wait_for(anext(stream), _SILENCE_S)
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise HTTPException(408, "What was sent did not arrive in time") from None
            size += len(piece)
            if size > _MOST_BYTES:
                raise HTTPException(413, "More was sent than is taken here")
            await asyncio.to_thread(out.write, piece)


def _forget(file: Path) -> None:
    file.unlink(missing_ok=True)
    file.parent.rmdir()


def _plain(name: str) -> str:
    """Keep of a name what a file may be called anywhere, and what says when it began."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c if c.isalnum() or c in "._- +" else "_" for c in last).strip(" .")
    # A file's name is measured in bytes, and a letter may take four.
    return kept.encode()[-120:].decode(errors="ignore") or "recording"


async def _sent(
    house: House, wanted: Wanted, now: datetime, export_id: str
) -> AsyncIterator[bytes]:
    n = total = size = 0

    def note(nth: int, of: int) -> None:
        nonlocal n, total
        n, total = nth, of

    pieces = going_out(house.diary, wanted, now, note)
    before, done = -1, False
    try:
        while (piece := await asyncio.to_thread(_next, pieces)) is not None:
            size += len(piece)
            if n != before:
                before = n
                _tell(house, wanted, now, export_id, (n, total, size))
            if piece:
                yield piece
        done = True
    finally:
        await asyncio.shield(asyncio.to_thread(_close, pieces))
        _tell(house, wanted, now, export_id, (n, total, size), done=done, failed=not done)


def _next(pieces: Iterator[bytes]) -> bytes | None:
    return next(pieces, None)


def _close(pieces: Iterator[bytes]) -> None:
    close = getattr(pieces, "close", None)
    if close is not None:
        close()


def _tell(
    house: House,
    wanted: Wanted,
    now: datetime,
    export_id: str,
    came: tuple[int, int, int],
    *,
    done: bool = False,
    failed: bool = False,
) -> None:
    held = holdings(house.diary, None) if done else None
    n, total, size = came
    body = ExportOut(
        id=export_id,
        format=wanted.format,
        n=n,
        total=total,
        done=done,
        failed=failed,
        file=file_name(wanted, now),
        beats=held.readings if held else 0,
        days=held.days if held else 0,
        size_bytes=size,
    )
    house.bus.publish("export", body.model_dump(mode="json"))


def _told(house: House, held: Held) -> Holdings:
    share, n = held.share_done, held.waiting
    waiting = None if share is None else Waiting(percent=round(100 * share), sessions=n)
    return Holdings(
        folder=str(house.diary.file.parent),
        size_bytes=held.size_bytes,
        beats=held.readings,
        readings=held.readings,
        shifts=held.shifts,
        days=held.days,
        first_at=_at(held.first_ms),
        last_at=_at(held.last_ms),
        records=held.records,
        waiting=waiting,
        formats=[FormatOut(**asdict(it)) for it in FORMATS],
    )


def _at(t_ms: int | None) -> datetime | None:
    return None if t_ms is None else datetime.fromtimestamp(t_ms / 1000, UTC)
