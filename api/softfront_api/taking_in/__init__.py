"""Taking in what lies behind: recordings of months, and the past thought through anew."""

from .again import Rederived, rederive
from .recordings import Taken, oldest, take_in, think_through

__all__ = ["Rederived", "Taken", "oldest", "rederive", "take_in", "think_through"]
