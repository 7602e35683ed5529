"""The results as tables: for people at the end of a run, and for the README."""

from pathlib import Path

from rich.table import Table

from ..peers.peer import PARTS
from ..peers.team import Taken
from . import readme
from .speed import Measured

_HEAD = ["µs a beat", "correction", "time domain", "LF, HF", "DFA-α1", "together", "times ours"]


def rows(measured: Measured) -> list[list[str]]:
    """Lay out ours and each peer: what each part takes, and how many times ours that is."""
    first = [*(_us(measured.ours([part])) for part in PARTS), _us(measured.ours()), "1"]
    return [["Softfront", *first], *(_row(peer, measured) for peer in measured.peers)]


def for_people(measured: Measured) -> Table:
    """Lay them out for a terminal."""
    table = Table(*_HEAD, title=f"One window on each beat: {', '.join(measured.hearts)}")
    for row in rows(measured):
        table.add_row(*row)
    return table


def write(place: Path, measured: Measured, folder: Path | None) -> None:
    """Write them into the README, with what is known of the artefacts where there is a folder."""
    whose = f"{len(measured.hearts)} recordings of a day" if folder else "a simulated day"
    speed = readme.table(_HEAD, rows(measured))
    readme.write(place, f"On {whose}, 2 cores, a window renewed on each beat:\n\n{speed}")


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
