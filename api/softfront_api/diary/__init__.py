"""What is remembered; the database lives only here."""

from .chunks import fresh
from .diary import Diary
from .marks import window_of
from .reading import Reader
from .rises import StoredMark, held_rises, marks_of
from .skimming import eligible
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

__all__ = [
    "Diary",
    "Entry",
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
    "eligible",
    "fresh",
    "held_rises",
    "marks_of",
    "window_of",
]
