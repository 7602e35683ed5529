"""What the person has set, and what it means at a given moment."""

import logging
from datetime import UTC, datetime, time, timedelta, tzinfo
from pathlib import PurePosixPath, PureWindowsPath
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    ValidationError,
    model_validator,
)

from softfront_sensors.errors import UnusableAddress
from softfront_signal.moments import Choice, Rule

from . import addresses
from .tact import Hours, Rules
from .words import Language

_log = logging.getLogger(__name__)


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as unknown:
        raise ValueError("no such time zone") from unknown
    return name


def _writable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair: nothing could write it down again
        raise ValueError("not a text") from None
    return text


def _a_calendar(path: str) -> str:
    # By either system's rules: a diary that has moved to another machine must still open.
    whole = PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute()
    if not whole or not _writable(path).lower().endswith(".ics") or "\0" in path:
        raise ValueError("not the whole path of an .ics file")
    return path


def _a_phone(url: str) -> str:
    try:
        addresses.topic(url)
    except (UnusableAddress, ValueError):  # without its own words, which may quote a password
        raise ValueError("no address that a message can go to") from None
    return url


def _a_home(url: str) -> str:
    try:
        addresses.broker(url)
    except UnusableAddress:
        raise ValueError("no address of a broker") from None
    return url


def in_reach(moment: datetime) -> datetime:
    """Take a moment that every clock and calendar can write, as UTC."""
    if not 1970 < moment.year < 2200:
        raise ValueError("out of reach")
    return moment.astimezone(UTC)


_Moment = Annotated[AwareDatetime, AfterValidator(in_reach)]
WITH_MOST = timedelta(hours=12)
"""Nobody is with someone for longer than the longest shift."""
_HHMM = r"^([01]\d|2[0-3]):[0-5]\d$"


class QuietHours(BaseModel):
    """A stretch of each day, by the wearer's clock, in which nothing is offered."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    begin: Annotated[str, Field(pattern=_HHMM, alias="from")]
    end: Annotated[str, Field(pattern=_HHMM, alias="to")]


class WeeklyHours(QuietHours):
    """A stretch of one day of the week; Monday is 0."""

    day: Annotated[int, Field(strict=True, ge=0, le=6)]


class PracticeTimes(BaseModel):
    """When each practice may be offered, once; one without a time is never offered."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    morning: QuietHours | None = None
    midday: QuietHours | None = None
    evening: QuietHours | None = None
    weekly: WeeklyHours | None = None

    @model_validator(mode="after")
    def _each_ends(self) -> Self:
        """Refuse a time that ends as it begins: of quiet hours that is a day, here a slip."""
        for name in type(self).model_fields:
            hours = getattr(self, name)
            if hours is not None and hours.begin == hours.end:
                raise ValueError("no time between its beginning and its end")
        return self

    @property
    def hours(self) -> dict[str, Hours]:
        """The stretches by what is offered in them."""
        found = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: _hours(it) for name, it in found.items() if it is not None}


