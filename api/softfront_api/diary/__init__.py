"""What is remembered; the database lives only here."""

from .arriving import Arrival, after, arrivals, bring, count, give_up, share_done, wait_for
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
from .whole import (
    CHUNKS,
    TABLES,
    Snapshot,
    body_in_place,
    counts,
    ends_at,
    put_back,
    readings_back,
    snapshot,
    spoken_for,
)

__all__ = [
    "CHUNKS",
    "TABLES",
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
    "Snapshot",
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
    "body_in_place",
    "bring",
    "chunked",
    "count",
    "counts",
    "decision_id",
    "eligible",
    "ends_at",
    "fresh",
    "give_up",
    "held_back",
    "held_rises",
    "marks_of",
    "offers",
    "put_back",
    "readings_back",
    "share_done",
    "skim",
    "snapshot",
    "spoken_for",
    "unmeasured",
    "wait_for",
    "window_of",
]
