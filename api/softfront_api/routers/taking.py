"""What other senders bring: packets of a strap or a step counter, from this machine or another."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request

from softfront_sensors.envelope import MOST_READINGS, Reply, read_envelope, write_reply
from softfront_sensors.remote import RemoteStrap

from .near import AwakeHouse

router = APIRouter(tags=["packets"])

_PACKET = {
    "type": "object",
    "description": "Raw bytes, or RR intervals with their unit in the name, or movement.",
    "required": ["seq", "t_ms"],
    "properties": {
        "seq": {"type": "integer", "minimum": 1, "description": "From 1, without holes."},
        "t_ms": {"type": "integer", "minimum": 0, "description": "Unix ms, the sender's clock."},
        "epoch": {"type": "integer", "minimum": 0, "description": "Counts links to the strap."},
        "wall_ms": {"type": "integer", "minimum": 0},
        "hex": {"type": "string", "description": "The value of 0x2A37, as it came."},
        "hr_bpm": {"type": "integer", "minimum": 0, "maximum": 65535},
        "rr_1024": {"type": "array", "items": {"type": "integer"}, "description": "1/1024 s"},
        "rr_ms": {"type": "array", "items": {"type": "integer"}},
        "steps_per_min": {"type": "integer", "minimum": 0, "maximum": 1000},
        "move_mg": {"type": "integer", "minimum": 0},
        "lost": {"type": "integer", "minimum": 1, "description": "So many up to seq are lost."},
    },
}
_ENVELOPE = {
    "type": "object",
    "required": ["v", "session", "packets"],
    "properties": {
        "v": {"type": "integer", "const": 1},
        "session": {"type": "string", "pattern": r"^[\w.\-]{1,100}$"},
        "device": {"type": "string", "maxLength": 100},
        "sender": {"enum": ["collector", "raw", "app"]},
        "sent_ms": {"type": "integer", "description": "The sender's clock as it sends."},
        "started_ms": {"type": "integer"},
        "boot": {"type": "string"},
        "strap_id": {"type": "string"},
        "strap": {"type": "object"},
        "packets": {"type": "array", "maxItems": MOST_READINGS, "items": _PACKET},
    },
}
_REPLY = {
    "type": "object",
    "required": ["session", "acked", "prompt"],
    "properties": {
        "session": {"type": "string"},
        "acked": {"type": "integer", "description": "Stored for good up to here."},
        "prompt": {
            "anyOf": [
                {
                    "type": "object",
                    "properties": {
                        "id": {"type": "string"},
                        "kind": {"type": "string"},
                        "expires_in_s": {"type": "integer"},
                    },
                },
                {"type": "null"},
            ]
        },
    },
}
_DOCUMENT: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": _ENVELOPE}}},
    "responses": {
        "200": {"description": "Stored", "content": {"application/json": {"schema": _REPLY}}},
        "401": {"description": "A token is needed"},
        "422": {"description": "Some fields cannot be used"},
        "503": {"description": "Not stored; send it again"},
    },
}


def _remote(house: AwakeHouse) -> RemoteStrap:
    if house.remote is None:
        raise HTTPException(409, "A demo or a replay takes no packets")
    return house.remote


async def _body(request: Request) -> object:
    """Read JSON; a number that is none, as NaN, is refused with the rest."""

    def refuse(name: str) -> object:
        raise ValueError(name)

    try:
        return json.loads(await request.body(), parse_constant=refuse)
    except (ValueError, RecursionError):
        raise HTTPException(400, "This is not JSON") from None


@router.post("/packets", openapi_extra=_DOCUMENT)
async def packets(
    house: AwakeHouse,
    remote: Annotated[RemoteStrap, Depends(_remote)],
    body: Annotated[object, Depends(_body)],
) -> dict[str, Any]:
    """Take packets; the reply says up to where they are stored, and which offer waits."""
    envelope = read_envelope(body)
    acked = await remote.deliver(envelope)
    return write_reply(Reply(envelope.session.id, acked, house.session.pending()))
