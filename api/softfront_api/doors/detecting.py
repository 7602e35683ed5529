"""`softfront evaluate DIR`: how well each rule does on the recordings of a folder."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from softfront_signal.moments import Needs, Rule

from ..errors import FolderError, FolderMissing, NoRecordings
from ..evaluating import courses
from ..evaluating.labs import Lab, Stress
from ..evaluating.living import Living, living
from ..evaluating.moving import Moving, moving
from ..evaluating.own import Own, own, recordings
from ..evaluating.rules import OURS, PLAIN, Scored, scored
from .common import Exit, print_json, sentence, stop
from .progress import bar
from .telling_rules import print_all

_LAYOUT = "labels.csv, subjects.csv with *_15s.csv.gz, gudb_beats.csv.gz, or recordings"
Told: TypeAlias = dict[str, dict[str, Any]]
_Step: TypeAlias = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Found:
    """What a folder, or the folders in it, hold."""

    stress: Path | None
    living: Path | None
    motion: Path | None
    own: Path | None


def evaluate_rules(folder: Path, seed: int, *, as_json: bool) -> Exit:
    """Score every rule on all that a folder holds, and print it."""
    try:
        found = find(folder)
        told = _evaluate(found, np.random.default_rng(seed))
    except (FolderMissing, NoRecordings) as nothing:
        stop(sentence(nothing), Exit.NOTHING_FOUND)
    except FolderError as broken:
        stop(sentence(broken))
    if as_json:
        print_json(plain_of(told))
    else:
        print_all(told)
    return Exit.OK


@dataclass(frozen=True, slots=True)
class Figures:
    """All that was scored, by rule."""

    stress: dict[str, Stress]
    living: dict[str, Living]
    motion: dict[str, dict[str, Moving]]
    own: dict[str, Own]


def find(folder: Path) -> Found:
    """Look for the known layouts in a folder, and in those directly below.

    Raises:
        FolderMissing, NoRecordings
    """
    if not folder.is_dir():
        raise FolderMissing(folder)
    places = [folder, *sorted(path for path in folder.iterdir() if path.is_dir())]
    found = Found(
        stress=next((p for p in places if (p / "labels.csv").exists()), None),
        living=next((p for p in places if any(p.glob("*_15s.csv.gz"))), None),
        motion=next((p / _MOTION for p in places if (p / _MOTION).exists()), None),
        own=None,
    )
    if found == Found(None, None, None, None):
        if not recordings(folder):
            raise NoRecordings(folder, _LAYOUT)
        return Found(None, None, None, folder)
    return found


_MOTION = "gudb_beats.csv.gz"


def _evaluate(found: Found, draw: np.random.Generator) -> Figures:
    """Score everything. Raises: as the readers of its parts."""
    with _progress(found) as step:
        lab = _scored(courses.stress(found.stress), step) if found.stress else {}
        days = _scored(courses.free_living(found.living), step) if found.living else {}
        labs = {name: Lab(people) for name, people in lab.items()}
        stress = {name: it.told(draw) for name, it in labs.items() if lab[name]}
        alone = Lab(())
        lived = {
            name: living(
                name,
                people,
                labs.get(name, alone),
                stress[name].threshold if name in stress else 1.0,
                draw,
            )
            for name, people in days.items()
            if people
        }
        moved = {rule.value: moving(found.motion, rule, step) for rule in Rule if found.motion}
        shifts = recordings(found.own) if found.own else ()
        mine = {rule.value: own(shifts, rule, step) for rule in Rule if shifts}
    figures = Figures(stress, lived, moved, mine)
    if not (stress or any(days.values()) or moved or mine):
        raise NoRecordings(found.stress or found.living or Path(), _LAYOUT)
    return figures


def _scored(people: Iterator[courses.Course], step: _Step) -> dict[str, list[Scored]]:
    by_rule: dict[str, list[Scored]] = {name: [] for name in (*OURS, *PLAIN)}
    for course in people:
        for name, it in scored(course).items():
            by_rule[name].append(it)
        step()
    return by_rule


@contextmanager
def _progress(found: Found) -> Iterator[_Step]:
    steps = 0
    if found.stress:
        steps += sum(1 for _ in found.stress.glob("*_1hz.csv.gz"))
    if found.living:
        steps += sum(1 for _ in found.living.glob("*_15s.csv.gz"))
    with bar("Evaluating", steps or None) as show:
        done = 0

        def step() -> None:
            nonlocal done
            done += 1
            show(min(done, steps) if steps else done)

        yield step


def plain_of(told: Figures) -> Told:
    """Lay everything out as one object; what is not known is null."""
    return {
        "needs": {
            "stress": _needs(courses.LAB),
            "free_living": _needs(courses.LIVING),
            "motion": _needs(courses.SHORT),
        },
        "stress": {name: _stress(it) for name, it in told.stress.items()},
        "free_living": {name: _living(it) for name, it in told.living.items()},
        "motion": {
            name: {task: _moving(it) for task, it in tasks.items()}
            for name, tasks in told.motion.items()
        },
        "own": {name: _own(it) for name, it in told.own.items()},
    }


def _needs(needs: Needs) -> dict[str, float]:
    return {"coverage": needs.coverage, "still_minutes": needs.minutes}


def _stress(it: Stress) -> Mapping[str, Any]:
    return _known(
        {
            "people": it.people,
            "auc": it.auc,
            "auc_se": it.auc_se,
            "auc_interval": it.auc_interval,
            "sensitivity": it.sensitivity,
            "sensitivity_interval": it.sensitivity_interval,
            "found": it.found,
            "episodes": it.episodes,
            "fa_per_h": it.fa_per_h,
            "fa_per_h_interval": it.fa_interval,
            "fa_per_scored_h": it.fa_per_scored_h,
            "latency_s": it.latency_s,
            "latency_s_interval": it.latency_interval,
            "threshold": it.threshold,
        }
    )


def _living(it: Living) -> Mapping[str, Any]:
    return _known(
        {
            "hours": it.hours,
            "people": it.people,
            "prompts_per_h": it.prompts_per_h,
            "prompts_per_h_interval": it.prompts_interval,
            "worst_per_h": it.worst_per_h,
            "people_with_prompts": it.people_with_prompts,
            "own_percentile_per_h": it.own_percentile_per_h,
            "eligible_share": it.eligible_share,
            "eligible_share_interval": it.eligible_interval,
            "sensitivity_at_budget": it.at_budget.sensitivity,
            "sensitivity_at_budget_interval": it.at_budget.interval,
            "budget_threshold": it.at_budget.threshold,
            "sensitivity_dropped": it.dropped.sensitivity,
            "sensitivity_met": it.met.sensitivity,
        }
    )


def _moving(it: Moving) -> Mapping[str, Any]:
    return {
        "runs": it.runs,
        "prompts": it.prompts,
        "prompts_interval": it.interval,
        "gate_off": it.gate_off,
        "plain_when_unknown": it.plain_unknown,
        "questions_when_unknown": it.asked_unknown,
    }


def _own(it: Own) -> Mapping[str, Any]:
    return {
        "shifts": it.shifts,
        "hours": it.hours,
        "eligible_share": it.eligible_share,
        "prompts": it.prompts,
        "prompts_per_h": it.prompts_per_h,
        "most_in_a_shift": it.most_in_a_shift,
    }


def _known(body: dict[str, Any]) -> dict[str, Any]:
    """Write what is not a number as null."""
    return {
        name: None if isinstance(value, float) and not isfinite(value) else value
        for name, value in body.items()
    }
