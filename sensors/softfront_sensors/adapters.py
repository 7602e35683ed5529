"""Other programs' messages, read: what each says, as the notification a strap would have sent.

Each adapter is a pure function from a message to what was heard in it, or to `None` where the
message is none of its kind. Formats as their makers or users wrote them up; recorded samples stand
in the tests.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from .heart_rate import encode
from .wire import MOST_RR, Malformed, ticks_of, whole

_EXACT = 2**53 - 1
_WIDEST_MS = 63_999
"""What 16 bits of 1/1024 s can hold."""
_FASTEST_BPM = 400


@dataclass(frozen=True, slots=True)
class Heard:
    """One message of a phone's program."""

    program: str
    device: str
    """What it calls the strap."""
    run: str
    """What it calls this run of messages, where it does."""
    t_ms: int | None
    """By the phone's clock. Unix milliseconds; `None` where it says nothing of time."""
    data: bytes
    """As a value of 0x2A37; intervals in whole milliseconds can be had back from its ticks."""


Adapter: TypeAlias = Callable[[Mapping[str, Any]], Heard | None]


def polar_sensor_logger(message: Mapping[str, Any]) -> Heard | None:
    """Read a message of Polar Sensor Logger's topic `…/hr`: heart rate, and RR in whole ms.

    Raises:
        Malformed: it is of this kind, and cannot be read.
    """
    if not {"deviceId", "timeStamp", "hr", "rr"} <= message.keys():
        return None
    sent = message["rr"]
    if not isinstance(sent, list) or len(sent) > MOST_RR:
        raise Malformed("rr", f"not a list of at most {MOST_RR}")
    if not all(type(ms) is int and 0 <= ms <= _WIDEST_MS for ms in sent):
        raise Malformed("rr", f"not whole milliseconds between 0 and {_WIDEST_MS}")
    return Heard(
        program="Polar Sensor Logger",
        device=_name(message, "deviceId"),
        run=str(message.get("sessionId", ""))[:40],
        t_ms=whole(message, "timeStamp", 0, _EXACT),
        data=encode(whole(message, "hr", 0, _FASTEST_BPM), [ticks_of(ms) for ms in sent]),
    )


def hr_push(message: Mapping[str, Any]) -> Heard | None:
    """Read a message of HR PUSH: a heart rate and nothing else. Raises: as above."""
    if message.get("event") != "heartRate" or "heartRate" not in message:
        return None
    rate = whole(message, "heartRate", 0, _FASTEST_BPM)
    return Heard(
        program="HR PUSH",
        device=_name(message, "device"),
        run="",
        t_ms=_instant(message.get("timestamp")),
        data=encode(rate),
    )


def heart_rate_monitor_mobile(message: Mapping[str, Any]) -> Heard | None:
    """Read a message of HeartRateMonitorMobile: a heart rate and nothing else. Raises: as above."""
    if not {"heart_rate", "timestamp"} <= message.keys():
        return None
    rate = whole(message, "heart_rate", 0, _FASTEST_BPM)
    t_ms = whole(message, "timestamp", 0, _EXACT)
    return Heard("HeartRateMonitorMobile", "phone", "", t_ms, encode(rate))


ADAPTERS: tuple[Adapter, ...] = (polar_sensor_logger, hr_push, heart_rate_monitor_mobile)


def read_message(message: object) -> Heard:
    """Read a message of any program that is known here.

    Raises:
        Malformed: it is of no known kind, or cannot be read.
    """
    if isinstance(message, dict):
        for adapter in ADAPTERS:
            heard = adapter(message)
            if heard is not None:
                return heard
    raise Malformed("message", "of no program known here")


def _name(message: Mapping[str, Any], field: str) -> str:
    said = message.get(field)
    if not isinstance(said, str) or not 0 < len(said) <= 60 or not said.isprintable():
        return "phone"
    return said


def _instant(said: object) -> int | None:
    try:
        moment = datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None:
        return None
    return round(moment.timestamp() * 1000)
