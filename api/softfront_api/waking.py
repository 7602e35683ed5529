"""A day taken up where it was left: after a restart, or for the first time."""

from softfront_sensors.source import SessionInfo, Source
from softfront_signal.moments import MARK_MS

from .clock import Clock
from .day import SHIFT_GAP_MS, Day
from .diary import Diary, Json, StoredPause, StoredPractice, eligible, practices
from .doing import of_pause, of_practice
from .memory import chance_of, monitor_of, recall, recalled, shifts_of
from .settings import Settings
from .tact import LOOK_BACK_MS

_HOUR_MS = 3_600_000
# A shift that began before the four weeks is not cut in two by their beginning.
_SHIFT_MOST_MS = 48 * _HOUR_MS


def take_up(diary: Diary, source: Source, clock: Clock) -> tuple[Day, int]:
    """Return the day as it would stand had nothing stopped, and its last reading stored."""
    info = _goes_on(diary, source) or source.session
    seq = diary.begin_session(info)
    here_ms = diary.reach(info.id) or info.started_ms
    offer = next(iter(diary.prompts(limit=1)), None)
    settings = Settings.read(dict(diary.settings().body))
    day = Day(info, clock, monitor_of(diary, info, here_ms), recall(diary), settings, offer)
    day.seed = chance_of(diary)
    _take_up_shift(day, diary, here_ms)
    running = [of_pause(it) for it in pauses_around(diary, day) if it.ended_ms is None]
    running += [of_practice(it) for it in practices_around(diary, day) if it.ended_ms is None]
    day.doing = max(running, key=lambda it: it.until_ms, default=None)
    return day, seq


def take_back(day: Day, diary: Diary, tact: Json | None, now_ms: int) -> None:
    """Let a day that goes on know what a backup has brought back: settings, chance, offers."""
    day.seed = chance_of(diary) or day.seed
    day.change_settings(Settings.read(dict(diary.settings().body)), now_ms)
    if tact is not None and not day.tact.given:
        day.tact = recalled(tact)


def pauses_around(diary: Diary, day: Day) -> tuple[StoredPause, ...]:
    """Give the pauses of which something may still be waited for."""
    here_ms = diary.reach(day.info.id) or day.info.started_ms
    return diary.pauses(here_ms - _HOUR_MS, here_ms + _HOUR_MS)


def practices_around(diary: Diary, day: Day) -> tuple[StoredPractice, ...]:
    """Give the practices of which something may still be waited for."""
    here_ms = diary.reach(day.info.id) or day.info.started_ms
    return practices(diary, here_ms - _HOUR_MS, here_ms + _HOUR_MS)


def _take_up_shift(day: Day, diary: Diary, here_ms: int) -> None:
    """Let a day know since when its shift goes on, and what those before it were like."""
    start_ms = diary.shift_start(here_ms)
    if start_ms is not None:
        day.shift_start_ms, day.worn_ms = start_ms, here_ms
        day.eligible_ms = MARK_MS * eligible(diary, start_ms, here_ms + 1)
    before_ms = here_ms if start_ms is None else start_ms
    from_ms = before_ms - LOOK_BACK_MS
    shifts = shifts_of(diary, from_ms - _SHIFT_MOST_MS, before_ms - SHIFT_GAP_MS)
    day.shifts = tuple(shift for shift in shifts if shift.start_ms >= from_ms)


def _goes_on(diary: Diary, source: Source) -> SessionInfo | None:
    """Find the session read elsewhere that spoke when this server stopped: it may go on."""
    if not source.session.live or source.session.demo:
        return None
    last = diary.last_heard()
    if last is None or not last.remote:
        return None
    reach_ms = diary.reach(last.id) or 0
    return last if 0 <= source.now_ms() - reach_ms < SHIFT_GAP_MS else None
