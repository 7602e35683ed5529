"""From a strap in the room to a diary elsewhere, without losing a reading on the way."""

from .collecting import Clocks, Collector
from .pace import Timings
from .sending import Carrier
from .standing import Standing

__all__ = ["Carrier", "Clocks", "Collector", "Standing", "Timings"]
