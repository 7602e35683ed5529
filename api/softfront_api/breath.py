"""The breath a practice keeps company with: how full it is at a second, and nothing else."""

from dataclasses import dataclass
from math import cos, pi


@dataclass(frozen=True, slots=True)
class Breath:
    """In for so long, out for so long, over and over."""

    in_s: int
    out_s: int
    from_s: int = 0
    """A second at which it turns inward."""

    def fullness(self, t_s: float) -> float:
        """Return 0 (empty) … 1 (full); it is smooth at every turn."""
        p = self._phase(t_s)
        if p < self.in_s:
            return 0.5 - 0.5 * cos(pi * p / self.in_s)
        return 0.5 + 0.5 * cos(pi * (p - self.in_s) / self.out_s)

    def inward(self, t_s: float) -> bool:
        """Say whether it goes in."""
        return self._phase(t_s) < self.in_s

    def _phase(self, t_s: float) -> float:
        return (t_s - self.from_s) % (self.in_s + self.out_s)


SIX_A_MINUTE = Breath(4, 6)
"""The pause's own: each of its steps ends with an out-breath."""
