"""The wearer's calendar beside a day that runs: looked at now and then, never waited for."""

import asyncio
from collections.abc import Callable
from datetime import tzinfo
from pathlib import Path

from .calendar_file import Calendar
from .day import Day

# A change of settings is followed within seconds; the file itself is looked at less often.
_EVERY_S = 5.0


class Agenda:
    """Keeps the calendar a day asks; another file or zone is another calendar."""

    def __init__(self, make: Callable[[Path, tzinfo | None], Calendar] = Calendar) -> None:
        self._make = make
        self._of: tuple[str, str | None] | None = None
        self._calendar: Calendar | None = None

    async def run(self, day: Callable[[], Day | None], now_ms: Callable[[], int]) -> None:
        """Follow the settings of a day until the task is cancelled."""
        while True:
            current = day()
            if current is not None:
                await self.follow(current, now_ms())
            await asyncio.sleep(_EVERY_S)

    async def follow(self, day: Day, now_ms: int) -> None:
        """Read the calendar that is set now, where it has changed; in a thread."""
        settings = day.settings
        of = (settings.calendar_file, settings.time_zone) if settings.calendar_file else None
        calendar = self._calendar
        if of != self._of:
            calendar = self._make(Path(of[0]), settings.zone) if of else None
        if calendar is not None:
            await asyncio.to_thread(calendar.refresh, now_ms)
        # Until another is read, the one before holds.
        self._of, self._calendar = of, calendar
        day.busy_until_ms = self.busy_until_ms
        day.calendar = self._calendar.problem if self._calendar else None

    def busy_until_ms(self, t_ms: int) -> int | None:
        """Return when the appointment ends that a moment lies in."""
        return self._calendar.busy_until_ms(t_ms) if self._calendar else None
