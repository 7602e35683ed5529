"""What is known of a strap from one session to the next."""

from softfront_sensors.source import SessionInfo
from softfront_signal.audit import Verdict
from softfront_signal.unit import Unit

from .diary import Reader


def known_unit(diary: Reader, info: SessionInfo) -> Unit | None:
    """Return the unit its strap was found to count in before this session began."""
    if info.strap is None:
        return None
    found = (Verdict.of_plain(audit).unit for audit in diary.audits(info.strap, info.started_ms))
    return next((unit for unit in found if unit is not None), None)


def unit_of(diary: Reader, session: str) -> Unit | None:
    """Return the unit a session's intervals are in, as found in it or before."""
    stored = diary.session(session)
    if stored is None:
        return None
    found = Verdict.of_plain(stored.audit).unit if stored.audit else None
    return found or known_unit(diary, stored.info)


def found_out(verdict: Verdict) -> tuple[object, ...] | None:
    """Return what makes a strap other than the standard says, for telling what is new in it."""
    found = verdict.unit, verdict.filler, verdict.frozen, verdict.doubled
    return found if any(found) else None
