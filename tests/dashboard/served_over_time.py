"""Answers as the server gives them, for the place "Over time" after weeks of shifts."""

from datetime import date, timedelta
from itertools import pairwise
from random import Random

from playwright.sync_api import Page

from .served import WEEKS, Json, effect, lasting, returns, serve, text


def measured(value: float, spread: float, n: int) -> Json:
    return {"value": value, "low": value - spread, "high": value + spread, "n": n}


def _spread(of: str, seed: int) -> float:
    """Give a number between −1 and 1 that looks like chance and is none."""
    return Random(f"{of}{seed}").uniform(-1, 1)


def _told(seed: int, n: int, narrow: float = 1) -> Json:
    return {
        "still": {"value": 34 + 8 * _spread("still", seed), "low": None, "high": None, "n": n},
        "heart_rate": measured(71 + 3 * _spread("hr", seed), 1.4 * narrow, n),
        "rmssd": measured(34 + 7 * _spread("rmssd", seed), 3.5 * narrow, n),
        "soothing": measured(42 + 9 * _spread("soothing", seed), 5 * narrow, n),
    }


def _panel(unit: str, band: tuple[float, float] | None, bracket: tuple[float, float]) -> Json:
    low, high = band or (0, 0)
    return {
        "unit": unit,
        "band": {"low": low, "high": high, "median": (low + high) / 2} if band else None,
        "change": {"value": 0.5, "low": -2, "high": 3},
        "change_unit": "%",
        **{"full_weeks": 8, "weeks": 8, "line": [], "detectable": 8.4},
        "detectable_at": {"low": bracket[0], "high": bracket[1]},
        "text": text("trend.unclear"),
    }


def trends(today: date, *, weeks: int = WEEKS) -> Json:
    """Tell five days of each week, the last one until today; the heart rate has a line."""
    first = today - timedelta(days=today.weekday(), weeks=weeks - 1)
    mondays = [first + timedelta(weeks=week) for week in range(weeks)]
    dates = [monday + timedelta(days=day) for monday in mondays for day in range(5)]
    days = [
        {
            **{"date": str(day), "monday": str(day - timedelta(days=day.weekday()))},
            **{"worn_s": 27_000, "still_s": 15_600, "practice_s": 90 * (i % 5), "pauses": i % 3},
            **_told(i, 180),
        }
        for i, day in enumerate(dates)
        if day <= today
    ]
    of_a_week = {"days": 5, "worn_s": 135_000, "still_s": 78_000, "practice_s": 900}
    months = sorted({str(day)[:7] for day in dates})
    line = [
        {"monday": str(monday), "value": 73 - week / 2, "low": 72 - week / 2, "high": 74 - week / 2}
        for week, monday in enumerate(mondays)
    ]
    clear = _panel("bpm", (67, 75), (69, 72))
    return {
        **{"zone": "UTC", "from": str(first), "to": str(today)},
        "text": text("trends.unchanged"),
        "days": days,
        "weeks": [
            {"monday": str(m), **of_a_week, **_told(i, 5, 0.6)} for i, m in enumerate(mondays)
        ],
        "months": [{"month": m, **of_a_week, **_told(i, 20, 0.3)} for i, m in enumerate(months)],
        "panels": {
            "still": _panel("min/h", None, (30, 38)),
            "heart_rate": {**clear, "line": line},
            "rmssd": _panel("ms", (28, 40), (30, 38)),
            "soothing": _panel("ms/s", None, (38, 46)),
        },
        "help": [text("proxy.help.1"), text("proxy.help.2")],
    }


def no_trends() -> Json:
    panel: Json = {"band": None, "line": [], "detectable": None, "detectable_at": None}
    told = {**panel, "text": text("trend.not_enough", n=0)}
    names = ("still", "heart_rate", "rmssd", "soothing")
    return {
        **{"text": text("trends.nothing"), "days": [], "weeks": [], "months": [], "help": []},
        "panels": dict.fromkeys(names, told),
    }


def no_returns() -> Json:
    trend = {"text": text("trend.not_enough", n=0), "line": []}
    nobody = lasting(None, 0)
    times = dict.fromkeys(("all", "with_pause", "without_pause"), nobody)
    return {**times, "paused": 0, "each": [], "weeks": [], "trend": trend, "notes": [], "help": []}


def practised() -> Json:
    """Enough of one kind; of the other not known yet."""

    def compared(unit: str, by: float) -> Json:
        def around(value: float) -> Json:
            return {"value": value, "low": value - by, "high": value + by}

        return {"unit": unit, "done": around(6), "without": around(5), "clear": False}

    nothing = {"done": None, "without": None, "clear": False}
    known = {"kind": "offered", "n": 23, "text": text("effect.feel")}
    unknown = {"kind": "morning", "n": 3, "text": text("result.without.few")}
    return {
        "items": [
            {**known, "rmssd": compared("%", 7), "heart_rate": compared("bpm", 3)},
            {**unknown, "rmssd": nothing, "heart_rate": nothing},
        ],
        "help": [text(f"effect.rtm.{i}") for i in (1, 2, 3)],
    }


def day_of(today: date) -> Json:
    """Tell a day from seven to half past two: still, moving, strap off, below usual, two pauses."""

    def at(clock: str) -> str:
        return f"{today}T{clock}:00Z"

    parts = [
        ("07:02", "moving"),
        ("08:12", "still"),
        ("09:06", "moving"),
        ("09:42", "still"),
        ("09:51", "below"),
        ("10:03", "still"),
        ("10:24", "strap_off"),
        ("10:33", "moving"),
        ("11:18", "still"),
        ("12:06", "poor_signal"),
        ("12:37", "still"),
        ("14:32", ""),
    ]
    spans = [
        {
            **{"from": at(begin), "to": at(end)},
            **{"state": "still" if state == "below" else state, "below": state == "below"},
        }
        for (begin, state), (end, _) in pairwise(parts)
    ]
    pauses = [
        {"id": "made", "number": 1, "started_at": at("09:59"), "lasted_s": 90},
        {"id": "later", "number": 2, "started_at": at("13:40"), "lasted_s": 90},
    ]
    whole = {"worn_s": 27_000, "still_s": 15_600}
    return {"from": at("00:00"), "to": at("23:59"), "spans": spans, "pauses": pauses, **whole}


def silences_of(today: date) -> Json:
    def run(begin: str, end: str, key: str, **more: str) -> Json:
        at = f"{today}T{end}:00Z"
        told = {"kind": "silence", "prompt": None, "answer": None, **more}
        return {"from": f"{today}T{begin}:00Z", "to": at, "at": at, "text": text(key), **told}

    offer = {"kind": "offer", "prompt": "offer", "answer": "started"}
    return {
        "runs": [
            run("07:02", "08:12", "why.run.moving"),
            run("08:12", "09:57", "why.run.in_range"),
            run("09:58", "09:58", "why.run.offer", **offer),
            run("09:58", "10:24", "why.run.refractory"),
        ]
    }


def serve_over_time(page: Page, today: date, *, shorter: bool = True) -> None:
    """Answer all that the place "Over time" asks, as after eight full weeks."""
    serve(page, "trends?*", trends(today))
    serve(page, "returns?*", returns(today, shorter=shorter))
    serve(page, "effect", effect(55))
    serve(page, "trends/practices?*", practised())
    serve(page, "ribbon?*", day_of(today))
    serve(page, "reasons?*", silences_of(today))
