"""The strap in the room, as every command reads it."""

from pathlib import Path

from softfront_sensors.accelerometer import movement
from softfront_sensors.strap import KnownStraps, Strap

from ..clock import Clock


def known_in(folder: Path) -> KnownStraps:
    """Read what a folder remembers of straps."""
    return KnownStraps(folder / "straps.json")


def strap_here(
    folder: Path, wanted: tuple[str, ...], clock: Clock, known: KnownStraps | None = None
) -> Strap:
    """Make the source of the strap in the room, with what this folder remembers of straps."""
    return Strap(
        wanted,
        known=known or known_in(folder),
        boot=clock.boot_id,
        movement=movement,
        wall_ms=clock.wall_ms,
        mono_ms=clock.mono_ms,
    )
