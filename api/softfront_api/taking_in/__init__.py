"""Taking in what lies behind: recordings of months, and the past thought through anew."""

from .again import Rederived, rederive
from .recordings import Taken, take_in

__all__ = ["Rederived", "Taken", "rederive", "take_in"]
