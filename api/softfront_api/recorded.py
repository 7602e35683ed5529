"""What was recorded around a practice: told as it was, scored by nobody, compared with nothing."""

from .diary import Diary, StoredPractice, known_practice, store_around
from .doing import length_s
from .pause import Spans, spans
from .results import measured_part
from .shapes.practices import Around


def recorded(diary: Diary, practice_id: str) -> StoredPractice | None:
    """Keep what lies around a practice whose minutes after it are over.

    `None` where no strap was on: then there is nothing to keep.
    """
    practice = known_practice(diary, practice_id)
    if diary.decision_near(practice.started_ms) is None:
        return None
    laid = recorded_spans(practice)
    parts = (measured_part(diary, span) for span in (laid.before, laid.during, laid.after))
    around = Around.of(*parts).model_dump(mode="json", by_alias=True)
    return store_around(diary, practice.id, around)


def recorded_spans(practice: StoredPractice) -> Spans:
    """Lay out what is recorded around a practice; no rise led to it."""
    lasted_s = length_s(practice) if practice.lasted_s is None else practice.lasted_s
    return spans(practice.started_ms, lasted_s, None)
