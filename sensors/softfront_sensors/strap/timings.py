"""How long a strap may keep us waiting."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Timings:
    """Every wait around a strap has its limit here."""

    scan_s: float = 10.0
    """A worn strap advertises about once a second; ten tries outlast a crowded room."""
    prefer_s: float = 3.0
    """Three tries for the strap wanted most, once another that will do has been heard."""
    connect_s: float = 30.0
    """Connecting and asking for beats. bleak's own limit; discovery alone can take 10 s."""
    silent_s: float = 5.0
    """A strap sends about once a second; five missed are no chance."""
    reconnect_s: float = 15.0
    """A link may stand and carry nothing; three times "silent" and we make a new one."""
    first_pause_s: float = 1.0
    last_pause_s: float = 30.0
    """Pauses between tries double up to this: whoever puts a strap on waits no longer."""
    steady_s: float = 60.0
    """A link that carried beats so long was good: the next loss starts at the first pause."""
    bare_s: float = 60.0
    """Straps may send a second or two without intervals; a minute of it is how a strap is."""
    held_s: float = 60.0
    """A strap taken off leaves the air within a minute; unheard for longer, it is just away."""
    ask_s: float = 5.0
    """For each thing a strap is asked beside its beats, which come meanwhile."""
    battery_every_s: float = 600.0
    """A coin cell lasts months; ten minutes find it low within a shift."""
    release_s: float = 4.0
    """A disconnect takes about a second; a container has ten before it is killed."""
    poll_s: float = 1.0


class Pauses:
    """Pauses between tries, which double from the first to the last."""

    def __init__(self, timings: Timings, jitter: Random) -> None:
        self._timings, self._jitter = timings, jitter
        self._next_s = timings.first_pause_s

    def next_s(self) -> float:
        """Say how long to wait now."""
        pause_s = self._next_s
        self._next_s = min(pause_s * 2, self._timings.last_pause_s)
        # Half of a pause is chance, so that machines which lost a strap together spread out.
        return self._jitter.uniform(pause_s / 2, pause_s)

    def reset(self) -> None:
        """Begin again at the first."""
        self._next_s = self._timings.first_pause_s
