"""What is remembered; the database lives only here."""

from .chunks import fresh
from .diary import Diary
from .reading import Reader
from .rises import StoredMark
from .rows import window_of
from .stored import (
    Entry,
    JournalLine,
    Json,
    Judged,
    Place,
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
    "Place",
    "Reader",
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
    "window_of",
]
