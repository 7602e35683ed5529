"""`softfront evaluate DIR --only artefacts`: how well the rules do on recordings of many people."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from softfront_signal.batch.artefacts import judge
from softfront_signal.batch.series import Ints, Series

from ..errors import FolderError
from ..evaluating.folder import Person, intervals, labelled, people
from ..evaluating.injecting import Spoil, quiet, spoil
from ..evaluating.scoring import Flags, Score, Summary, score, score_labelled, summary
from .common import Exit, print_json, sentence, stop
from .progress import bar

# A day lost from one recording is no beat; the strap's own word holds 64 s.
_LONGEST = 0xFFFF - 1
_ROW = "{:<12} {:>9} {:>13} {:>13} {:>14} {:>11}"


def evaluate_artefacts(folder: Path, seed: int, *, as_json: bool) -> Exit:
    """Spoil quiet stretches of every recording, and tell what was found and what it cost."""
    try:
        found = people(folder)
        scores, labels = _score_all(found, seed)
    except FolderError as broken:
        stop(sentence(broken))
    if not any(scores.values()):
        stop(f"{folder} holds no quiet stretch of 1200 beats.", Exit.NOTHING_FOUND)
    kinds = {kind.value: summary(of) for kind, of in scores.items()}
    if as_json:
        print_json(_plain(len(found), seed, kinds, labels))
    else:
        _print(len(found), len(scores[Spoil.NOTHING]), kinds, labels)
    return Exit.OK


def _score_all(
    found: tuple[Person, ...], seed: int
) -> tuple[dict[Spoil, list[Score]], dict[str, Score]]:
    scores: dict[Spoil, list[Score]] = {kind: [] for kind in Spoil}
    labels: dict[str, Score] = {}
    with bar("Evaluating", len(found) * len(Spoil)) as done:
        for nth, person in enumerate(found):
            stretches = quiet(intervals(person.rr_file))
            for at, kind in enumerate(Spoil):
                # One person's draws are the same whoever else lies in the folder.
                draw = np.random.default_rng([seed, at, *person.name.encode()])
                for stretch in stretches:
                    scores[kind].append(score(spoil(stretch, kind, draw), stretch, _flags))
                done(nth * len(Spoil) + at + 1)
            if person.labels_file is not None:
                labels[person.name] = score_labelled(labelled(person.labels_file), _flags)
    return scores, labels


def _flags(rr_ticks: Ints) -> Flags:
    return np.asarray(judge(Series.of_ticks(np.minimum(rr_ticks, _LONGEST))) != 0)


def _plain(
    recordings: int, seed: int, kinds: dict[str, Summary], labels: dict[str, Score]
) -> dict[str, Any]:
    clean = kinds.pop(Spoil.NOTHING.value)
    return {
        "recordings": recordings,
        "seed": seed,
        "clean": {
            "specificity": clean.specificity,
            "rmssd_bias_median": clean.error_median,
            "rmssd_bias_p95": clean.error_p95,
        },
        "injected": {
            name: {
                "events": it.events,
                "sensitivity": it.sensitivity,
                "specificity": it.specificity,
                "rmssd_error_median": it.error_median,
                "rmssd_error_p95": it.error_p95,
            }
            for name, it in kinds.items()
        },
        "labelled": {
            name: {
                "ectopic": it.events,
                "found": it.found,
                "specificity": it.kept / it.clean if it.clean else None,
            }
            for name, it in labels.items()
        },
    }


def _print(
    recordings: int, stretches: int, kinds: dict[str, Summary], labels: dict[str, Score]
) -> None:
    print(f"{recordings} recordings, {stretches} quiet stretches of 1200 beats, 2 % spoilt.\n")
    print(_ROW.format("", "events", "found", "left alone", "RMSSD off by", "at most*"))
    for name, it in kinds.items():
        shares = (_percent(it.sensitivity, 2), _percent(it.specificity, 2))
        errors = (_percent(it.error_median, 2), _percent(it.error_p95, 1))
        print(_ROW.format(name, it.events or "", *shares, *errors))
    print("\n* in 95 of 100 stretches. Flagged intervals are left out, never replaced.")
    for line in _told(labels):
        print(line)


def _told(labels: dict[str, Score]) -> Iterator[str]:
    for name, it in labels.items():
        alone = _percent(it.kept / it.clean if it.clean else None, 2)
        found = f"{it.found} of {it.events} early ones found"
        yield f"Labelled beats of {name}: {found}, {alone} of the normal ones left alone."


def _percent(share: float | None, digits: int) -> str:
    return "" if share is None else f"{100 * share:.{digits}f} %"
