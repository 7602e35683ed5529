"""The tables of `softfront evaluate`."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ..evaluating import courses
from ..evaluating.chance import Interval
from ..evaluating.labs import MOST_PER_H, Stress
from ..evaluating.living import BUDGET_PER_H, WORST_PER_H, Living
from ..evaluating.moving import Moving
from ..evaluating.own import Own

if TYPE_CHECKING:
    from .detecting import Figures

# What was asked for; a table says itself where it is not reached.
_AUC, _SENSITIVITY, _LATENCY_S, _AT_BUDGET = 0.84, 0.70, 120, 0.55


def print_all(told: "Figures") -> None:
    """Print a table for each part that was there."""
    parts = (
        _stress(told.stress) if told.stress else (),
        _living(told.living) if told.living else (),
        _motion(told.motion) if told.motion else (),
        _own(told.own) if told.own else (),
    )
    print("\n\n".join("\n".join(lines) for part in parts if (lines := list(part))))


def _stress(by_rule: Mapping[str, Stress]) -> Iterator[str]:
    one = next(iter(by_rule.values()))
    yield f"Rest and labelled strain: {one.people} people, wrist pulse"
    yield (
        f"A window counts from {courses.LAB.coverage:.0%} coverage (a live strap needs 80 %)."
        f" Thresholds are the other people's, at {MOST_PER_H:g} false alarm an hour or fewer."
    )
    yield from _table(
        ("", "AUC", "found", "false/h", "with numbers", "latency s"),
        (
            (
                name,
                f"{it.auc:.3f} ± {it.auc_se:.3f}",
                f"{it.found}/{it.episodes} {it.sensitivity:.2f}"
                f" {_between(it.sensitivity_interval)}",
                f"{it.fa_per_h:.2f} {_between(it.fa_interval)}",
                f"{it.fa_per_scored_h:.2f}",
                f"{_number(it.latency_s, 0)} {_between(it.latency_interval, 0)}",
            )
            for name, it in by_rule.items()
        ),
    )
    yield (
        "False alarms are those of all labelled rest an hour; beside it, of the rest that could be"
        " read. Achieved on the person left out, so a threshold may miss its hour by a little."
    )
    ours = by_rule["combined"]
    yield _goal("AUC", ours.auc, _AUC)
    yield _goal("sensitivity", ours.sensitivity, _SENSITIVITY)
    yield _goal("latency", ours.latency_s, _LATENCY_S, most=True)


def _living(by_rule: Mapping[str, Living]) -> Iterator[str]:
    one = next(iter(by_rule.values()))
    yield f"Ordinary days: {one.people} people, {one.hours:.0f} waking hours, strap and steps"
    yield (
        f"A window counts from {courses.LIVING.coverage:.0%} coverage. Nobody knows what these"
        " people felt: every prompt may be a false one. Ten minutes apart, before any budget."
    )
    yield from _table(
        ("", "prompts/h", "worst", "people", "own 95th", "eligible", "seen as met", "as counted"),
        (
            (
                name,
                f"{it.prompts_per_h:.2f} {_between(it.prompts_interval)}",
                f"{it.worst_per_h:.2f}",
                f"{it.people_with_prompts}/{it.people}",
                f"{it.own_percentile_per_h:.2f}",
                f"{it.eligible_share:.0%} {_between(it.eligible_interval)}",
                f"{_number(it.met.sensitivity)} {_between(it.met.interval)}",
                f"{_number(it.dropped.sensitivity)} {_between(it.dropped.interval)}",
            )
            for name, it in by_rule.items()
        ),
    )
    yield (
        f"Seen: share of the lab's episodes at the threshold that keeps to {BUDGET_PER_H:g} an"
        f" hour here, and {WORST_PER_H:g} for whoever gets most. As met: an alarm waits for the"
        " gate, and ours has to begin at rest. As counted in studies: at a closed gate it is lost."
    )
    yield _goal("seen at budget", by_rule["combined"].at_budget.sensitivity, _AT_BUDGET)


def _motion(by_rule: Mapping[str, Mapping[str, Moving]]) -> Iterator[str]:
    yield "Tasks of the body: sitting to 10 min, the task to 5 min, looped; movement made up"
    yield from _table(
        ("", "task", "with an offer", "gate off", "unknown: plain", "unknown: asked"),
        (
            (
                name,
                task,
                f"{it.prompts} of {it.runs} {_between(it.interval)}",
                str(it.gate_off),
                str(it.plain_unknown),
                str(it.asked_unknown),
            )
            for name, tasks in by_rule.items()
            for task, it in tasks.items()
        ),
    )


def _own(by_rule: Mapping[str, Own]) -> Iterator[str]:
    one = next(iter(by_rule.values()))
    yield (
        f"Your own shifts: {one.shifts}, worn {one.hours:.1f} h. Offers 45 min apart and four a"
        " shift at most; the page's settings also spread them and count the week."
    )
    yield from _table(
        ("", "offers", "an hour", "most in a shift", "eligible"),
        (
            (
                name,
                str(it.prompts),
                f"{it.prompts_per_h:.2f}",
                str(it.most_in_a_shift),
                f"{it.eligible_share:.0%}",
            )
            for name, it in by_rule.items()
        ),
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    lines = [head, *rows]
    widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
    for line in lines:
        yield "  ".join(
            cell.ljust(width) for cell, width in zip(line, widths, strict=True)
        ).rstrip()


def _goal(name: str, value: float | None, mark: float, *, most: bool = False) -> str:
    reached = value is not None and (value <= mark if most else value >= mark)
    asked = f"at {'most' if most else 'least'} {mark:g}"
    told = _number(value, 0 if most else 3)
    return f"combined, {name}: {told}, {asked}: {'yes' if reached else 'no'}"


def _between(interval: Interval, digits: int = 2) -> str:
    low, high = interval
    return "" if low is None or high is None else f"[{low:.{digits}f}, {high:.{digits}f}]"


def _number(value: float | None, digits: int = 2) -> str:
    return "none" if value is None else f"{value:.{digits}f}"
