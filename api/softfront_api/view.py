"""This moment, as it is shown: never without its age, never an old number as a new one."""

from softfront_sensors.source import StrapState, StrapStatus
from softfront_signal.moments import Decision, Missing

from .day import Day
from .diary import Invitation, StoredDecision, StoredPrompt
from .reasons import HOLD_S, Text, detail, found_of, hint, no_bluetooth, sentence, utc
from .shapes.common import TextOut, metrics
from .shapes.moments import Hold, Now, Prompt, Stance, Strap
from .shapes.practices import InvitationOut
from .shapes.proxy import Proxy

_OPEN = ("offered", "later")
# The page shows an age from the first second; after fifteen no mark is this moment's any more.
_STALE_MS = 15_000


def now(
    stored: StoredDecision | None,
    offer: StoredPrompt | None,
    day: Day,
    now_ms: int,
    status: StrapStatus,
    invited: Invitation | None = None,
) -> Now:
    """Tell the moment from the latest mark and the latest offers, all as they are stored."""
    fresh = stored is not None and (not day.info.live or now_ms - stored.decision.t_ms < _STALE_MS)
    d = stored.decision if stored and fresh else None
    rate, variation = metrics(d)
    said, further = _sentences(stored, d, status)
    rules = day.settings.rules(now_ms)
    quiet = max(rules.quiet_until_ms or 0, rules.snoozed_until_ms or 0)
    worn = d is not None and d.missing not in (Missing.NO_LINK, Missing.STRAP_OFF)
    return Now(
        at=utc(d.t_ms) if d else None,
        age_s=max(0.0, (now_ms - d.t_ms) / 1000) if d else None,
        demo=day.info.demo,
        worn_since=utc(day.shift_start_ms) if worn and day.shift_start_ms else None,
        state=d.state.value if d else "off",
        missing=_missing(stored, d.missing if d else None, fresh),
        sentence=TextOut.of(said),
        detail=TextOut.of(further) if further else None,
        heart_rate=rate,
        rmssd=variation,
        soothing=Proxy.of(d),
        still_s=d.still_s if d else None,
        hold=Hold(held_s=d.held_s if d else 0, needed_s=d.needed_s if d else HOLD_S),
        learning_percent=d.learnt_percent if d else 0,
        strap=strap(stored, day, now_ms, status),
        prompt=Prompt.of(offer) if offer and offer.status in _OPEN else None,
        invitation=InvitationOut.of(invited) if invited else None,
        quiet_until=_ahead(quiet, now_ms),
        offers=rules.offers,
        stance=_stance(stored if fresh else None, day),
        with_someone_until=_ahead(rules.with_until_ms, now_ms),
        calendar=_calendar(day),
    )


def _stance(stored: StoredDecision | None, day: Day) -> Stance:
    """Tell how offers stand; a silence that chance chose stays unsaid for as long as it lasts."""
    stands = day.stands
    stance = Stance.of(stored.stance, stands.until_ms if stands else None) if stored else None
    hidden = stands.hidden if stands else bool(day.tact.controls)
    if stance is None or hidden or stance.name in ("free", "silent_control"):
        return Stance(name="free", since=None, until=None)
    if stands is None or stands.stance != stance.name:
        return stance.model_copy(update={"until": None})
    return stance


def _calendar(day: Day) -> TextOut | None:
    problem = day.calendar
    return TextOut(id=problem.key, values=problem.values) if problem and problem.key else None


def _ahead(until_ms: int | None, now_ms: int) -> str | None:
    return utc(until_ms) if until_ms is not None and until_ms > now_ms else None


def _sentences(
    stored: StoredDecision | None, d: Decision | None, status: StrapStatus
) -> tuple[Text, Text | None]:
    """Give the sentence and the line below it; without any mark, what keeps a strap away."""
    if d is None and status.problem is not None:
        return no_bluetooth(status.problem)
    if d is None and stored is not None:
        since = {"time": utc(stored.decision.t_ms)}
        return Text("now.no_link", since), Text("now.no_link.detail")
    return sentence(d), detail(d)


def strap(stored: StoredDecision | None, day: Day, now_ms: int, status: StrapStatus) -> Strap:
    """Tell how the link to the strap stands."""
    d = stored.decision if stored else None
    gate = next((g for g in d.gates if g.id == "contact"), None) if d else None
    since_beat_s = None
    if status.last_beat_ms is not None:
        since_beat_s = max(0.0, (now_ms - status.last_beat_ms) / 1000)
    elif d is not None and gate is not None and gate.value is not None:
        since_beat_s = gate.value + max(0.0, (now_ms - d.t_ms) / 1000)
    linked = status.state in (StrapState.LIVE, StrapState.SILENT, StrapState.SUBSCRIBED)
    return Strap(
        state=status.state.value,
        name=status.name,
        model=status.model,
        battery_percent=status.battery_percent,
        contact=(day.contact.value if gate.open else "lost") if linked and gate else None,
        since=utc(status.since_ms) if status.since_ms else None,
        last_beat_age_s=since_beat_s,
        problem=status.problem.value if status.problem else None,
        incomplete=status.incomplete,
        hint=TextOut.of(hint(status.hint)) if status.hint else None,
        audit=[TextOut.of(found) for found in found_of(day.verdict.to_plain())],
    )


def _missing(stored: StoredDecision | None, missing: Missing | None, fresh: bool) -> str | None:
    if stored is None or not fresh:
        return Missing.NO_LINK.value
    return missing.value if missing else None
