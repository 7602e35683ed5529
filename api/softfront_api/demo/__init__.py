"""The demo's person: a simulated caregiver, her shift, and the two weeks before it."""

from .caregiver import DEVICE, WORN_S, caregiver, history
from .roster import Shift, roster

__all__ = ["DEVICE", "WORN_S", "Shift", "caregiver", "history", "roster"]
