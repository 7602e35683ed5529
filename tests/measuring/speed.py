"""What a beat costs, beside a calibration loop and beside the peers, in one run."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from softfront_signal.batch.compiling import FAST

from ..peers.environment import NoPeersHere, peers_python
from ..peers.peer import PARTS
from ..peers.team import Taken, Team
from . import live
from .calibration import cumulative_sums, one_pass
from .figure import Figure
from .hearts import Heart, hearts
from .turns import Side, costs

_SPANS_S = (60, 300)
_PARTS: dict[str, set[str]] = {
    "correction": {"artefacts"},
    "time": {f"time {span_s} s" for span_s in _SPANS_S},
    "spectrum": {"spectrum"},
    "dfa": {"dfa"},
}
# Plain Python needs about 10 µs a beat: 50 ms, long beside the clock's grain.
_LIVE_BEATS = 5_000


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run has shown."""

    hearts: tuple[str, ...]
    beat_s: dict[str, float]
    """The median seconds a beat of each side of ours."""
    peers: tuple[Taken, ...]
    """What they take for one window, and so for one beat, where each beat asks for a window."""

    def part(self, part: str) -> float | None:
        """Return the seconds a beat of what we do where the peers do this part."""
        sides = _PARTS[part]
        return sum(self.beat_s[side] for side in sides) if self.beat_s.keys() >= sides else None

    def sum(self, parts: Sequence[str]) -> float | None:
        """Return the seconds a beat of several parts; `None` where one was not measured."""
        ours = [self.part(part) for part in parts]
        return None if None in ours or not ours else sum(s for s in ours if s is not None)

    def ratio(self, peer: Taken) -> float | None:
        """Say how many times our cost a peer's is, in those parts it has."""
        theirs, ours = peer.sum(), self.sum([part for part in PARTS if peer.median(part)])
        return theirs / ours if theirs and ours else None


def measure(folder: Path | None, home: Path | None) -> Measured:
    """Measure all sides in turn; `home` holds the peers' Python, without it they stay away."""
    days = hearts(folder)
    windows = [day.window_ms() for day in days]
    with _team(home) or nullcontext() as team:

        def theirs(turn: int) -> None:
            if team is not None:
                team.measure(windows[turn % len(windows)])

        theirs(0)
        if team is not None:
            team.forget()
        beat_s = costs(_sides(days), theirs)
        peers = tuple(team.taken) if team is not None else ()
    return Measured(tuple(day.name for day in days), beat_s, peers)


def _team(home: Path | None) -> AbstractContextManager[Team] | None:
    if home is None:
        return None
    try:
        return Team(peers_python(home))
    except NoPeersHere as missing:
        print(f"The peers are NOT MEASURED: {missing}", file=sys.stderr)
        return None


def _sides(days: Sequence[Heart]) -> list[Side]:
    rr_ticks = [day.rr_ticks for day in days]
    times = [day.t_ms for day in days]
    beats = sum(len(rr) for rr in rr_ticks)
    heard = live.beats_of(days[0], _LIVE_BEATS)

    def calibrate() -> None:
        for rr in rr_ticks:
            one_pass(rr)

    def accumulate(span_s: int) -> None:
        for t_ms, rr in zip(times, rr_ticks, strict=True):
            cumulative_sums(t_ms, rr, 1000 * span_s)

    return [
        Side("calibration", calibrate, beats),
        *(Side(f"numpy {span_s} s", partial(accumulate, span_s), beats) for span_s in _SPANS_S),
        Side("live", partial(live.hear, heard), len(heard)),
    ]


def figures(measured: Measured) -> Iterator[Figure]:
    """Hold ours against the calibration loop and against theirs."""
    beat_s = measured.beat_s
    if not FAST:
        print("numba is missing: no figure of the compiled driver is measured", file=sys.stderr)
    peers = {peer.name: peer for peer in measured.peers}
    if theirs := peers["neurokit2"].sum(("correction", "time")) if peers else None:
        yield Figure("neurokit2_over_live", theirs / beat_s["live"], "ratio", 500, at_least=True)
    for name, seconds in beat_s.items():
        yield Figure(f"{name.replace(' ', '_')}_per_beat", 1e6 * seconds, "µs")
