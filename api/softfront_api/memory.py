"""What is taken up again after a restart: offers made, and this shift, heard once more."""

import logging
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from softfront_sensors.packet import Packet
from softfront_sensors.source import SessionInfo
from softfront_signal.baseline import Baseline
from softfront_signal.moments import MARK_MS, Answer, Decision, Route, Wording
from softfront_signal.monitor import Answered, Chosen, Event, Monitor, Offered, Tick
from softfront_signal.threshold import Threshold
from softfront_signal.unit import Unit

from .diary import Json, Place, Reader, StoredPrompt, StoredReading, eligible, practices
from .doing import of_practice
from .errors import DamagedChunk
from .settings import Settings
from .straps import known_unit, unit_of
from .tact import LIFETIME_MS, Deferred, Given, Later, Stamp, Stood, TactState, WornShift

_log = logging.getLogger(__name__)

# How long one has sat still and which minutes were learnt reach back to the start of a shift;
# twelve hours of it are heard in about a second. Ten minutes is the longest that reaches over it.
BEFORE_SHIFT_MS = 20 * 60_000
# An offer that was put off comes back within fifteen minutes.
_OFFER_MOST_MS = 3_600_000
_PAGE = 50
TWO_WEEKS_MS = 14 * 24 * 3_600_000
_NAME, _CHANCE = "tact", "chance"
# The answers that bear on what is decided afterwards.
_EFFORT = (Answer.OTHER_CAUSE.value, Answer.WAS_MOVING.value)


def remember(tact: TactState) -> tuple[tuple[str, Json], ...]:
    """Write down what tact must know, as named state of the diary."""
    item = tact.deferred
    body: dict[str, Any] = {
        "given": [{**asdict(g), "wording": g.wording.value} for g in tact.given],
        "later": asdict(tact.later) if tact.later else None,
        "controls": [asdict(it) for it in tact.controls],
        "dismissals": [asdict(it) for it in tact.dismissals],
        "deferred": {**asdict(item), "route": item.route.value} if item else None,
        "stood": asdict(tact.stood) if tact.stood else None,
        "lived_ms": tact.lived_ms,
    }
    return ((_NAME, body),)


def recall(diary: Reader) -> TactState:
    """Read what tact must know; nothing has been offered where there is nothing."""
    return recalled(diary.state(_NAME) or {})


def recalled(body: Json) -> TactState:
    """Read what `remember`, of this version or an earlier one, wrote."""
    item = body.get("deferred")
    return TactState(
        tuple(Given(**{**g, "wording": Wording(g["wording"])}) for g in body.get("given", ())),
        Later(**body["later"]) if body.get("later") else None,
        tuple(Stamp(**it) for it in body.get("controls", ())),
        tuple(Stamp(**it) for it in body.get("dismissals", ())),
        Deferred(**{**item, "route": Route(item["route"])}) if item else None,
        Stood(**body["stood"]) if body.get("stood") else None,
        body.get("lived_ms", 0),
    )


def chance_of(diary: Reader) -> bytes | None:
    """Read what chance draws from; `None` where nobody ever asked to compare."""
    body = diary.state(_CHANCE)
    return bytes.fromhex(body["seed"]) if body else None


def remember_chance(seed: bytes) -> tuple[tuple[str, Json], ...]:
    """Write down what chance draws from, for ever."""
    return ((_CHANCE, {"seed": seed.hex()}),)


def shifts_of(diary: Reader, from_ms: int, before_ms: int) -> tuple[WornShift, ...]:
    """Give the shifts that began in a stretch of time, with the room each left for an offer."""
    began = [shift for shift in diary.shifts(from_ms) if shift[0] < before_ms]
    return tuple(WornShift(at, MARK_MS * eligible(diary, at, end + 1)) for at, end in began)


def monitor_of(diary: Reader, info: SessionInfo, here_ms: int) -> Monitor:
    """Make the monitor that would stand at `here_ms` had there been no restart.

    What is usual comes from earlier still minutes; the readings of this shift, and what was said
    meanwhile, are heard again. Their decisions are stored already; of the time in which nothing
    listened there are none.
    """
    from_ms = (diary.shift_start(here_ms) or here_ms) - BEFORE_SHIFT_MS
    ear = Ear(diary, from_ms)
    for of, event in heard_again(diary, from_ms, here_ms):
        ear.hear(of, event, again=True)
    if not info.remote:  # of what is read elsewhere more may come, from before now
        ear.hear(None, Tick(here_ms), again=True)
    ear.listen_to(info.id)
    choice = Settings.read(dict(diary.settings().body)).choice
    ear.hear(None, Chosen(here_ms, choice))
    return ear.monitor


