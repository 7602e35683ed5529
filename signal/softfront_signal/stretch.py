"""What a stretch of minutes held: beats measured over it, with what was left out."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from softfront_sensors.heart_rate import decode
from softfront_sensors.packet import Packet

from .artefacts import JudgedBeat, settled
from .baseline import percentile
from .beats import Beat, BeatClock
from .hrv import Sums, difference
from .moments import Missing
from .unit import Unit, in_ticks

LEAD_MS = 60_000
"""Packets from this long before a stretch are needed to know its heart's level."""
_MARK_MS = 5_000
# Half-minutes hold enough beats for a number and are many enough for a spread.
_BLOCK_MS = 30_000
# Less than half a stretch does not stand for the whole of it.
_LEAST_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Spanned:
    """One number for a stretch, with the middle half of its half-minutes."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was measured between two moments."""

    from_ms: int
    to_ms: int
    heart_rate: Spanned | None
    rmssd: Spanned | None
    excluded: tuple[tuple[Missing, int], ...]
    """What was left out and for how many seconds, the most first."""
    beats: int
    """NN intervals counted."""


def measure_stretch(
    sessions: Iterable[Iterable[Packet]],
    without: Sequence[tuple[int, Missing]],
    from_ms: int,
    to_ms: int,
    units: Sequence[Unit | None] = (),
) -> Stretch:
    """Measure a stretch, leaving out the five seconds before each mark of `without`.

    Packets come by session and begin a minute earlier; `units` say for each session in which unit
    its strap is known to count. A number needs half of the stretch covered by NN intervals.
    """
    out = {mark: why for mark, why in without if from_ms < mark < to_ms + _MARK_MS}
    whole, blocks = Sums(), [Sums() for _ in range(-(-(to_ms - from_ms) // _BLOCK_MS))]
    before: JudgedBeat | None = None
    for judged in _judged(sessions, units):
        t_ms = judged.beat.t_ms
        if not from_ms < t_ms <= to_ms or -(-t_ms // _MARK_MS) * _MARK_MS in out:
            before = None
            continue
        step = difference(before, judged)
        whole.change(judged, step, 1)
        blocks[(t_ms - from_ms - 1) // _BLOCK_MS].change(judged, step, 1)
        before = judged
    enough = whole.coverage(to_ms - from_ms) >= _LEAST_SHARE
    left_out_ms: Counter[Missing] = Counter()
    for mark, why in out.items():
        left_out_ms[why] += min(mark, to_ms) - max(mark - _MARK_MS, from_ms)
    return Stretch(
        from_ms=from_ms,
        to_ms=to_ms,
        heart_rate=_spanned(whole.hr_bpm, [b.hr_bpm for b in blocks]) if enough else None,
        rmssd=_spanned(whole.rmssd_ms, [b.rmssd_ms for b in blocks]) if enough else None,
        excluded=tuple((why, ms // 1000) for why, ms in left_out_ms.most_common()),
        beats=whole.valid,
    )


def _judged(
    sessions: Iterable[Iterable[Packet]], units: Sequence[Unit | None]
) -> Iterable[JudgedBeat]:
    """Give every beat with its final verdict: what is looked back at is known to its end."""
    return settled(_beats(sessions, units))


def _beats(sessions: Iterable[Iterable[Packet]], units: Sequence[Unit | None]) -> Iterator[Beat]:
    clock = BeatClock()
    for at, packets in enumerate(sessions):
        clock.cut()
        in_ms = at < len(units) and units[at] is Unit.MS
        for packet in packets:
            said = decode(packet.data)
            yield from clock.hear(packet, in_ticks(said) if in_ms else said)


def _spanned(value: float | None, blocks: list[float | None]) -> Spanned | None:
    if value is None:
        return None
    known = sorted(b for b in blocks if b is not None) or [value]
    return Spanned(value, min(value, percentile(known, 0.25)), max(value, percentile(known, 0.75)))
