"""What is compared: the three rules a wearer can choose, and the plain ones beside them."""

from dataclasses import dataclass

import numpy as np

from softfront_signal.moments import Choice, Needs, Rule

from .columns import Floats
from .courses import Course
from .deciding import Thought, think
from .plain import plain

OURS = tuple(rule.value for rule in Rule)
PLAIN = ("plain-heart-rate", "plain-hrv", "plain-two-state")
# Within one spread of the median a heart rate is flat.
_FLAT = 1.0


@dataclass(frozen=True, slots=True)
class Scored:
    """One course, scored by one rule at every mark; NaN where there is no number."""

    course: Course
    thought: Thought
    score: Floats


def scored(course: Course, needs: Needs | None = None) -> dict[str, Scored]:
    """Score a course by every rule, all of them on the same windows."""
    by_rule: dict[str, Scored] = {}
    for rule in Rule:
        thought = think(course, Choice(rule), needs)
        by_rule[rule.value] = Scored(course, thought, _score(rule, thought))
    thought = by_rule[Rule.HEART_RATE.value].thought
    it = plain(thought)
    for name, score in zip(PLAIN, (it.heart_rate, it.hrv, it.two_state), strict=True):
        by_rule[name] = Scored(course, thought, score)
    return by_rule


def _score(rule: Rule, thought: Thought) -> Floats:
    """Say how far out each mark is, in spreads, by the route or routes of a rule.

    Of two routes the heart rate's is the score; where RMSSD would open at a flat heart rate, the
    mark counts as far beyond the rate's threshold as it lies beyond its own.
    """
    if rule is Rule.HRV:
        return thought.z_rmssd
    if rule is Rule.HEART_RATE:
        return thought.z_hr
    beyond = thought.z_rmssd - thought.theta_rmssd
    opens = (np.abs(thought.z_hr) < _FLAT) & (beyond > 0)
    return np.where(opens, np.maximum(thought.z_hr, thought.theta_hr + beyond), thought.z_hr)
