"""The strap in the room, as every command reads it."""

from pathlib import Path

from softfront_sensors.accelerometer import movement
from softfront_sensors.strap import KnownStraps, Strap

from ..clock import Clock


def strap_here(folder: Path, wanted: tuple[str, ...], clock: Clock) -> Strap:
    """Make the source of the strap in the room, with what this folder remembers of straps."""
    return Strap(
        wanted,
        known=KnownStraps(folder / "straps.json"),
        boot=clock.boot_id,
        movement=movement,
        wall_ms=clock.wall_ms,
        mono_ms=clock.mono_ms,
    )
