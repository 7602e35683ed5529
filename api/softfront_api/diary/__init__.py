"""What is remembered; the database lives only here."""

from .chunks import fresh
from .diary import Diary
from .doings import BY_HAND, OFFERED, Doing, doings, offered_at
from .marks import window_of
from .quarters import MEASURES, MINUTES, QUARTER_MS, Glance, Quarters, bare, glances, quarters
from .reading import Reader
from .rises import StoredMark, held_rises, marks_of
from .skimming import Reasoned, Skimmed, eligible, reasons, skim
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
    "BY_HAND",
    "MEASURES",
    "MINUTES",
    "OFFERED",
    "QUARTER_MS",
    "Diary",
    "Doing",
    "Entry",
    "Glance",
    "HeldBack",
    "JournalLine",
    "Json",
    "Judged",
    "Occasion",
    "Place",
    "Quarters",
    "Reader",
    "Reasoned",
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
    "bare",
    "decision_id",
    "doings",
    "eligible",
    "fresh",
    "glances",
    "held_back",
    "held_rises",
    "marks_of",
    "offered_at",
    "offers",
    "quarters",
    "reasons",
    "skim",
    "unmeasured",
    "window_of",
]
