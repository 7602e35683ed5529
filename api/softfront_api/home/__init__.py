"""Home Assistant over MQTT: what it is told, what it may press, and a lamp that breathes."""

from .blueprint import lamp
from .discovery import Device
from .home import Home
from .place import reach

__all__ = ["Device", "Home", "lamp", "reach"]
