from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from softfront_sensors.heart_rate import encode
from softfront_sensors.lead import Lead
from softfront_sensors.packet import Gap, Motion, Packet, Reading
from softfront_sensors.source import Batch, Part, Rank, SessionInfo

START = 1_781_000_000_000
BEAT, RATE_ONLY, OFF = encode(60, [1024]), encode(60, ()), encode(0, ())


def info(name: str, rank: Rank = Rank.COLLECTOR, strap: str | None = None) -> SessionInfo:
    return SessionInfo(name, "H10", START, live=True, rank=rank, strap=strap)


def batch(of: SessionInfo, *seconds: float, data: bytes = BEAT) -> Batch:
    times = [START + round(1000 * s) for s in seconds]
    return Batch(of, tuple(Packet(i, 1, t, t, data) for i, t in enumerate(times, start=1)))


def parts(lead: Lead, made: Batch, now_ms: int) -> list[Part]:
    return [each.part for each in lead.hear(made, now_ms)]


def heard(lead: Lead, of: SessionInfo, at_s: float, data: bytes = BEAT) -> Part:
    """Hear one packet, at the moment it was sent."""
    (part,) = parts(lead, batch(of, at_s, data=data), START + round(1000 * at_s))
    return part


def minute(lead: Lead, *sources: SessionInfo, from_s: int, data: bytes = BEAT) -> list[str]:
    """Let sources send each second for a minute; who led, second by second."""
    led = []
    for second in range(from_s, from_s + 60):
        found = {each.id: heard(lead, each, second, data) for each in sources}
        led.append("".join(name for name, part in found.items() if part is Part.LEADS))
    return led


ONE, TWO = info("one"), info("two")
PHONE, HERE = info("phone", Rank.APP), info("here", Rank.HERE)


def test_whoever_speaks_first_goes_on_among_equals() -> None:
    assert set(minute(Lead(), ONE, TWO, from_s=0)) == {"one"}


def test_a_spare_speaks_after_five_seconds_of_silence_and_no_sooner() -> None:
    lead = Lead()
    heard(lead, ONE, 0)
    found = [heard(lead, PHONE, second) for second in (1, 2, 3, 4, 4.9, 5, 6)]
    assert found == [Part.SPARE] * 5 + [Part.LEADS] * 2


def test_a_stronger_one_takes_over_once_it_has_been_steady_for_five_seconds() -> None:
    lead = Lead()
    minute(lead, PHONE, from_s=0)
    led = minute(lead, PHONE, HERE, from_s=60)
    assert led == ["phone"] * 6 + ["here"] * 54


def test_intervals_count_more_than_rank() -> None:
    lead = Lead()
    minute(lead, HERE, from_s=0, data=RATE_ONLY)
    for second in range(60, 120):
        heard(lead, HERE, second, RATE_ONLY)
        last = heard(lead, PHONE, second)
    assert last is Part.LEADS


def test_a_strap_that_slipped_is_silent_though_it_sends() -> None:
    lead = Lead()
    minute(lead, ONE, from_s=0)
    for second in range(60, 70):
        heard(lead, ONE, second, OFF)
        led = heard(lead, TWO, second)
    assert led is Part.LEADS


def test_who_sends_every_ten_seconds_is_not_silent_in_between() -> None:
    lead = Lead()
    for ten in range(0, 200, 10):
        lead.hear(batch(ONE, *range(ten, ten + 10)), START + 1000 * (ten + 10))
    assert heard(lead, PHONE, 215) is Part.SPARE
    assert heard(lead, PHONE, 240) is Part.LEADS


def test_a_stronger_one_that_sends_every_ten_seconds_takes_over_all_the_same() -> None:
    lead = Lead()
    counted: list[tuple[str, float]] = []
    minute(lead, PHONE, from_s=0)
    for second in range(60, 120):
        if heard(lead, PHONE, second) is Part.LEADS:
            counted.append(("phone", second))
        if second % 10 == 9:
            late = batch(ONE, *(each + 0.5 for each in range(second - 10, second)))
            led = [e for e in lead.hear(late, START + 1000 * second) if e.part is Part.LEADS]
            counted += [("one", (r.t_ms - START) / 1000) for each in led for r in each.readings]
    names = [name for name, _ in counted]
    assert names == sorted(names, reverse=True), "the word was given once"
    assert [at for _, at in counted] == sorted(at for _, at in counted)
    assert max(b - a for (_, a), (_, b) in pairwise(counted)) < 2, "and no second is missing"


def test_a_leader_goes_on_where_the_stronger_one_does_not_come_after_all() -> None:
    lead = Lead()
    minute(lead, PHONE, from_s=0)
    for second in (60, 70, 80):
        lead.hear(batch(ONE, *range(second - 12, second - 2)), START + 1000 * second)
        heard(lead, PHONE, second)
    led = minute(lead, PHONE, from_s=81)
    assert led.count("") < 30
    assert led[-1] == "phone"


def test_a_stronger_one_hours_behind_holds_nobody_up() -> None:
    lead = Lead()
    minute(lead, PHONE, from_s=3600)
    for second in range(60):
        lead.hear(batch(ONE, *range(10 * second, 10 * second + 10)), START + 1000 * (3660 + second))
        assert heard(lead, PHONE, 3660 + second) is Part.LEADS


