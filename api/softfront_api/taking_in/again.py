"""The past thought through anew, shift by shift, after a decoder or a rule has changed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from softfront_signal.indicator import RULE_VERSION
from softfront_signal.moments import State

from ..diary import Diary, StoredDecision, StoredWindow, window_of
from ..errors import DamagedChunk
from ..tact import GATES, REASONS
from .afterwards import afterwards
from .marks import Derived, Past, Stretch

_MARKER = "rederived"
_CHOSEN = ("prompted", "silent_control")
# What is held at once: longer shifts are written in pieces.
_PIECE_MS = 12 * 3_600_000
_END_MS = 2**53


@dataclass(frozen=True, slots=True)
class Rederived:
    """What became of the past."""

    shifts: int = 0
    marks: int = 0
    changed: int = 0
    """Marks of which anything is other than before."""
    otherwise: int = 0
    """Those of them whose state, reason or verdict is."""
    offers: int = 0
    """Marks at which something was offered, or by chance was not: they stay as decided."""
    left: int = 0
    """Shifts left as they were: their readings are damaged, or two sessions claim one moment."""


def rederive(
    diary: Diary,
    from_ms: int | None = None,
    to_ms: int | None = None,
    on_shift: Callable[[int, int], None] = lambda done, of: None,
) -> Rederived:
    """Derive windows and decisions anew from the readings and what was answered, oldest first.

    What was received, offered, answered, paused, written or set stays as it is. Each shift is put
    in place whole; what was broken off goes on where it was. `on_shift` is told how many of how
    many are done.
    """
    past = Past(diary)
    pieces = tuple(_pieces(diary.shifts(), from_ms, to_ms))
    whole = from_ms is None and to_ms is None
    done_ms = _done_ms(diary) if whole else 0
    todo = [piece for piece in pieces if piece.reach_ms > done_ms]
    told = Rederived()
    for at, piece in enumerate(todo, start=1):
        last = at == len(todo)
        marker = ((_MARKER, _mark(piece, done=last)),) if whole else ()
        told = _add(told, piece, _put_anew(diary, past, piece, marker))
        on_shift(at, len(todo))
    return told


def _pieces(
    shifts: Sequence[tuple[int, int]], from_ms: int | None, to_ms: int | None
) -> Iterator[Stretch]:
    """Yield the shifts that reach into a range, long ones in pieces; each knows the one before."""
    before: tuple[int, int] | None = None
    for at, (begins, ends) in enumerate(shifts):
        until_ms = shifts[at + 1][0] if at + 1 < len(shifts) else _END_MS
        if ends >= (from_ms or 0) and begins < (to_ms or _END_MS):
            for cut in range(begins, ends + 1, _PIECE_MS):
                final = cut + _PIECE_MS > ends
                reach = ends if final else cut + _PIECE_MS - 1
                until = until_ms if final else cut + _PIECE_MS
                yield Stretch(cut, reach, until, cut == begins, final, before)
        before = begins, ends


def _put_anew(
    diary: Diary, past: Past, piece: Stretch, marker: tuple[tuple[str, dict[str, object]], ...]
) -> tuple[int, ...] | None:
    """Derive one piece and store it; return its counts, or `None` where it is left as it was."""
    try:
        derived = past.derive(piece)
    except DamagedChunk:
        derived = None
    if derived is None:
        past.forget()
        diary.derive_anew((), (), marker)
        return None
    changed: list[tuple[StoredDecision, StoredWindow]] = []
    otherwise = offers = 0
    for it in derived:
        if it.stored.verdict in _CHOSEN:
            offers += 1
            continue
        decision, window = _anew(it)
        if (decision, window) != (it.stored, it.window):
            changed.append((decision, window))
            otherwise += _said(decision) != _said(it.stored)
    diary.derive_anew((d for d, _ in changed), (w for _, w in changed), marker)
    return len(derived), len(changed), otherwise, offers


def _anew(it: Derived) -> tuple[StoredDecision, StoredWindow]:
    """Decide a silent mark anew: of what tact held at the time all stays as it was."""
    before = it.stored.decision
    decision = afterwards(it.decision, (gate for gate in before.gates if gate.id in GATES))
    if decision.state is before.state and before.reason in REASONS:
        decision = replace(decision, reason=before.reason)
    window = replace(window_of(it.stored.session, decision), learnt=it.learnt)
    return replace(it.stored, decision=decision), window


def _said(stored: StoredDecision) -> tuple[State, str, str]:
    return stored.decision.state, stored.decision.reason, stored.verdict


def _add(told: Rederived, piece: Stretch, counts: tuple[int, ...] | None) -> Rederived:
    shifts = told.shifts + piece.begins
    if counts is None:
        return replace(told, shifts=shifts, left=told.left + 1)
    marks, changed, otherwise, offers = counts
    return Rederived(
        shifts,
        told.marks + marks,
        told.changed + changed,
        told.otherwise + otherwise,
        told.offers + offers,
        told.left,
    )


def _mark(piece: Stretch, *, done: bool) -> dict[str, object]:
    """Write down up to when the past is derived; a shift in pieces begins again at its start."""
    before_ms = piece.before[1] if piece.before else 0
    up_to_ms = piece.reach_ms if piece.ends else before_ms
    return {"rule_version": RULE_VERSION, "up_to_ms": up_to_ms, "done": done}


def _done_ms(diary: Diary) -> int:
    """Say up to when this rule has thought already, where that was broken off."""
    body = diary.state(_MARKER)
    if body is None or body["done"] or body["rule_version"] != RULE_VERSION:
        return 0
    return int(body["up_to_ms"])
