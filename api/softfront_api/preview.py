"""What other settings would have offered on this person's own last shifts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock

from softfront_signal.moments import MARK_MS, PERCENTILES, State
from softfront_signal.threshold import Gone

from .diary import Reader, Skimmed, skim
from .leaning import lean
from .memory import TWO_WEEKS_MS, chance_of, shifts_of
from .reasons import Text, utc
from .rehearsal import Lived, Rehearsal, Rehearsed
from .settings import Settings
from .shapes.common import TextOut
from .shapes.preview import Preview, Run, ShiftOut
from .tact import LOOK_BACK_MS, WornShift

MOST_SHIFTS = 10
# A strap that was off for so long is not on any more: until then a shift may go on.
_GAP_MS = 2 * 3_600_000
_HOUR_MS = 3_600_000
# A tenth of a person's own still minutes lies farther below, where they spread evenly.
_BELOW = 1.28
_OFF = (State.OFF, State.CONTACT)
_RIBBON = {
    State.OFF: "strap_off",
    State.CONTACT: "strap_off",
    State.MOVING: "moving",
    State.NO_SIGNAL: "poor_signal",
}
_USEFUL, _NOT = ("started",), ("other_cause", "was_moving")
# More than anyone is offered in four weeks.
_ANSWERS_MOST = 400


@dataclass(frozen=True, slots=True)
class _Past:
    """The last whole shifts as they are stored."""

    shifts: tuple[Lived, ...]
    before: tuple[WornShift, ...]
    """With those before them, for what is usual."""
    gone: tuple[Gone, ...]
    ribbons: tuple[tuple[Run, ...], ...]


class Previews:
    """Rehearses settings, and keeps what is stored at hand while a slider moves."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: tuple[tuple[int, ...], _Past] | None = None

    def of(self, diary: Reader, asked: Settings, now_ms: int) -> Preview:
        """Tell what these settings would have meant, and what the answers of late lean to."""
        past = self._past(diary, now_ms)
        if not past.shifts:
            return _nothing()
        seed = chance_of(diary)
        told = _told(past, _rehearse(past, asked, seed))
        stored = Settings.read(dict(diary.settings().body))
        other = _leant(diary, stored, now_ms)
        if other is None:
            return told
        would = _rehearse(past, other, seed)
        per_shift = sum(len(it.offers) for it in would) / len(would)
        text = Text(f"settings.suggest.p{other.percentile}", {"per_shift": _tenths(per_shift)})
        return told.model_copy(update={"suggestion": TextOut.of(text)})

    def _past(self, diary: Reader, now_ms: int) -> _Past:
        """Read the last shifts, unless nothing was stored since."""
        with self._lock:
            shifts = _whole(diary, now_ms)
            key = tuple(moment for shift in shifts for moment in shift)
            if self._known is None or self._known[0] != key:
                self._known = key, _load(diary, shifts)
            return self._known[1]


def _whole(diary: Reader, now_ms: int) -> list[tuple[int, int]]:
    """Find the last shifts that began within four weeks and are over."""
    from_ms = now_ms - LOOK_BACK_MS
    found = [it for it in diary.shifts(from_ms) if it[0] >= from_ms and now_ms - it[1] > _GAP_MS]
    return found[-MOST_SHIFTS:]


def _load(diary: Reader, shifts: Sequence[tuple[int, int]]) -> _Past:
    if not shifts:
        return _Past((), (), (), ())
    first_ms, last_ms = shifts[0][0], shifts[-1][1] + 1
    lived = tuple(Lived.of(at, end, skim(diary, at, end + 1)) for at, end in shifts)
    return _Past(
        lived,
        shifts_of(diary, first_ms - LOOK_BACK_MS, last_ms),
        diary.gone(first_ms - TWO_WEEKS_MS, last_ms),
        tuple(tuple(_runs(it)) for it in lived),
    )


def _rehearse(past: _Past, asked: Settings, seed: bytes | None) -> list[Rehearsed]:
    rehearsal = Rehearsal(asked, past.gone, past.before, seed)
    return [rehearsal.go(shift) for shift in past.shifts]


