"""A chest strap in the room: found, listened to, and found again when it is lost."""

from .known import KnownStrap, KnownStraps
from .strap import Strap
from .timings import Timings

__all__ = ["KnownStrap", "KnownStraps", "Strap", "Timings"]
