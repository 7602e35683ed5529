"""What is remembered; the database lives only here."""

from .chunks import fresh
from .diary import Diary
from .marks import window_of
from .reading import Reader
from .rises import StoredMark
from .stored import (
    Entry,
    JournalLine,
    Json,
    Judged,
    Occasion,
    Place,
    Stance,
    StoredDecision,
    StoredPause,
    StoredPrompt,
    StoredReading,
    StoredSession,
    StoredSettings,
    StoredWindow,
    decision_id,
)
from .untouched import HeldBack, held_back, offers, unmeasured

__all__ = [
    "Diary",
    "Entry",
    "HeldBack",
    "JournalLine",
    "Json",
    "Judged",
    "Occasion",
    "Place",
    "Reader",
    "Stance",
    "StoredDecision",
    "StoredMark",
    "StoredPause",
    "StoredPrompt",
    "StoredReading",
    "StoredSession",
    "StoredSettings",
    "StoredWindow",
    "decision_id",
    "fresh",
    "held_back",
    "offers",
    "unmeasured",
    "window_of",
]
