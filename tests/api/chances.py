"""Moments at which chance chose, put into a day or a diary."""

from dataclasses import replace

from softfront_api.diary import Occasion, decision_id
from softfront_api.outcomes import Outcome, Part

from .living import START, Home, Said


def at(at_s: float) -> int:
    return START + round(1000 * at_s)


def chosen(
    t_ms: int, *, offered: bool = True, rise_s: int = 45, outcome: Outcome | None = None
) -> Occasion:
    """Let chance have chosen at a moment, some seconds after a rise began."""
    return Occasion(
        id=decision_id("one", t_ms),
        session="one",
        t_ms=t_ms,
        rise_ms=t_ms - 1000 * rise_s,
        offered=offered,
        p=0.6,
        draw=0.3 if offered else 0.8,
        strength=2.0,
        wording="plain",
        outcome=outcome.to_plain() if outcome else None,
    )


def chooses(*occasions: Occasion) -> Said:
    """Put occasions with what waits to be stored."""

    async def put(home: Home) -> None:
        day = home.session.day
        day.pending = replace(day.pending, occasions=(*day.pending.occasions, *occasions))

    return put


def measured(
    before: float | None = 3.4,
    after: float | None = 3.4,
    *,
    rise: float | None = 3.0,
    missing: str | None = None,
    bpm: tuple[float, float] = (72.0, 74.0),
    inside: bool | None = None,
) -> Outcome:
    """Make an outcome; without a number afterwards it says why."""
    late = Part(None, None, missing or "moved") if after is None else Part(bpm[1], after, None)
    early = Part(None, None, "few_beats") if before is None else Part(bpm[0], before, None)
    return Outcome(early, Part(80.0, rise, None), late, inside, 40.0)
