"""What is remembered; the database lives only here."""

from .chunks import fresh
from .diary import Diary
from .marks import window_of
from .moving import move_in, take_place_of
from .reading import Reader
from .rises import StoredMark, held_rises, marks_of
from .skimming import Skimmed, eligible, skim
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
    "Skimmed",
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
    "held_back",
    "held_rises",
    "marks_of",
    "move_in",
    "offers",
    "skim",
    "take_place_of",
    "unmeasured",
    "window_of",
]
