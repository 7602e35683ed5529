"""When a practice may be offered: once a day in its hours, and never into what was asked for."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from .moment import Rules

APART_MS = 10 * 60_000
"""After any other offer it waits so long: two in a row are one too many."""
STANDS_MS = 15 * 60_000
"""Long enough to be met on the way back from a room; then it leaves by itself."""
# As long as that after it was last worn, a strap's shift is over.
_SHIFT_GAP_MS = 2 * 3_600_000
_EVERY_DAY = frozenset(range(7))
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of some days by the wearer's clock; one that ends before it begins is overnight."""

    begin: time
    end: time
    days: frozenset[int] = field(default=_EVERY_DAY)
    """On which it begins; Monday is 0."""

    def around(self, now: datetime) -> "Opening | None":
        """Return the opening that a moment lies in; one of yesterday may reach into today."""
        for began in (now.date(), now.date() - _A_DAY):
            ends = began if self.end > self.begin else began + _A_DAY
            begin, end = (
                datetime.combine(day, at, now.tzinfo)
                for day, at in ((began, self.begin), (ends, self.end))
            )
            if began.weekday() in self.days and begin <= now < end:
                return Opening(began, _ms(end))
        return None


@dataclass(frozen=True, slots=True)
class Opening:
    """The hours of one day, while they last."""

    date: date
    """The day they began on: one invitation belongs to it."""
    until_ms: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand where an invitation might come."""

    now_ms: int
    busy: bool = False
    """A pause or a practice goes on."""
    offered_ms: int | None = None
    """When an offer was last made, or an earlier invitation left."""
    worn_ms: int | None = None
    shift_start_ms: int | None = None


def in_the_way(rules: Rules, at: Standing) -> str | None:
    """Name the first thing that keeps an invitation away, or makes one leave that stands."""
    gates = (
        ("paused", not rules.offers),
        ("snoozed", _ahead(rules.snoozed_until_ms, at) or _snoozed_shift(rules, at)),
        ("with_patient", _ahead(rules.with_until_ms, at)),
        ("calendar", _ahead(rules.calendar_until_ms, at)),
        ("quiet", rules.quiet_until_ms is not None),
        ("in_pause", at.busy),
    )
    return next((name for name, closed in gates if closed), None)


def may_invite(rules: Rules, at: Standing) -> bool:
    """Say whether an invitation may come now; whether today had one already, the diary knows."""
    near = at.offered_ms is not None and at.now_ms - at.offered_ms < APART_MS
    return in_the_way(rules, at) is None and not near


def _ahead(until_ms: int | None, at: Standing) -> bool:
    return until_ms is not None and at.now_ms < until_ms


def _snoozed_shift(rules: Rules, at: Standing) -> bool:
    """Say whether the shift goes on for which silence was asked."""
    asked_ms = rules.snoozed_shift_ms
    if asked_ms is None or (at.shift_start_ms or 0) > asked_ms:
        return False
    return at.now_ms - max(asked_ms, at.worn_ms or 0) <= _SHIFT_GAP_MS


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
