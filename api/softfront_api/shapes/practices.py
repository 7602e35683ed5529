"""The practices as they are guided, what is said of them, and one's own line over time."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from .. import practice as practices
from ..diary import Invitation, Noticed, StoredPractice
from ..pause import AFTER_TO_S, BEFORE_S, Step
from ..practice import AFTERWARDS, Branch, Choice, Invited, Kind, Practice, Sign
from ..reasons import Text, utc
from ..tact import Hours
from .around import Part
from .common import In, Out, TextOut
from .heard import Ago, Id

Guided: TypeAlias = Literal[
    "morning",
    "midday",
    "evening",
    "weekly_tonglen",
    "weekly_metta",
    "weekly_journal",
    "breath",
    "kindness",
]
"""What is begun and finished here; a pause has a door of its own."""
# As long as the longest practice.
_LASTS_MOST_S = max(it.length_s for it in practices.PRACTICES.values())


class BreathOut(Out):
    """The circle's breath: in for so long, out for so long, inward at `from_s`."""

    in_s: int
    out_s: int
    from_s: int


class ForkOut(Out):
    """A choice up to a second, and the lines of each branch."""

    until_s: int
    default: Choice
    branches: list[Branch]


class QuestionOut(Out):
    """A line one may write under."""

    at_s: int
    key: str


class OfferedOut(Out):
    """When it is offered, by the wearer's clock; Monday is 0."""

    from_: Annotated[str, Field(alias="from")]
    to: str
    days: list[int]


class Guidance(Out):
    """A practice: its steps, seconds and keys of the texts."""

    kind: Kind
    length_s: int
    breath: BreathOut | None
    bells: list[int]
    steps: list[Step]
    fork: ForkOut | None
    questions: list[QuestionOut]
    offered: OfferedOut | None

    @classmethod
    def of(cls, it: Practice, hours: Hours | None) -> "Guidance":
        """Tell a practice, and when it is offered."""
        return cls.model_validate(
            {
                "kind": it.kind,
                "length_s": it.length_s,
                "breath": it.breath and BreathOut.model_validate(it.breath, from_attributes=True),
                "bells": list(it.bells_s),
                "steps": list(it.steps),
                "fork": it.fork and ForkOut.model_validate(it.fork, from_attributes=True),
                "questions": [{"at_s": line.at_s, "key": line.text} for line in it.questions],
                "offered": hours and _offered(hours),
            }
        )


def _offered(hours: Hours) -> dict[str, object]:
    begin, end = (f"{at:%H:%M}" for at in (hours.begin, hours.end))
    return {"from": begin, "to": end, "days": sorted(hours.days)}


class Around(Out):
    """What was recorded around a practice: told, and compared with nothing."""

    text: TextOut
    before: Part
    during: Part
    after: Part

    @classmethod
    def of(cls, before: Part, during: Part, after: Part) -> "Around":
        """Put the three parts together."""
        values = {"min_before": BEFORE_S // 60, "min_after": AFTER_TO_S // 60}
        text = TextOut.of(Text("practice.recorded", values))
        return cls(text=text, before=before, during=during, after=after)


class PracticeSession(Out):
    """One time a person practised."""

    id: str
    kind: str
    started_at: str
    ended_at: str | None
    lasted_s: int | None
    choice: Choice | None
    signs: list[Sign] | None
    difficult: bool | None
    offers: list[Kind]
    """What may be offered now: after resonance or a sign, a breath or a kind moment."""
    around: Around | None

    @classmethod
    def of(cls, it: StoredPractice) -> "PracticeSession":
        """Tell a stored practice."""
        said = it.said or {}
        found = said.get("choice") == "resonance" or said.get("signs")
        return cls(
            id=it.id,
            kind=it.kind,
            started_at=utc(it.started_ms),
            ended_at=utc(it.ended_ms) if it.ended_ms is not None else None,
            lasted_s=it.lasted_s,
            choice=said.get("choice"),
            signs=said.get("signs"),
            difficult=said.get("difficult"),
            offers=list(AFTERWARDS) if found else [],
            around=Around.model_validate(it.around) if it.around else None,
        )


class PracticeIn(In):
    """A practice that has begun."""

    started_ago_s: Ago = 0
    invitation_id: Id | None = None


_Signs = Annotated[list[Sign], Field(max_length=4)]


class PracticeFinishIn(In):
    """A practice that is over."""

    lasted_s: Annotated[int, Field(ge=0, le=_LASTS_MOST_S)]
    ended_ago_s: Ago = 0
    choice: Choice | None = None
    signs: _Signs | None = None
    difficult: bool | None = None


class SignsIn(In):
    """The early signs that fit; none is an answer too."""

    signs: _Signs


class NoticedIn(In):
    """A moment at which a person noticed."""

    ago_s: Ago = 0


class NoticedOut(Out):
    """A moment that was noticed."""

    id: str
    at: str

    @classmethod
    def of(cls, it: Noticed) -> "NoticedOut":
        """Tell a stored moment."""
        return cls(id=it.id, at=utc(it.t_ms))


class LineMark(Out):
    """One mark on a person's own line; there is no sum of them anywhere."""

    at: str
    kind: Literal["noticed", "resonance", "warmth", "unsure", "sign"]
    sign: Sign | None = None


class Line(Out):
    """A person's own line over time, oldest first."""

    items: list[LineMark]


class InvitationOut(Out):
    """An offer to practise."""

    id: str
    kind: Invited
    expires_at: str
    status: Literal["offered", "started", "later", "not_now", "expired"]

    @classmethod
    def of(cls, it: Invitation) -> "InvitationOut":
        """Tell a stored invitation."""
        return cls.model_validate(
            {
                "id": it.id,
                "kind": it.kind,
                "expires_at": utc(it.expires_ms),
                "status": it.status,
            }
        )


class InvitationAnswerIn(In):
    """What a person says to an invitation."""

    answer: Literal["start", "later", "not_now"]
