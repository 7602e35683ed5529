"""What a beat costs, beside a calibration loop and beside the peers, in one run."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from softfront_signal.batch.compiling import FAST
from softfront_signal.batch.wearers import Wearers

from ..peers.environment import NoPeersHere, peers_python
from ..peers.peer import PARTS
from ..peers.team import Taken, Team
from .figure import Figure
from .hearts import hearts
from .ours import SPANS_S, WEARERS, live_road, many_wearers, one_stream
from .turns import costs

_TIME = tuple(f"time {span_s} s" for span_s in SPANS_S)
# What we do where a peer does this part; at every beat, as the peers are asked at every beat.
_OURS: dict[str, tuple[str, ...]] = {
    "correction": ("artefacts",),
    "time": _TIME,
    "spectrum": ("spectrum",),
    "dfa": ("dfa",),
}
# And as often as the house itself does it.
_AS_LIVE = ("artefacts", *_TIME, "spectrum at marks", "dfa each minute")


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run has shown."""

    hearts: tuple[str, ...]
    beat_s: dict[str, float]
    """The median seconds a beat of each side of ours."""
    peers: tuple[Taken, ...] = ()
    """What they take for one window, and so for one beat, where each beat asks for a window."""

    def ours(self, parts: Sequence[str] = PARTS) -> float:
        """Return the seconds a beat of what we do where the peers do these parts."""
        return sum(self.beat_s[side] for part in parts for side in _OURS[part])

    def as_live(self) -> float:
        """Return the seconds a beat of all metrics, as often as the house renews them."""
        return sum(self.beat_s[side] for side in _AS_LIVE)

    def theirs(self, name: str, parts: Sequence[str] = PARTS) -> float | None:
        """Return the seconds a beat of a peer; `None` where it does not run."""
        return next((peer.sum(parts) for peer in self.peers if peer.name == name), None)

    def ratio(self, peer: Taken) -> float | None:
        """Say how many times our cost a peer's is, in those parts it has."""
        theirs = peer.sum()
        return theirs / self.ours([part for part in PARTS if peer.median(part)]) if theirs else None


def measure(folder: Path | None, home: Path | None) -> Measured:
    """Measure all sides in turn; `home` holds the peers' Python, without it they stay away."""
    if not FAST:
        print("numba is missing: the batch driver is measured interpreted", file=sys.stderr)
    days = hearts(folder)
    beats = [day.beats for day in days]
    sides = [*one_stream(beats), *live_road(beats[0])]
    if FAST:  # interpreted, the filling alone takes an hour
        sides.append(many_wearers(beats[0]))
    windows = [day.window_ms() for day in days]
    names = tuple(day.name for day in days)
    with _team(home) or nullcontext() as team:
        if team is None:
            return Measured(names, costs(sides))
        team.measure(windows[0])
        team.forget()
        beat_s = costs(sides, lambda turn: team.measure(windows[turn % len(windows)]))
        return Measured(names, beat_s, tuple(team.taken))


def _team(home: Path | None) -> AbstractContextManager[Team] | None:
    if home is None:
        return None
    try:
        return Team(peers_python(home))
    except NoPeersHere as missing:
        print(f"The peers are NOT MEASURED: {missing}", file=sys.stderr)
        return None


def figures(measured: Measured) -> Iterator[Figure]:
    """Hold ours against the calibration loop and against theirs."""
    if FAST:
        yield from _beside_the_machine(measured.beat_s)
    yield from _beside_the_peers(measured)
    beat_s = measured.beat_s
    mark = beat_s["mark"] / beat_s["lombscargle"]
    yield Figure("spectrum_mark_over_lombscargle", mark, "ratio", 2)
    for name, seconds in beat_s.items():
        per = "call" if name in ("mark", "lombscargle") else "beat"
        yield Figure(f"{name.replace(' ', '_')}_per_{per}", 1e6 * seconds, "µs")


def _beside_the_machine(beat_s: dict[str, float]) -> Iterator[Figure]:
    for span_s in SPANS_S:
        time = beat_s[f"time {span_s} s"]
        pace = time / beat_s["calibration"]
        yield Figure(f"time_domain_{span_s}_s_over_calibration", pace, "ratio", 10)
        slower = beat_s[f"numpy {span_s} s"] / time
        yield Figure(f"numpy_over_time_domain_{span_s}_s", slower, "ratio", 10, at_least=True)
    one_stream = sum(beat_s[side] for side in ("artefacts", *_TIME))
    many = beat_s["wearers"] / one_stream
    yield Figure(f"{WEARERS}_wearers_over_one_stream", many, "ratio", 4)
    yield Figure("wearer_memory", Wearers(1).bytes_each / 1000, "kB", 8)


def _beside_the_peers(measured: Measured) -> Iterator[Figure]:
    if theirs := measured.theirs("neurokit2"):
        ratio = theirs / measured.ours()
        yield Figure("neurokit2_over_all_metrics", ratio, "ratio", 1000, at_least=True)
        yield Figure("neurokit2_over_all_metrics_as_live", theirs / measured.as_live(), "ratio")
    if theirs := measured.theirs("neurokit2", ("correction", "time")):
        ratio = theirs / measured.beat_s["live"]
        yield Figure("neurokit2_over_live", ratio, "ratio", 500, at_least=True)
    parts = ("correction", "time", "spectrum")
    if theirs := measured.theirs("hrv-analysis", parts):
        ratio = theirs / measured.ours(parts)
        yield Figure("hrv_analysis_over_all_metrics", ratio, "ratio", 100, at_least=True)
