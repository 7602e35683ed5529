"""The practices beside a day that runs: each offered once in its hours, and then left alone."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, time, tzinfo
from typing import Literal, TypeAlias
from uuid import uuid4

from .day import Day
from .diary import (
    Diary,
    Invitation,
    answer_invitation,
    invitations,
    invite,
    known_invitation,
    practices,
)
from .errors import AnsweredAlready, DiaryError
from .practice import PRACTICES
from .tact import (
    LATER_MS,
    LATER_WITHIN_MS,
    LIFETIME_MS,
    STANDS_MS,
    Opening,
    Rules,
    Standing,
    may_invite,
)

_log = logging.getLogger(__name__)

Said: TypeAlias = Literal["start", "later", "not_now"]

_STATUS: dict[Said, str] = {"start": "started", "later": "later", "not_now": "not_now"}
_OPEN = ("offered", "later")
# An overnight stretch began yesterday; a day more for a clock that was set.
_LOOK_BACK_MS = 3 * 86_400_000


class Inviting:
    """Knows which invitation is open, and when the next may come. Held by the session's turn."""

    def __init__(self, diary: Diary, tell: Callable[[Invitation], None]) -> None:
        """Let `tell` know of each invitation that comes, changes or leaves, once it is stored."""
        self._diary, self._tell = diary, tell
        self.open: Invitation | None = None
        """The one that stands, or that was asked to come back."""
        self._had: set[tuple[str, str]] = set()
        """Which kind needs no invitation any more on which day."""
        self._left_ms: int | None = None
        """When the latest one left."""

    def take_up(self, now_ms: int) -> None:
        """Go on where an earlier run left off."""
        for it in invitations(self._diary, now_ms - _LOOK_BACK_MS):
            self._had.add((it.kind, it.date))
            self._keep(it)

    async def look(self, day: Day, now_ms: int) -> None:
        """Let an invitation come, come back or leave, as a moment has it; only in a live day.

        One that cannot be stored is let go: it is not worth a turn of the day.
        """
        if not day.info.live:
            return
        try:
            await self._look(day, now_ms)
        except DiaryError as unstored:
            self.open = None
            _log.error("an invitation is not kept: %s", unstored)

    async def answer(self, name: str, said: Said, now_ms: int) -> Invitation:
        """Keep what was said to an invitation; said twice, it stands once.

        Raises `NotInDiary` or, where something else was answered before, `AnsweredAlready`.
        """
        it = await asyncio.to_thread(known_invitation, self._diary, name)
        status = _STATUS[said]
        if status == "later" and it.expires_ms - it.t_ms > STANDS_MS:
            status = "not_now"  # it came back once, and that was its once
        if it.status == status or (it.status == "expired" and status != "started"):
            return it
        if it.status not in (*_OPEN, "expired"):
            raise AnsweredAlready(it.status)
        return await self._change(it, status, now_ms)

    async def _look(self, day: Day, now_ms: int) -> None:
        rules = day.settings.rules(now_ms, day.busy_until_ms(now_ms))
        if self.open is not None:
            await self._follow(self.open, rules, day, now_ms)
            return
        at = _standing(day, now_ms, self._left_ms)
        for kind, opening in _openings(day, now_ms).items():
            date = opening.date.isoformat()
            if (kind, date) not in self._had and may_invite(rules, at):
                self._had.add((kind, date))
                if not await asyncio.to_thread(self._done, kind, opening, day.settings.zone):
                    await self._come(kind, date, opening, now_ms)
                    return

    async def _come(self, kind: str, date: str, opening: Opening, now_ms: int) -> None:
        expires_ms = min(now_ms + STANDS_MS, opening.until_ms)
        it = Invitation(uuid4().hex, kind, date, now_ms, expires_ms)
        if await asyncio.to_thread(invite, self._diary, it):
            self._keep(it)
            self._tell(it)

    async def _follow(self, it: Invitation, rules: Rules, day: Day, now_ms: int) -> None:
        """Withdraw what has stood its time or has come into something; bring back what waits."""
        opening = _openings(day, now_ms).get(it.kind)
        free = opening is not None and may_invite(rules, _standing(day, now_ms))
        if it.status == "offered":
            if not free or now_ms >= it.expires_ms:
                await self._change(it, "expired", None)
            return
        due_ms = (it.answered_ms or it.t_ms) + LATER_MS
        if now_ms < due_ms:
            return
        if opening is not None and free:
            until_ms = min(now_ms + STANDS_MS, opening.until_ms)
            await self._change(it, "offered", None, until_ms)
        elif now_ms >= due_ms + LATER_WITHIN_MS:
            await self._change(it, "expired", None)

    async def _change(
        self, it: Invitation, status: str, answered_ms: int | None, expires_ms: int | None = None
    ) -> Invitation:
        changed = await asyncio.to_thread(
            answer_invitation,
            self._diary,
            it,
            status=status,
            answered_ms=answered_ms,
            expires_ms=expires_ms or it.expires_ms,
        )
        self._keep(changed)
        self._tell(changed)
        return changed

    def _keep(self, it: Invitation) -> None:
        if it.status in _OPEN:
            self.open = it
        elif self.open is None or self.open.id == it.id:
            self.open = None
            self._left_ms = max(self._left_ms or 0, it.answered_ms or it.expires_ms)

    def _done(self, kind: str, opening: Opening, zone: tzinfo | None) -> bool:
        """Say whether it was done already on that day: then there is nothing to offer."""
        midnight = datetime.combine(opening.date, time.min, zone)
        began_ms = round(midnight.timestamp() * 1000)
        kinds = {name for name, it in PRACTICES.items() if it.invited == kind}
        return any(it.kind in kinds for it in practices(self._diary, began_ms, opening.until_ms))


def _openings(day: Day, now_ms: int) -> dict[str, Opening]:
    """Give the hours that are open now, by what is offered in them."""
    now = datetime.fromtimestamp(now_ms / 1000, day.settings.zone)
    around = {kind: hours.around(now) for kind, hours in day.settings.practices.hours.items()}
    return {kind: opening for kind, opening in around.items() if opening is not None}


def _standing(day: Day, now_ms: int, left_ms: int | None = None) -> Standing:
    made_ms = day.offer.expires_ms - LIFETIME_MS if day.offer else None
    return Standing(
        now_ms=now_ms,
        busy=day.busy(now_ms),
        offered_ms=max((t for t in (made_ms, left_ms) if t is not None), default=None),
        worn_ms=day.worn_ms,
        shift_start_ms=day.shift_start_ms,
    )
