"""Many marks at once, and of each only what is asked for."""

from . import queries
from .reading import Reader


def eligible(reader: Reader, from_ms: int, to_ms: int) -> int:
    """Count the marks in a range at which an offer would have been allowed."""
    row = reader.one(queries.eligible(from_ms, to_ms))
    return int(row.marks) if row else 0
