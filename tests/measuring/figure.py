"""One measured number and what it is held against."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number and what it is held against; without a target it is only told."""

    name: str
    value: float
    unit: str
    target: float | None = None
    at_least: bool = False
    """Whether the target is the least that will do, and not the most."""

    @property
    def holds(self) -> bool | None:
        """Say whether it is within its target."""
        if self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target

    def line(self) -> str:
        """Write it as a line of JSON."""
        body = asdict(self) | {"value": float(f"{self.value:.4g}"), "holds": self.holds}
        return json.dumps(body)

    def cells(self) -> tuple[str, str, str, str, str]:
        """Write it as a row for people: name, value, unit, target, whether it holds."""
        bound = "" if self.target is None else f"{'≥' if self.at_least else '≤'} {self.target:,g}"
        holds = {True: "yes", False: "no", None: ""}[self.holds]
        value = f"{self.value:,.0f}" if self.value >= 100 else f"{self.value:.3g}"
        return self.name, value, self.unit, bound, holds