def test_who_comes_to_speak_speaks_from_behind_what_was_counted() -> None:
    lead = Lead()
    minute(lead, ONE, from_s=0)
    older, newer = lead.hear(batch(TWO, *range(30, 90)), START + 90_000)
    assert (older.part, len(older.readings)) == (Part.SPARE, 30)
    assert (newer.part, newer.readings[0].t_ms) == (Part.LEADS, START + 60_000)


def test_movement_alone_goes_beside_unless_its_sender_has_a_heart() -> None:
    lead, walker = Lead(), info("walker", Rank.RAW)
    step = (Motion(2, 1, START + 1000, START, steps_per_min=90),)
    heard(lead, ONE, 0)
    heard(lead, TWO, 0)
    found = [parts(lead, Batch(of, step), START + 1000) for of in (walker, ONE, TWO)]
    assert found == [[Part.BESIDE], [Part.LEADS], [Part.SPARE]]


def test_movement_before_the_first_beat_does_not_lead_back_in_time() -> None:
    lead = Lead()
    minute(lead, ONE, from_s=0)
    early = Motion(1, 1, START + 30_000, START, steps_per_min=90)
    mixed = Batch(TWO, (early, *batch(TWO, 70).readings))
    assert parts(lead, mixed, START + 70_000) == [Part.SPARE, Part.LEADS]


def test_the_same_strap_in_a_later_session_goes_on_at_once() -> None:
    """A collector that crashed in an outage brings both of its sessions within a second."""
    lead, earlier = Lead(), info("before", strap="A0:9E")
    later = replace(info("after", strap="A0:9E"), started_ms=START + 62_000)
    now_ms = START + 9_000_000
    assert parts(lead, batch(earlier, *range(60)), now_ms) == [Part.LEADS]
    assert parts(lead, batch(later, *range(63, 99)), now_ms + 300) == [Part.LEADS]
    assert lead.leader == "after"


def test_the_same_strap_read_twice_at_once_is_still_counted_once() -> None:
    lead = Lead()
    one, two = info("one", strap="A0:9E"), info("two", strap="A0:9E")
    assert set(minute(lead, one, two, from_s=0)) == {"one"}


@dataclass(frozen=True, slots=True)
class Send:
    """One batch of a source, after a pause: how many readings, of which kind, how late."""

    source: int
    after_s: float
    count: int
    kind: str
    late_s: float


SOURCES = [
    info("here", Rank.HERE),
    info("one", strap="A"),
    info("two", strap="A"),
    info("phone", Rank.APP),
]
sends = st.lists(
    st.builds(
        Send,
        st.integers(0, len(SOURCES) - 1),
        st.sampled_from([0.0, 0.2, 1.0, 4.0, 6.0, 40.0]),
        st.integers(1, 4),
        st.sampled_from(["beat", "beat", "beat", "rate", "off", "motion", "gap"]),
        st.sampled_from([0.0, 0.0, 0.3, 8.0, 300.0]),
    ),
    max_size=60,
)


def reading_of(kind: str, seq: int, t_ms: int) -> Reading:
    if kind == "motion":
        return Motion(seq, 1, t_ms, t_ms, steps_per_min=0)
    if kind == "gap":
        return Gap(seq, 1, t_ms, t_ms, 1)
    return Packet(seq, 1, t_ms, t_ms, {"beat": BEAT, "rate": RATE_ONLY, "off": OFF}[kind])


def judged(sent: Sequence[Send]) -> list[tuple[int, Batch]]:
    """Send all that, each source in the order of its own clock; what became of it, and when."""
    lead, now_ms = Lead(), START
    found: list[tuple[int, Batch]] = []
    seqs, clocks = [0] * len(SOURCES), [START] * len(SOURCES)
    for send in sent:
        now_ms += round(1000 * send.after_s)
        readings = []
        for _ in range(send.count):
            seqs[send.source] += 1
            clocks[send.source] = max(clocks[send.source], now_ms - round(1000 * send.late_s))
            readings.append(reading_of(send.kind, seqs[send.source], clocks[send.source]))
        made = Batch(SOURCES[send.source], tuple(readings))
        pieces = lead.hear(made, now_ms)
        assert tuple(r for piece in pieces for r in piece.readings) == made.readings
        found += [(now_ms, piece) for piece in pieces]
    return found


@given(sends)
def test_what_leads_never_goes_back_in_time(sent: list[Send]) -> None:
    led = [r.t_ms for _, made in judged(sent) if made.part is Part.LEADS for r in made.readings]
    assert led == sorted(led)


@given(sends)
def test_two_never_lead_together(sent: list[Send]) -> None:
    spans = [
        (made.session.id, made.readings[0].t_ms, made.readings[-1].t_ms)
        for _, made in judged(sent)
        if made.part is Part.LEADS
    ]
    for (earlier, _, ended_ms), (later, began_ms, _) in pairwise(spans):
        assert earlier == later or began_ms > ended_ms


@given(sends)
def test_nobody_weaker_speaks_within_five_seconds_of_a_beat_of_the_leader(
    sent: list[Send],
) -> None:
    leader, beat_ms = "", {each.id: 0 for each in SOURCES}
    ranks = {source.id: source.rank for source in SOURCES}
    for now_ms, made in judged(sent):
        name = made.session.id
        if made.part is Part.LEADS and name != leader:
            silent = not leader or now_ms - beat_ms[leader] >= 5_000
            assert silent or ranks[name] > ranks[leader]
            leader = name
        if any(isinstance(r, Packet) and r.data == BEAT for r in made.readings):
            beat_ms[name] = now_ms
