"""A stretch of time in words: the offers, and the silences between them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from .diary import Reader, Reasoned
from .diary import reasons as read
from .reasons import Text, utc
from .shapes.common import TextOut
from .shapes.silences import Reasons, Run

LONGEST_MS = 2 * 24 * 3_600_000
# Of two minutes the commonest is told: nobody reads the hundreds of turns a shift has.
_FINE_MS = 120_000
_OFFER = "offer"
# Whatever its length, it is told: an offer came, or would have come.
_ALWAYS = (_OFFER, "silent_control", "expired")
# Told together, as one turns into the other every few marks.
_TOGETHER = {
    "short": "in_range",
    "refractory_answer": "refractory",
    "refractory_unsure": "refractory",
}
# Their sentences in the drawer say how much; of a stretch there is no one number.
_WITHOUT_NUMBER = {
    *("in_range", "moving", "moved_recently", "exertion", "signal", "silent_strap", "warmup"),
    *("refractory", "refractory_control", "budget", "snoozed", "expired", "silent_control", "late"),
    _OFFER,
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Marks one after the other that are told by one name."""

    from_ms: int
    to_ms: int
    at_ms: int
    """The latest of them that has this name."""
    name: str
    prompt_id: str | None = None


def reasons(reader: Reader, from_ms: int, to_ms: int) -> Reasons:
    """Tell a stretch of time: each offer, and each silence with its reason."""
    found = [_run(reader, it) for it in stretches(read(reader, from_ms, to_ms))]
    return Reasons.model_validate({"from": utc(from_ms), "to": utc(to_ms), "runs": found})


def stretches(marks: Iterable[Reasoned]) -> list[Stretch]:
    """Join marks of equal reason, but for what lasts only for moments."""
    found: list[Stretch] = []
    for fresh in _parts(marks):
        last = found[-1] if found else None
        if last and _joins(last, fresh):
            found[-1] = replace(last, to_ms=fresh.to_ms, at_ms=fresh.at_ms)
        else:
            found.append(fresh)
    return found


def _joins(last: Stretch, fresh: Stretch) -> bool:
    """Say whether it goes on; where nothing was decided for longer, nothing is bridged."""
    same = last.name == fresh.name != _OFFER
    return same and fresh.from_ms - last.to_ms < _FINE_MS


def _parts(marks: Iterable[Reasoned]) -> Iterator[Stretch]:
    """Tell two minutes after the other; what is always told parts them."""
    for (_, always), group in groupby(marks, key=lambda it: (it.t_ms // _FINE_MS, _always(it))):
        part = list(group)
        if always:
            yield from (Stretch(*(3 * (it.t_ms,)), _name(it), it.prompt_id) for it in part)
            continue
        name = Counter(map(_name, part)).most_common(1)[0][0]
        at_ms = max(it.t_ms for it in part if _name(it) == name)
        yield Stretch(part[0].t_ms, part[-1].t_ms, at_ms, name)


def _name(mark: Reasoned) -> str:
    if mark.verdict == "prompted":
        return _OFFER
    return _TOGETHER.get(mark.reason, mark.reason)


def _always(mark: Reasoned) -> bool:
    return _name(mark) in _ALWAYS


def sentence(it: Stretch) -> Text:
    """Give the sentence of a stretch; it holds no number, as a stretch has many."""
    return Text(f"why.{'run' if it.name in _WITHOUT_NUMBER else 'none'}.{it.name}")


def _run(reader: Reader, it: Stretch) -> Run:
    prompt = reader.prompt(it.prompt_id) if it.prompt_id else None
    return Run.model_validate(
        {
            "from": utc(it.from_ms),
            "to": utc(it.to_ms),
            "at": utc(it.at_ms),
            "kind": "offer" if it.name == _OFFER else "silence",
            "text": TextOut.of(sentence(it)),
            "prompt": it.prompt_id,
            "answer": prompt.status if prompt else None,
        }
    )
