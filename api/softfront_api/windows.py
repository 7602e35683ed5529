"""Series for charts: down-sampled here, so that the page stays thin."""

from collections import Counter
from collections.abc import Sequence

from softfront_signal.moments import Missing, Stillness
from softfront_signal.soothing import interval

from .diary import Reader, StoredPause, StoredWindow
from .reasons import utc
from .shapes.around import BandSpan, PauseSpan, Windows
from .shapes.common import Bands

LONGEST_MS = 7 * 24 * 3_600_000
_MARK_MS = 5_000
# A band changes by the hour; a dozen looks an hour miss nothing that an eye could see.
_BAND_STEP_MS = 5 * 60_000
_BANDS_MOST = 48
_BANDS = tuple(Bands.model_fields)


def windows(reader: Reader, from_ms: int, to_ms: int, points: int) -> Windows:
    """Lay marks into at most `points` buckets: means of what is there, and the commonest state."""
    from_ms -= from_ms % _MARK_MS
    step_ms = _MARK_MS * max(1, -(-(to_ms - from_ms) // (_MARK_MS * points)))
    buckets: dict[int, list[StoredWindow]] = {}
    for stored in reader.windows(from_ms, to_ms):
        buckets.setdefault((stored.window.t_ms - from_ms) // step_ms, []).append(stored)
    ordered = [buckets.get(i, []) for i in range(-(-(to_ms - from_ms) // step_ms))]
    return Windows.model_validate(
        {
            "from": utc(from_ms),
            "to": utc(to_ms),
            "step_s": step_ms // 1000,
            "t_s": [i * step_ms // 1000 for i in range(len(ordered))],
            "hr_bpm": [_mean(_rates(b)) for b in ordered],
            "rmssd_ms": [_mean([w.window.rmssd_ms for w in _shown(b)]) for b in ordered],
            **_soothing(ordered),
            "state": [_state(b) for b in ordered],
            "bands": _bands(reader, from_ms, to_ms),
            "pauses": pauses_of(reader.pauses(from_ms, to_ms)),
        }
    )


def _rates(bucket: Sequence[StoredWindow]) -> list[float | None]:
    """Give the heart rates of a bucket; of a sender without intervals there is only that."""
    alone = (None, Missing.NO_INTERVALS)
    return [stored.window.hr_bpm for stored in bucket if stored.missing in alone]


def _shown(bucket: Sequence[StoredWindow]) -> list[StoredWindow]:
    return [stored for stored in bucket if stored.missing is None]


def _soothing(ordered: Sequence[Sequence[StoredWindow]]) -> dict[str, list[float | None]]:
    """Give the proxy and both ends of its interval: marks of one bucket are nearly one look."""
    seen = [[interval(w.soothing) for w in _shown(b) if w.soothing is not None] for b in ordered]
    return {
        "soothing": [_mean([band.median for band in bands]) for bands in seen],
        "soothing_low": [_mean([band.low for band in bands]) for bands in seen],
        "soothing_high": [_mean([band.high for band in bands]) for bands in seen],
    }


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _state(bucket: Sequence[StoredWindow]) -> str:
    if not bucket:
        return Missing.NO_LINK.value
    return Counter(_state_of(stored) for stored in bucket).most_common(1)[0][0]


def _state_of(stored: StoredWindow) -> str:
    if stored.missing is not None:
        return stored.missing.value
    return "still" if stored.stillness is Stillness.STILL else "unknown"


def _bands(reader: Reader, from_ms: int, to_ms: int) -> list[BandSpan]:
    """Give the bands in steps, where anything was decided; equal neighbours are one."""
    step_ms = max(_BAND_STEP_MS, -(-(to_ms - from_ms) // _BANDS_MOST))
    spans: list[BandSpan] = []
    for begin in range(from_ms, to_ms, step_ms):
        end = min(begin + step_ms, to_ms)
        near = reader.decision_near((begin + end) // 2, step_ms // 2)
        if near is None:
            continue
        bands = Bands.of(near.decision.usual)
        same = (
            spans
            and spans[-1].to == utc(begin)
            and Bands(**{name: getattr(spans[-1], name) for name in _BANDS}) == bands
        )
        begin_at = spans.pop().from_ if same else utc(begin)
        spans.append(
            BandSpan.model_validate(
                {
                    "from": begin_at,
                    "to": utc(end),
                    **{name: getattr(bands, name) for name in _BANDS},
                }
            )
        )
    return spans


def pauses_of(pauses: Sequence[StoredPause]) -> list[PauseSpan]:
    """Tell pauses as marks, numbered as they come."""
    return [
        PauseSpan(id=p.id, number=i, started_at=utc(p.started_ms), lasted_s=p.lasted_s)
        for i, p in enumerate(pauses, start=1)
    ]
