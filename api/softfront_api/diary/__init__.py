"""What is remembered; the database lives only here."""

from .chunks import fresh
from .diary import Diary
from .invited import (
    Invitation,
    answer_invitation,
    invitations,
    invite,
    known_invitation,
)
from .journal import Search, line, line_of_pause, lines, remove_line, write_line
from .marks import window_of
from .noticing import Noticed, mark_noticed, noticed, take_back
from .practised import (
    StoredPractice,
    begin_practice,
    finish_practice,
    known_practice,
    latest_practices,
    practices,
    store_around,
    tell_practice,
)
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
    "Invitation",
    "JournalLine",
    "Json",
    "Judged",
    "Noticed",
    "Occasion",
    "Place",
    "Reader",
    "Search",
    "Skimmed",
    "Stance",
    "StoredDecision",
    "StoredMark",
    "StoredPause",
    "StoredPractice",
    "StoredPrompt",
    "StoredReading",
    "StoredSession",
    "StoredSettings",
    "StoredWindow",
    "answer_invitation",
    "begin_practice",
    "decision_id",
    "eligible",
    "finish_practice",
    "fresh",
    "held_back",
    "held_rises",
    "invitations",
    "invite",
    "known_invitation",
    "known_practice",
    "latest_practices",
    "line",
    "line_of_pause",
    "lines",
    "mark_noticed",
    "marks_of",
    "noticed",
    "offers",
    "practices",
    "remove_line",
    "skim",
    "store_around",
    "take_back",
    "tell_practice",
    "unmeasured",
    "window_of",
    "write_line",
]
