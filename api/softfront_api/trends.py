"""Days beside each other, by the wearer's own calendar."""

from datetime import datetime, tzinfo
from itertools import groupby
from math import exp

from softfront_signal.trends import Known, day_mean

from .diary import Reader
from .shapes.proxy import Proxy, ProxyDay, Trends

LONGEST_MS = 93 * 24 * 3_600_000


def trends(reader: Reader, from_ms: int, to_ms: int, zone: tzinfo | None, now: Proxy) -> Trends:
    """Tell the days of a stretch of time; the band is that of now."""
    marks = (Known(t_ms, value, se) for t_ms, value, se in reader.soothing(from_ms, to_ms))
    days = [
        _day(date, list(group)) for date, group in groupby(marks, key=lambda m: _date(m.t_ms, zone))
    ]
    return Trends(soothing=days, band=now.band)


def _date(t_ms: int, zone: tzinfo | None) -> str:
    return datetime.fromtimestamp(t_ms / 1000, zone).date().isoformat()


def _day(date: str, marks: list[Known]) -> ProxyDay:
    it = day_mean(marks)
    value, low, high = map(_ms_per_s, (it.value, it.low, it.high))
    return ProxyDay(date=date, value=value, low=low, high=high, looks=it.looks)


def _ms_per_s(index: float | None) -> float | None:
    return None if index is None else 1000 * exp(index)
