"""What travels between machines: some readings with who sends them, and the answer to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .packet import Reading
from .source import Hint, Rank, SessionInfo, StrapState, StrapStatus
from .wire import Json, Malformed, read_reading, whole, write_reading

VERSION = 1
MOST_READINGS = 1000
_EXACT = 2**53 - 1
_LONGEST_TEXT = 100
_NAME = re.compile(r"[\w.\-]{1,100}")
_SENDERS = {"collector": Rank.COLLECTOR, "raw": Rank.RAW, "app": Rank.APP}


@dataclass(frozen=True, slots=True)
class Envelope:
    """Readings of one session on their way; none at all is a sign of life."""

    session: SessionInfo
    """As its sender tells it, by its sender's clock."""
    sent_ms: int | None
    """By the sender's session clock; `None` from a sender too simple to say."""
    readings: tuple[Reading, ...]
    status: StrapStatus | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """An offer that waits for an answer; it carries nothing that a body said."""

    id: str
    expires_in_s: int
    kind: str = "pause"


@dataclass(frozen=True, slots=True)
class Reply:
    """What comes back: up to where a session is stored for good, and what waits to be said."""

    session: str
    acked: int
    prompt: Pending | None = None


def write_envelope(envelope: Envelope) -> Json:
    """Write an envelope as JSON."""
    info, status = envelope.session, envelope.status
    sender = next(name for name, rank in _SENDERS.items() if rank is info.rank)
    body: Json = {
        "v": VERSION,
        "session": info.id,
        "sender": sender,
        "device": _plain(info.device),
        "started_ms": info.started_ms,
        "boot": info.boot,
        "strap_id": _plain(info.strap),
        "sent_ms": envelope.sent_ms,
        "strap": _write_status(status) if status else None,
        "packets": [write_reading(reading) for reading in envelope.readings],
    }
    return {name: value for name, value in body.items() if value is not None}


def read_envelope(body: object) -> Envelope:
    """Read an envelope; only `v`, `session` and `packets` must be there.

    Raises:
        Malformed: with the place in it, never the value.
    """
    if not isinstance(body, dict):
        raise Malformed("body", "not an object")
    if type(body.get("v")) is not int or body["v"] != VERSION:
        raise Malformed("v", f"this server speaks version {VERSION}")
    readings = _readings(body.get("packets"))
    first_ms = readings[0].t_ms if readings else 0
    info = SessionInfo(
        id=_text(body, "session", pattern=_NAME) or "",
        device=_text(body, "device", required=False) or "another machine",
        started_ms=_whole_or(body, "started_ms", first_ms),
        live=True,
        rank=_SENDERS[_one_of(body, "sender", _SENDERS) or "raw"],
        boot=_text(body, "boot", required=False),
        strap=_text(body, "strap_id", required=False),
    )
    sent_ms = whole(body, "sent_ms", 0, _EXACT) if "sent_ms" in body else None
    try:
        status = _read_status(body.get("strap"))
    except Malformed as wrong:
        raise Malformed(f"strap.{wrong.field}", wrong.why) from None
    return Envelope(info, sent_ms, readings, status)


def write_reply(reply: Reply) -> Json:
    """Write a reply as JSON."""
    waits = reply.prompt
    told = (
        {"id": waits.id, "kind": waits.kind, "expires_in_s": waits.expires_in_s} if waits else None
    )
    return {"session": reply.session, "acked": reply.acked, "prompt": told}


def read_reply(body: object) -> Reply:
    """Read a reply.

    Raises:
        Malformed: it is none.
    """
    if not isinstance(body, dict):
        raise Malformed("body", "not an object")
    session = _text(body, "session", pattern=_NAME) or ""
    waits, prompt = body.get("prompt"), None
    if isinstance(waits, dict):
        left_s = whole(waits, "expires_in_s", 0, _EXACT)
        prompt = Pending(_text(waits, "id") or "", left_s, _text(waits, "kind") or "")
    return Reply(session, whole(body, "acked", 0, _EXACT), prompt)


def _readings(sent: object) -> tuple[Reading, ...]:
    if not isinstance(sent, list) or len(sent) > MOST_READINGS:
        raise Malformed("packets", f"not a list of at most {MOST_READINGS}")
    readings = []
    for at, each in enumerate(sent):
        try:
            readings.append(read_reading(each))
        except Malformed as wrong:
            raise Malformed(f"packets.{at}.{wrong.field}", wrong.why) from None
    return tuple(readings)


def _plain(text: str | None) -> str | None:
    """Leave of a name what the other end takes: a strap may be called anything."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in text or "")
    return shown[:_LONGEST_TEXT] or None


def _write_status(status: StrapStatus) -> Json:
    return {
        "state": status.state.value,
        "name": _plain(status.name),
        "battery_percent": status.battery_percent,
        "model": _plain(status.model),
        "serial": _plain(status.serial),
        "hint": status.hint.value if status.hint else None,
        "incomplete": status.incomplete,
    }


def _read_status(body: object) -> StrapStatus | None:
    if body is None:
        return None
    if not isinstance(body, dict):
        raise Malformed("state", "the strap is not an object")
    hint = _one_of(body, "hint", {each.value for each in Hint})
    state = _one_of(body, "state", {each.value for each in StrapState}) or StrapState.LIVE.value
    battery = (
        whole(body, "battery_percent", 0, 100) if body.get("battery_percent") is not None else None
    )
    return StrapStatus(
        state=StrapState(state),
        name=_text(body, "name", required=False),
        battery_percent=battery,
        model=_text(body, "model", required=False),
        serial=_text(body, "serial", required=False),
        hint=Hint(hint) if hint else None,
        incomplete=_whole_or(body, "incomplete", 0),
    )


def _whole_or(body: Mapping[str, Any], name: str, otherwise: int) -> int:
    return whole(body, name, 0, _EXACT) if body.get(name) is not None else otherwise


def _one_of(
    body: Mapping[str, Any], name: str, known: "Mapping[str, Any] | set[str]"
) -> str | None:
    said = body.get(name)
    if said is None:
        return None
    if not isinstance(said, str) or said not in known:
        raise Malformed(name, f"not one of {', '.join(sorted(known))}")
    return said


def _text(
    body: Mapping[str, Any],
    name: str,
    *,
    required: bool = True,
    pattern: re.Pattern[str] | None = None,
) -> str | None:
    said = body.get(name)
    if said is None and not required:
        return None
    if not isinstance(said, str) or not 0 < len(said) <= _LONGEST_TEXT or not said.isprintable():
        raise Malformed(name, f"not a text of 1 to {_LONGEST_TEXT} printable characters")
    if pattern is not None and not pattern.fullmatch(said):
        raise Malformed(name, "not made of letters, digits, dot, hyphen and underscore")
    return said
