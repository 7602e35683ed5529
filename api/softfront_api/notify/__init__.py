"""How an offer reaches a person: the page that is open, the desktop, the phone."""

from .bus import Bus, Event, Listener
from .calling import NotSent
from .desktop import Desktop, Place
from .phone import Phone
from .voices import Voice, Voices

__all__ = ["Bus", "Desktop", "Event", "Listener", "NotSent", "Phone", "Place", "Voice", "Voices"]
