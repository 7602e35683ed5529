"""What is taken up again after a restart: offers made, and the last minutes, heard once more."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from softfront_sensors.source import SessionInfo
from softfront_signal.baseline import Baseline
from softfront_signal.moments import Wording
from softfront_signal.monitor import Event, Monitor, Offered

from .diary import Json, Reader
from .tact import Given, Later, TactState

# The longest memory of the monitor is ten minutes; twice that is heard again.
_HEAR_AGAIN_MS = 20 * 60_000
_TWO_WEEKS_MS = 14 * 24 * 3_600_000
_NAME = "tact"


def remember(tact: TactState) -> tuple[tuple[str, Json], ...]:
    """Write down what tact must know, as named state of the diary."""
    body: dict[str, Any] = {
        "given": [{**asdict(g), "wording": g.wording.value} for g in tact.given],
        "later": asdict(tact.later) if tact.later else None,
    }
    return ((_NAME, body),)


def recall(diary: Reader) -> TactState:
    """Read what `remember` wrote; nothing has been offered where there is nothing."""
    body = diary.state(_NAME)
    if body is None:
        return TactState()
    given = (Given(**{**g, "wording": Wording(g["wording"])}) for g in body["given"])
    return TactState(tuple(given), Later(**body["later"]) if body["later"] else None)


def monitor_of(diary: Reader, info: SessionInfo, here_ms: int, tact: TactState) -> Monitor:
    """Make the monitor that would stand at `here_ms` had there been no restart.

    What is usual comes from earlier still minutes; the last 20 minutes of readings and offers are
    heard again. Their decisions are stored already.
    """
    from_ms = here_ms - _HEAR_AGAIN_MS
    earlier = (m for m in diary.still_minutes(here_ms - _TWO_WEEKS_MS) if m.t_ms < from_ms)
    monitor = Monitor(Baseline(earlier))
    session = None
    for of, event in _again(diary, tact, from_ms, here_ms):
        if of != session:
            monitor.cut()
        session = of
        monitor.hear(event)
    if session != info.id:
        monitor.cut()
    return monitor


def _again(diary: Reader, tact: TactState, from_ms: int, to_ms: int) -> Iterator[tuple[str, Event]]:
    heard: list[tuple[str, Event]] = [
        (s.session, s.reading) for s in diary.readings(from_ms, to_ms + 1)
    ]
    said = ((g.session, Offered(g.t_ms)) for g in tact.given if from_ms <= g.t_ms <= to_ms)
    yield from sorted([*heard, *said], key=lambda pair: pair[1].t_ms)
