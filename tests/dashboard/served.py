"""Answers as the server gives them, for what takes weeks to happen."""

from datetime import date, timedelta
from typing import Any, TypeAlias

from playwright.sync_api import Page

Json: TypeAlias = dict[str, Any]
WEEKS = 8
_A_WEEK = 10


def text(key: str, **values: float | str) -> Json:
    return {"id": key, "values": values}


def serve(page: Page, path: str, answer: Json) -> None:
    page.route(f"**/api/v1/{path}", lambda route: route.fulfill(json=answer))


def lasting(median: float | None, n: int, *, high: float | None = None) -> Json:
    low = None if median is None else median - 3
    told = text("return.value", min=median or 0, low=low or 0, high=high or 0, n=n)
    return {
        "median_min": median,
        "low_min": low,
        "high_min": high,
        "n": n,
        "censored": 1,
        "text": told if median else text("return.not_enough", n=n, needed=8),
    }


def returns(today: date, *, shorter: bool) -> Json:
    """Eight weeks of ten returns each; of the third too few, the sixth without an upper end."""
    first = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    mondays = [first + timedelta(weeks=week) for week in range(WEEKS)]
    counts = [3 if week == 2 else _A_WEEK for week in range(WEEKS)]
    highs = [None if week == 5 else 18 - week for week in range(WEEKS)]
    line = [
        {"monday": str(monday), "minutes": 15 - week, "low": 13 - week, "high": 17 - week}
        for week, monday in enumerate(mondays)
    ]
    trend = text("return.trend.shorter", weeks=WEEKS, low=1, high=6)
    unclear = text("return.trend.unclear", weeks=WEEKS, low=-3, high=2)
    return {
        "all": lasting(9, sum(counts), high=12),
        "with_pause": lasting(7, 19, high=11),
        "without_pause": lasting(10, sum(counts), high=14),
        "paused": 19,
        "each": [
            {"date": str(monday + timedelta(days=i % 5)), "minutes": 4 + 2 * i, "back": i != 7}
            for monday, count in zip(mondays, counts, strict=True)
            for i in range(count)
        ],
        "days": [],
        "weeks": [
            {"monday": str(monday), "time": lasting(12 if n == _A_WEEK else None, n, high=high)}
            for monday, n, high in zip(mondays, counts, highs, strict=True)
        ],
        "trend": {
            "value": -3.5,
            "low": -6,
            "high": -1,
            "weeks": WEEKS,
            "line": line if shorter else [],
            "text": trend if shorter else unclear,
        },
        "notes": [text("return.paused", n=19), text("return.pause.help")],
        "help": [text("return.help"), text("return.not_a_race")],
    }


def between(low: float, high: float, key: str | None = None) -> Json:
    told = text(key, low=low, high=high) if key else None
    return {"value": (low + high) / 2, "low": low, "high": high, "n": 55, "text": told}


def effect(n: int) -> Json:
    """What chance has shown over so many occasions; from 48 on there is a number."""
    enough = n >= 48
    unclear = text("effect.unclear", low=-3, high=11, n=n)
    return {
        "comparing": True,
        "n": n,
        "needed": 48,
        "offered": {"n": 38, "missing": 5, "why": []},
        "silent": {"n": 26, "missing": 4, "why": []},
        "text": unclear if enough else text("effect.not_enough", n=n, needed=48),
        "do": None,
        "rmssd": between(-3, 11) if enough else None,
        "heart_rate": between(-3, 1) if enough else None,
        "taken": between(1, 14, "effect.taken") if enough else None,
        "untreated": between(4, 18, "effect.untreated"),
        "naive": between(6, 22, "effect.naive"),
        "untreated_from_before": None,
        "regression": [text(f"effect.rtm.{i}") for i in (1, 2, 3)],
        "notes": [text("effect.what"), text("effect.missing", n=9), text("effect.feel")],
    }


def band(low: float, high: float) -> Json:
    middle = (low + high) / 2
    return {
        **{"low": low, "high": high, "median": middle},
        **{"scope": "hour", "minutes": 100, "days": 3},
    }


def part(rate: float, variation: float) -> Json:
    return {
        **{"from": "2026-06-09T10:01:00Z", "to": "2026-06-09T10:05:00Z"},
        "heart_rate": {"value": rate, "low": rate - 3, "high": rate + 3},
        "rmssd": {"value": variation, "low": variation - 3, "high": variation + 4},
        **{"excluded": [], "missing": None},
    }


def finished_pause(without: Json) -> Json:
    return {
        "id": "made",
        "started_at": "2026-06-09T10:09:00Z",
        "ended_at": "2026-06-09T10:10:30Z",
        "lasted_s": 90,
        "prompt_id": "offer",
        "sentence": text("result.sentence.inside"),
        "notes": [],
        **{"before": part(80, 22), "during": part(77, 41), "after": part(73, 34)},
        "without": without,
        "ready_at": "2026-06-09T10:18:30Z",
        "band": {"heart_rate": band(64, 79), "rmssd": band(24, 46), "soothing": None},
        "journal": None,
    }
