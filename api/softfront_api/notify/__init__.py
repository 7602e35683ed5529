"""How an offer reaches a person: the page that is open, and the desktop."""

from .bus import Bus, Event, Listener
from .desktop import Desktop, Place

__all__ = ["Bus", "Desktop", "Event", "Listener", "Place"]