def _told(past: _Past, went: Sequence[Rehearsed]) -> Preview:
    n, offers = len(went), sum(len(it.offers) for it in went)
    worn = [_worn(shift) for shift in past.shifts]
    share = _share(sum(it.eligible for it in went), sum(worn))
    lines = [Text("settings.preview", {"shifts": n, "per_shift": _tenths(offers / n)})]
    if share is not None:
        lines.append(Text("settings.preview.eligible", {"pct": 100 * share}))
    seen = [outside for it in went for outside in it.still_outside if outside is not None]
    return Preview(
        shifts=n,
        offers_per_shift=offers / n,
        eligible_share=share,
        still_outside_share=_share(sum(seen), len(seen)),
        days=[_shift(*each) for each in zip(past.shifts, went, worn, past.ribbons, strict=True)],
        lines=[TextOut.of(line) for line in lines],
        missing=None,
        suggestion=None,
    )


def _nothing() -> Preview:
    return Preview(
        shifts=0,
        offers_per_shift=None,
        eligible_share=None,
        still_outside_share=None,
        days=[],
        lines=[],
        missing=TextOut(id="settings.preview.none"),
        suggestion=None,
    )


def _shift(shift: Lived, went: Rehearsed, worn: int, ribbon: tuple[Run, ...]) -> ShiftOut:
    return ShiftOut.model_validate(
        {
            "from": utc(shift.from_ms),
            "to": utc(shift.to_ms),
            "worn_h": worn * MARK_MS / _HOUR_MS,
            "eligible_share": _share(went.eligible, worn),
            "offers": [utc(t_ms) for t_ms in went.offers],
            "states": ribbon,
        }
    )


def _runs(shift: Lived) -> Iterator[Run]:
    """Tell a shift as a ribbon; where marks are missing the strap was off."""
    begin_ms, state = shift.from_ms, "strap_off"
    last_ms = shift.from_ms
    for mark in shift.marks:
        if mark.t_ms - last_ms > 2 * MARK_MS and state != "strap_off":
            yield _run(shift, begin_ms, last_ms, state)
            begin_ms, state = last_ms, "strap_off"
        here, last_ms = _ribbon(mark), mark.t_ms
        if here != state:
            if mark.t_ms > begin_ms:
                yield _run(shift, begin_ms, mark.t_ms, state)
            begin_ms, state = mark.t_ms, here
    if shift.to_ms > begin_ms:
        yield _run(shift, begin_ms, shift.to_ms, state)


def _run(shift: Lived, begin_ms: int, end_ms: int, state: str) -> Run:
    begin_s, end_s = ((ms - shift.from_ms) // 1000 for ms in (begin_ms, end_ms))
    return Run.model_validate({"from_s": begin_s, "to_s": end_s, "state": state})


def _ribbon(mark: Skimmed) -> str:
    if mark.state in _RIBBON:
        return _RIBBON[mark.state]
    drop = mark.z[1] if mark.z else None
    return "below_usual" if drop is not None and drop > _BELOW else "still"


def _worn(shift: Lived) -> int:
    return sum(mark.state not in _OFF for mark in shift.marks)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _tenths(number: float) -> str:
    """Write a number small enough that whole ones would hide it."""
    return f"{number:.1f}"


def _leant(diary: Reader, stored: Settings, now_ms: int) -> Settings | None:
    """Return the settings that the answers of four weeks lean to, where they do."""
    recent = [p for p in diary.prompts(limit=_ANSWERS_MOST) if p.t_ms > now_ms - LOOK_BACK_MS]
    useful = _count(_USEFUL, (p.status for p in recent))
    told = useful + _count(_NOT, (p.status for p in recent))
    at = PERCENTILES.index(stored.percentile) + lean(useful, told)
    if not 0 <= at < len(PERCENTILES) or PERCENTILES[at] == stored.percentile:
        return None
    return stored.model_copy(update={"percentile": PERCENTILES[at]})


def _count(wanted: tuple[str, ...], said: Iterable[str]) -> int:
    return sum(status in wanted for status in said)
