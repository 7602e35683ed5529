"""Recordings on disk: every known format, read into one run of readings, and written again."""

from .lines import FORMATS, LineProblem
from .recording import Outline, Recording, dump, go_on, load, outline, stream
from .tables import UNDATED_MS

__all__ = [
    "FORMATS",
    "UNDATED_MS",
    "LineProblem",
    "Outline",
    "Recording",
    "dump",
    "go_on",
    "load",
    "outline",
    "stream",
]
