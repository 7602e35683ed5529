"""A person's own moments without an offer: what became of them by themselves."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from softfront_signal.occasions import spans

from .diary import Diary, HeldBack, Json, held_back, offers, practices
from .doing import of_practice
from .errors import DiaryError
from .outcomes import Outcome, outcome, ready_ms
from .pause import LENGTH_S
from .tact import LIFETIME_MS

_log = logging.getLogger(__name__)

WITHIN_MS = 90 * 24 * 3_600_000
"""What is usual changes with the seasons."""
# A moment is measured in some milliseconds; so many tell as much as more would.
_MOST = 200
_NAME = "untreated"
# Besides those of now, some that an earlier pause is compared with.
_KEPT = 400


@dataclass(frozen=True, slots=True)
class Moment:
    """A rise at which nothing was offered, and what was measured around it."""

    t_ms: int
    outcome: Outcome


def _any(t_ms: int) -> bool:
    return True


def untreated(
    diary: Diary, until_ms: int, alike: Callable[[int], bool] = _any
) -> tuple[Moment, ...]:
    """Give the latest of them that were over by `until_ms`, oldest first; chance chose none.

    Around each nothing was offered and no pause was taken, and no two share a minute. What is
    measured is remembered.
    """
    # What a sender has not brought yet is not missing.
    reach_ms = min(until_ms, diary.counted_ms())
    from_ms = until_ms - WITHIN_MS
    rises = [it for it in held_back(diary, from_ms, reach_ms) if ready_ms(it.t_ms) <= reach_ms]
    alone = [it for it in _alone(diary, rises, from_ms, until_ms) if alike(it.t_ms)]
    return _measured(diary, alone[-_MOST:])


def silent(diary: Diary, until_ms: int, alike: Callable[[int], bool] = _any) -> tuple[Moment, ...]:
    """Give the moments at which chance kept silent, where no pause was taken, oldest first."""
    from_ms = until_ms - WITHIN_MS
    pauses = tuple(_pauses(diary, from_ms, until_ms))
    return tuple(
        Moment(it.t_ms, Outcome.of_plain(it.outcome))
        for it in diary.occasions(from_ms, until_ms)
        if not it.offered and it.outcome is not None and ready_ms(it.t_ms) <= until_ms
        if alike(it.t_ms) and not _meet(_reach(it.t_ms, it.rise_ms), pauses)
    )


def _alone(
    diary: Diary, rises: Iterable[HeldBack], from_ms: int, until_ms: int
) -> Iterator[HeldBack]:
    """Leave out what lies beside an offer, a pause, a moment of chance or one told already."""
    occasions = diary.occasions(from_ms, until_ms)
    chosen = {it.rise_ms for it in occasions}
    busy = [_reach(it.t_ms, it.rise_ms) for it in occasions]
    busy += _pauses(diary, from_ms, until_ms)
    for prompt in offers(diary, from_ms, until_ms):
        # An offer that was put off came back.
        busy += [(t_ms, t_ms) for t_ms in (prompt.t_ms, prompt.expires_ms - LIFETIME_MS)]
    told_ms = 0
    for it in rises:
        begin_ms, end_ms = _reach(it.t_ms, it.rise_ms)
        free = begin_ms >= told_ms and not _meet((begin_ms, end_ms), busy)
        if free and it.rise_ms not in chosen:
            told_ms = end_ms
            yield it


def _pauses(diary: Diary, from_ms: int, until_ms: int) -> Iterator[tuple[int, int]]:
    """Give the stretches of pauses and of practices: neither is a moment left to itself."""
    for it in diary.pauses(from_ms, until_ms):
        yield it.started_ms, it.ended_ms or it.started_ms + 1000 * LENGTH_S
    for practice in practices(diary, from_ms, until_ms):
        yield practice.started_ms, practice.ended_ms or of_practice(practice).until_ms


def _reach(t_ms: int, rise_ms: int) -> tuple[int, int]:
    laid = spans(t_ms, rise_ms)
    return laid.before[0], laid.after[1]


def _meet(stretch: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    return any(stretch[0] <= end and begin <= stretch[1] for begin, end in others)


def _measured(diary: Diary, moments: Iterable[HeldBack]) -> tuple[Moment, ...]:
    """Measure what is not known yet, and remember it."""
    known: dict[str, Json] = diary.state(_NAME) or {}
    new = {
        it.id: outcome(diary, it.t_ms, it.rise_ms).to_plain()
        for it in moments
        if it.id not in known
    }
    known |= new
    if new:
        _remember(diary, known)
    return tuple(Moment(it.t_ms, Outcome.of_plain(known[it.id])) for it in moments)


def _remember(diary: Diary, known: dict[str, Json]) -> None:
    latest = sorted(known, key=lambda name: int(name.rpartition(".")[2]))[-_KEPT:]
    try:
        diary.put_state(((_NAME, {name: known[name] for name in latest}),))
    except DiaryError as unstored:  # it is measured again the next time
        _log.warning("not remembered: %s", unstored)