class Settings(BaseModel):
    """All that can be set. Whole on the way in and out; unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    offers: StrictBool = True
    max_per_shift: Annotated[int, Field(strict=True, ge=0, le=12)] = 4
    max_per_week: Annotated[int, Field(strict=True, ge=0, le=60)] = 16
    quiet_hours: Annotated[tuple[QuietHours, ...], Field(max_length=8)] = ()
    snoozed_until: _Moment | None = None
    snoozed_shift: _Moment | None = None
    """Silence for as long as the shift goes on that holds this moment."""
    with_someone_until: _Moment | None = None
    """With someone until then, or until it is taken back; the door admits `WITH_MOST` ahead."""
    with_someone_min: Annotated[int, Field(strict=True, ge=10, le=720)] = 60
    """How long one tap on the switch is good for."""
    time_zone: Annotated[str, AfterValidator(_known_zone), Field(max_length=64)] | None = None
    """An IANA name; without one, the machine's own."""
    language: Language | None = None
    """What is spoken to the wearer; without one, as the browser or the terminal asks."""
    desktop: StrictBool = True
    phone_url: Annotated[str, AfterValidator(_a_phone), Field(max_length=1024)] | None = None
    """An ntfy topic, or whatever else apprise can reach. It may hold a password."""
    phone_steps: StrictBool = False
    """The message carries the three steps of the pause."""
    home_url: Annotated[str, AfterValidator(_a_home), Field(max_length=1024)] | None = None
    """The MQTT broker of Home Assistant. It may hold a password."""
    home_heart_rate: StrictBool = False
    home_rmssd: StrictBool = False
    """Everyone at home can read these two there."""
    rule: Rule = Rule.COMBINED
    """By what an offer may open."""
    percentile: Literal[90, 95, 98] = 95
    """How far out it must be among the wearer's own departures."""
    calendar_file: Annotated[str, AfterValidator(_a_calendar), Field(max_length=1024)] | None = None
    """Only its form is looked at; whether it can be read, `Calendar.problem` tells."""
    compare: StrictBool = False
    """Let chance choose silence now and then, to see whether an offer helps."""
    help_list: Annotated[str, AfterValidator(_writable), Field(max_length=4000)] = ""
    """Names and numbers the wearer wants at hand; never looked into."""
    practices: PracticeTimes = PracticeTimes()
    signs: StrictBool = False
    """Ask for early signs after the midday check-in."""

    @classmethod
    def read(cls, body: dict[str, object]) -> Self:
        """Read stored settings; what cannot be used any more is as if it had not been set.

        Another version, or another machine's time zones, may have written them.
        """
        known = {k: v for k, v in body.items() if k in cls.model_fields}
        try:
            return cls.model_validate(known)
        except ValidationError as refused:
            bad = {error["loc"][0] for error in refused.errors()}
            _log.error("settings that cannot be used: %s", ", ".join(sorted(map(str, bad))))
            return cls.model_validate({k: v for k, v in known.items() if k not in bad})

    @property
    def choice(self) -> Choice:
        """What is chosen of the rule."""
        return Choice(self.rule, self.percentile)

    @property
    def zone(self) -> tzinfo | None:
        """The wearer's zone; `None` is the machine's."""
        return ZoneInfo(self.time_zone) if self.time_zone else None

    def rules(self, t_ms: int, calendar_until_ms: int | None = None) -> Rules:
        """Say what holds at a moment, at which the calendar may be taken until another."""
        # Without a zone this is the machine's own clock, whose rules it goes by when read back.
        now = datetime.fromtimestamp(t_ms / 1000, self.zone)
        ends = [end for hours in self.quiet_hours if (end := _quiet_until(hours, now))]
        return Rules(
            offers=self.offers,
            max_per_shift=self.max_per_shift,
            quiet_until_ms=_ms(max(ends)) if ends else None,
            snoozed_until_ms=_ms(self.snoozed_until),
            max_per_week=self.max_per_week,
            snoozed_shift_ms=_ms(self.snoozed_shift),
            with_until_ms=_ms(self.with_someone_until),
            calendar_until_ms=calendar_until_ms,
        )


def _hours(it: QuietHours) -> Hours:
    begin, end = time.fromisoformat(it.begin), time.fromisoformat(it.end)
    return (
        Hours(begin, end, frozenset({it.day})) if isinstance(it, WeeklyHours) else Hours(begin, end)
    )


def _ms(moment: datetime | None) -> int | None:
    return round(moment.timestamp() * 1000) if moment else None


def _quiet_until(hours: QuietHours, now: datetime) -> datetime | None:
    """Return the end of the quiet stretch `now` lies in, by the clock on the wall."""
    begin, end = time.fromisoformat(hours.begin), time.fromisoformat(hours.end)
    clock = now.time()
    over_night = end <= begin
    inside = (clock >= begin or clock < end) if over_night else begin <= clock < end
    if not inside:
        return None
    until = now.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return until + timedelta(days=1) if over_night and clock >= begin else until
