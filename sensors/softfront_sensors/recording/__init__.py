"""Recordings on disk: every known format, read into one run of readings, and written again."""

from .json_lines import exact
from .lines import FORMATS, UNDATED_MS, LineProblem
from .moments import named_ms
from .recording import Outline, Recording, dump, go_on, load, outline, stream
from .sidecar import write_gaps

__all__ = [
    "FORMATS",
    "UNDATED_MS",
    "LineProblem",
    "Outline",
    "Recording",
    "dump",
    "exact",
    "go_on",
    "load",
    "named_ms",
    "outline",
    "stream",
    "write_gaps",
]
