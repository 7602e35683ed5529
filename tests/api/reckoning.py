"""A lived shift's diary, read back in true time for the audit."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate, pairwise

from softfront_api.diary import StoredDecision
from softfront_sensors.packet import Packet
from softfront_signal.moments import MARK_MS, Missing, State

from .auditing import Book, Told
from .beaten import HOUR_MS, Shift

# The audit looks back over a quarter of an hour.
_REMEMBERED = 200
_GAP_MS = 2 * HOUR_MS
_LINK_MS, _BEAT_MS = 15_000, 10_000


class Reckoning:
    """What was brought, decided and told, each with its true time."""

    def __init__(self, shift: Shift) -> None:
        self._shift, self._book = shift, shift.book
        self.decided = shift.diary.decisions(0, 2**53)
        self._times = self._true_times()
        self._starts = self._shift_starts()
        pairs = [(self.true_ms(it.session, it.decision.t_ms), it) for it in self.decided]
        self._in_order = sorted(pairs, key=lambda pair: pair[0])

    def book(self) -> Book:
        """Put down what was told; who asked for silence, and when, is in the book already."""
        book = self._book
        book.told = list(self._told())
        book.controls = [at for at, it in self._in_order if it.verdict == "silent_control"]
        # A snooze for a shift ends with it.
        for start_ms in self._starts[1:]:
            book.ends_at("snoozed for the shift", start_ms)
        return book

    def true_ms(self, session: str, t_ms: int) -> int:
        """Say when it was what a session's clock calls so: by the reading at or before it."""
        clock, true = self._times[session]
        at = max(0, bisect_right(clock, t_ms) - 1)
        return true[at] + t_ms - clock[at]

    def holes(self) -> Iterator[str]:
        """Name what has no mark though it was heard, and marks that say too little or too much."""
        marks = sorted({it.decision.t_ms for it in self.decided})
        for session, heard in self._packets.items():
            for t_ms, furthest_ms in zip(heard, accumulate(heard, max), strict=True):
                at = bisect_left(marks, t_ms)
                decided = at < len(marks) and marks[at] - t_ms < MARK_MS
                ends = (*self._shift.ended_ms, max(heard))
                ended = any(0 <= end - t_ms < MARK_MS for end in ends)
                # What a clock that was set back says again was decided, or lies too far behind.
                if not decided and not ended and t_ms == furthest_ms:
                    yield f"{session}: nothing is decided of {t_ms}"
        for it in self.decided:
            yield from _says_enough(it)
            yield from self._agrees_with_what_was_heard(it)

    def _agrees_with_what_was_heard(self, it: StoredDecision) -> Iterator[str]:
        mark, heard = it.decision, self._heard_ms(it.decision.t_ms)
        if mark.t_ms - heard > _LINK_MS and mark.missing is not Missing.NO_LINK:
            yield f"{it.session}: {mark.t_ms} does not say that nothing was heard"
        if mark.t_ms - heard > _BEAT_MS and mark.missing is None:
            yield f"{it.session}: {mark.t_ms} has a number of nothing"
        if mark.missing is Missing.NO_LINK and mark.state is not State.OFF:
            yield f"{it.session}: {mark.t_ms} is {mark.state.value} without a link"

    def _heard_ms(self, t_ms: int) -> int:
        """Say when the last packet before a mark came, by whichever session."""
        at = bisect_right(self._all_heard, t_ms)
        return self._all_heard[at - 1] if at else 0

    @cached_property
    def _packets(self) -> dict[str, list[int]]:
        heard: dict[str, list[int]] = {}
        for stored in self._shift.diary.readings(0, 2**53):
            if isinstance(stored.reading, Packet):
                heard.setdefault(stored.session, []).append(stored.reading.t_ms)
        return heard

    @cached_property
    def _all_heard(self) -> list[int]:
        return sorted(t_ms for heard in self._packets.values() for t_ms in heard)

    def _true_times(self) -> dict[str, tuple[list[int], list[int]]]:
        times: dict[str, list[tuple[int, int]]] = {}
        for session, begun in self._shift.begun.items():
            times[session] = [begun]
        for stored in self._shift.diary.readings(0, 2**53, spares=True):
            of, reading = self._shift.brought[stored.session], stored.reading
            times.setdefault(stored.session, []).append((reading.t_ms, of[reading.seq - 1][0]))
        return {name: _columns(sorted(pairs)) for name, pairs in times.items()}

    def _shift_starts(self) -> list[int]:
        """Say when wear began after two hours off, or what its clock may have taken for them."""
        worn = sorted(true for of in self._shift.brought.values() for true, _, beats in of if beats)
        starts = worn[:1]
        for before, after in pairwise(worn):
            ahead_ms = max(0, self._book.ahead_ms(before, after))
            if after - before + ahead_ms > _GAP_MS - MARK_MS:
                starts.append(after)
        return starts

    def _told(self) -> Iterator[Told]:
        settings, seen = self._shift.settings, Counter[str]()
        hours = [(it.begin, it.end) for it in settings.quiet_hours]
        spoken: dict[str, list[int]] = {}
        for at, (_, it) in enumerate(self._in_order):
            if it.verdict == "prompted" and it.prompt_id is not None:
                spoken.setdefault(it.prompt_id, []).append(at)
        for name, told_ms in self._shift.told:
            at = spoken[name][seen[name]]
            seen[name] += 1
            mark_ms = self._in_order[at][0]
            marks = [it.decision for _, it in self._in_order[max(0, at - _REMEMBERED) : at + 1]]
            shift = bisect_right(self._starts, mark_ms)
            per = settings.max_per_shift, settings.max_per_week
            yield Told(name, told_ms, mark_ms, marks, shift, *per, hours)


def _says_enough(it: StoredDecision) -> Iterator[str]:
    if not it.decision.reason or it.stance is None:
        yield f"{it.session}: {it.decision.t_ms} says too little"
    elif not (it.stance.since_ms <= it.decision.t_ms >= it.decision.since_ms):
        yield f"{it.session}: {it.decision.t_ms} has been so since a moment to come"


def _columns(pairs: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return [clock for clock, _ in pairs], [true for _, true in pairs]
