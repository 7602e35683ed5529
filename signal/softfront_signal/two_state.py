"""Calm or raised: how the odds between the two stand, given departures one after another.

A two-state filter (Baum 1970, Ann. Math. Stat. 41:164, forward part): each state keeps itself for
a while, and each departure speaks for one of them. It is quick where the change is clear.
"""

from math import exp, log

from .moments import MARK_MS

# An hour of quiet between rises, and five minutes of a rise, are what free living shows.
_CALM_S, _RAISED_S = 3600.0, 300.0
# A rise lies two spreads up; both states spread by one.
_RAISED_Z = 2.0
# Windows of 60 s overlap; every fifteen seconds bring about one new opinion.
_OPINION_S = 15.0
# Beyond this the odds are sure, and they must be able to turn within a minute.
_MOST = 8.0
# What was not seen for a minute is forgotten.
_FORGET_MS = 60_000
SURE = 2.0
"""Log odds above this speak clearly: seven to one."""


class TwoState:
    """The odds of one heart."""

    def __init__(self) -> None:
        self._t_ms: int | None = None
        self._log_odds = self._begin()

    def hear(self, t_ms: int, z: float) -> float:
        """Take in the next departure, in spreads; return the log odds of raised over calm."""
        past_ms = None if self._t_ms is None else t_ms - self._t_ms
        if past_ms is None or past_ms > _FORGET_MS:
            self._log_odds, past_ms = self._begin(), MARK_MS
        self._t_ms = t_ms
        past_s = past_ms / 1000
        rises, falls = 1 - exp(-past_s / _CALM_S), 1 - exp(-past_s / _RAISED_S)
        raised = 1 / (1 + exp(-self._log_odds))
        after = raised * (1 - falls) + (1 - raised) * rises
        said = _RAISED_Z * (z - _RAISED_Z / 2) * past_s / _OPINION_S
        self._log_odds = max(-_MOST, min(_MOST, log(after / (1 - after)) + said))
        return self._log_odds

    @staticmethod
    def _begin() -> float:
        return log(_RAISED_S / _CALM_S)