class Ear:
    """A monitor that hears stored readings again, and knows of which session they are."""

    def __init__(self, diary: Reader, from_ms: int) -> None:
        """Begin with what was usual at a moment, and nothing heard."""
        earlier = (m for m in diary.still_minutes(from_ms - TWO_WEEKS_MS) if m.t_ms < from_ms)
        gone = diary.gone(from_ms - TWO_WEEKS_MS, from_ms)
        self.monitor = Monitor(Baseline(earlier), Threshold(gone))
        self.session: str | None = None
        """The session that speaks."""
        self._diary, self._from_ms = diary, from_ms
        self._spoke: set[str] = set()

    def hear(self, of: str | None, event: Event, *, again: bool = False) -> tuple[Decision, ...]:
        """Hear a reading of a session, or what is of none; `again` as in `Monitor.hear`."""
        if isinstance(event, Packet) and of is not None:
            self.listen_to(of)
        return self.monitor.hear(event, again=again)

    def listen_to(self, session: str) -> None:
        """Let a session speak from here on, where another has."""
        if session == self.session:
            return
        stored = self._diary.session(session)
        if stored is not None and not stored.info.remote:
            # As it was taken up: of the silence before it the session before was asked.
            self.monitor.hear(Tick(stored.started_ms), again=True)
        self.monitor.begin(self._unit(session))
        self.session = session
        self._spoke.add(session)

    def _unit(self, session: str) -> Unit | None:
        """Return the unit a session begins with.

        What it found out itself it finds out again, unless that was before.
        """
        stored = self._diary.session(session)
        if stored is None:
            return None
        before = session in self._spoke or stored.started_ms < self._from_ms
        return unit_of(self._diary, session) if before else known_unit(self._diary, stored.info)


def heard_again(
    diary: Reader, from_ms: int, to_ms: int, readings: Iterable[StoredReading] | None = None
) -> Iterator[tuple[str | None, Event]]:
    """Yield each reading with its session, and between them what was said, in its place.

    Without `readings`, those that can still be read.
    """
    if readings is None:
        readings = _readings(diary, from_ms, to_ms)
    heard = sorted(readings, key=lambda stored: stored.reading.t_ms)
    times = [stored.reading.t_ms for stored in heard]
    said = deque(sorted(_said(diary, times, from_ms, to_ms), key=lambda pair: pair[0]))
    for at, stored in enumerate(heard):
        while said and said[0][0] <= at:
            yield None, said.popleft()[1]
        yield stored.session, stored.reading
    for _, event in said:
        yield None, event


def _readings(diary: Reader, from_ms: int, to_ms: int) -> Iterator[StoredReading]:
    """Yield what can still be read; where that breaks off, the house goes on without the rest."""
    try:
        yield from diary.readings(from_ms, to_ms + 1)
    except DamagedChunk as damaged:
        _log.error("heard again in part: %s", damaged)


def _said(diary: Reader, times: list[int], from_ms: int, to_ms: int) -> Iterator[tuple[int, Event]]:
    """Yield what was offered, said and done, each with the place of the reading it came before.

    A mark is decided by the first reading behind it, and an offer follows upon that.
    """
    for prompt in _prompts(diary, from_ms, to_ms):
        for t_ms in {prompt.t_ms, prompt.expires_ms - LIFETIME_MS}:  # again, where it came back
            if from_ms <= t_ms <= to_ms:
                yield bisect_right(times, t_ms) + 1, Offered(t_ms)
        said_ms = prompt.answered_ms
        if prompt.status in _EFFORT and said_ms is not None and from_ms <= said_ms <= to_ms:
            yield bisect_right(times, said_ms), Answered(said_ms, Answer(prompt.status))
    for t_ms, choice in diary.choices(from_ms, to_ms + 1):
        yield bisect_right(times, t_ms), Chosen(t_ms, choice)
    for pause in diary.pauses(from_ms, to_ms + 1):
        yield bisect_right(times, pause.started_ms), Offered(pause.started_ms)
    for practice in practices(diary, from_ms, to_ms + 1):
        yield bisect_right(times, practice.started_ms), of_practice(practice).begun


def _prompts(diary: Reader, from_ms: int, to_ms: int) -> Iterator[StoredPrompt]:
    """Yield the offers that may bear on a stretch: one that was put off bears on it later."""
    place: Place | None = (to_ms + 1, "")
    while place is not None:
        page = diary.prompts(limit=_PAGE, before=place)
        yield from page
        more = len(page) == _PAGE and page[-1].t_ms >= from_ms - _OFFER_MOST_MS
        place = (page[-1].t_ms, page[-1].id) if more else None
