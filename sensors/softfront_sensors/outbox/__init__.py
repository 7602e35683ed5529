"""The spool of a collector: readings on disk until they are stored for good elsewhere."""

from .outbox import CAP, Outbox
from .rows import Run

__all__ = ["CAP", "Outbox", "Run"]
