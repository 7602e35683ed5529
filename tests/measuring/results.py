"""The results as tables: for people at the end of a run, and for the README."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.table import Table

from ..peers.peer import PARTS
from ..peers.team import Taken
from . import readme
from .figure import Figure
from .house import SOFTFRONT
from .speed import Measured

_SPEED = ["µs a beat", "correction", "time domain", "LF, HF", "DFA-α1", "together", "times ours"]
_HELD = ["held against", "measured", "goal"]
_ARTEFACTS = ["2 % spoilt", "found", "left alone", "RMSSD off by, median", "95 of 100"]
# Months of beats are spoilt and judged; a minute at most for each recording.
_EVALUATE_S = 600


def for_people(measured: Measured) -> Table:
    """Lay out ours and the peers' for a terminal."""
    table = Table(*_SPEED, title=f"A window on each beat: {', '.join(measured.hearts)}")
    for row in rows(measured):
        table.add_row(*row)
    return table


def rows(measured: Measured) -> list[list[str]]:
    """Say what each part takes us and each peer, and how many times ours that is."""
    ours = [*(_us(measured.ours([part])) for part in PARTS), _us(measured.ours()), "1"]
    return [["**Softfront**", *ours], *(_row(peer, measured) for peer in measured.peers)]


def write(place: Path, measured: Measured, figures: Iterable[Figure], folder: Path | None) -> None:
    """Write them into the README, with the figures that have a goal, and the artefacts."""
    whose = f"{len(measured.hearts)} recordings of a day" if folder else "a simulated day"
    goals = [figure.cells() for figure in figures if figure.target is not None]
    held = [[name.replace("_", " "), value, goal] for name, value, _, goal, _ in goals]
    told = [
        f"On {whose}, 2 cores, all sides in turn in one run; two windows, and everything renewed"
        " on each beat, with the extra `fast`:",
        readme.table(_SPEED, rows(measured)),
        readme.table(_HELD, held),
    ]
    if folder is not None:
        told += _artefacts(folder)
    readme.write(place, "\n\n".join(told))


def _artefacts(folder: Path) -> list[str]:
    """Let `softfront evaluate` say how well artefacts are found; nothing where it cannot."""
    command = [SOFTFRONT, "evaluate", str(folder), "--only", "artefacts", "--json"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=_EVALUATE_S, check=False)
    if ran.returncode:
        print("softfront evaluate does not run here: NO TABLE of artefacts", file=sys.stderr)
        return []
    said = json.loads(ran.stdout)
    clean = said["clean"]
    table = [
        ["nothing", "", clean["specificity"], clean["rmssd_bias_median"], clean["rmssd_bias_p95"]]
    ]
    for name, it in said["injected"].items():
        errors = it["rmssd_error_median"], it["rmssd_error_p95"]
        table.append([name, it["sensitivity"], it["specificity"], *errors])
    told = [readme.table(_ARTEFACTS, [[_percent(cell) for cell in row] for row in table])]
    for name, it in said["labelled"].items():
        alone = _percent(it["specificity"])
        found = f"{it['found']} of {it['ectopic']} early beats found"
        told.append(f"{name}, labelled by others: {found}, {alone} of the normal ones left alone.")
    return told


def _row(peer: Taken, measured: Measured) -> list[str]:
    name = f"{peer.name} {peer.version}".strip()
    if "all" in peer.broken or not peer.seconds:
        why = peer.broken.get("all", "every part breaks")
        return [name, *("" for _ in PARTS), "", f"does not run: {why}"]
    cells = [_us(peer.median(part), peer.broken.get(part)) for part in PARTS]
    ratio = measured.ratio(peer)
    return [name, *cells, _us(peer.sum()), f"{ratio:,.0f}" if ratio else "–"]


def _us(seconds: float | None, broken: str | None = None) -> str:
    if broken is not None:
        return broken
    if seconds is None:
        return "–"
    return f"{1e6 * seconds:,.0f}" if seconds > 1e-4 else f"{1e6 * seconds:.2g}"


def _percent(cell: Any) -> str:
    return f"{100 * cell:.2f} %" if isinstance(cell, float) else str(cell or "")
