"""What is remembered; the database lives only here."""

from .arriving import Arrival, after, arrivals, bring, count, give_up, share_done
from .chunks import chunked, fresh
from .diary import Diary
from .marks import window_of
from .packing import Chunk
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
    "Arrival",
    "Chunk",
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
    "after",
    "arrivals",
    "bring",
    "chunked",
    "count",
    "decision_id",
    "eligible",
    "fresh",
    "give_up",
    "held_back",
    "held_rises",
    "marks_of",
    "offers",
    "share_done",
    "skim",
    "unmeasured",
    "window_of",
]
