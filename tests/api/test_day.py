import json
from dataclasses import replace

from softfront_api.clock import Clock
from softfront_api.day import Day
from softfront_api.diary import Judged, StoredPause
from softfront_api.doing import of_pause
from softfront_api.memory import recalled, remember
from softfront_api.settings import Settings
from softfront_api.tact import LATER_MS, Given, Later, TactState, WornShift
from softfront_sensors.packet import Motion, Packet, Reading
from softfront_sensors.simulated import Episode, Kind
from softfront_sensors.source import SessionInfo
from softfront_signal.baseline import Baseline, StillMinute
from softfront_signal.moments import Wording
from softfront_signal.monitor import Monitor

from .living import START, a_shift

SENT = a_shift()
MINUTE_MS = 60_000


def usual() -> Baseline:
    """Two weeks of quiet minutes, spread as a calm heart's are."""
    return Baseline(
        StillMinute(START - day * 1440 * MINUTE_MS + i * MINUTE_MS, 63 + i % 11, 24 + i % 19)
        for day in range(1, 11)
        for i in range(-60, 60)
    )


def a_day(
    *,
    live: bool = True,
    settings: Settings | None = None,
    tact: TactState | None = None,
    clock: Clock | None = None,
) -> Day:
    info = SessionInfo("one", "simulated", START, live=live)
    clock = clock or Clock(lambda: START, lambda: 0, "this boot")
    return Day(info, clock, Monitor(usual()), tact or TactState(), settings or Settings())


def hear(day: Day, sent: list[Reading], behind_ms: int = 10) -> tuple[Judged, ...]:
    for reading in sent:
        day.hear((reading,), reading.t_ms + behind_ms)
    return day.pending.decisions


def spoken(judged: tuple[Judged, ...]) -> list[Judged]:
    return [each for each in judged if each.verdict == "prompted"]


def reasons(judged: tuple[Judged, ...]) -> set[str]:
    return {each.decision.reason for each in judged}


def test_everything_heard_waits_to_be_stored_together() -> None:
    day = a_day()
    judged = hear(day, SENT)
    entry = day.stored()
    assert entry.readings == tuple(SENT)
    assert entry.prompts[0].id == spoken(judged)[0].prompt_id
    assert dict(entry.state)["tact"]["given"][0]["t_ms"] == entry.prompts[0].t_ms
    assert day.pending.readings == ()


def test_each_mark_is_decided_once_and_names_all_its_gates() -> None:
    judged = hear(a_day(), SENT)
    marks = [each.decision.t_ms for each in judged]
    assert marks == list(range(marks[0], marks[-1] + 1, 5000))
    assert {len(each.decision.gates) for each in judged} == {19}


def test_what_arrives_late_is_thought_about_and_never_offered() -> None:
    judged = hear(a_day(), SENT, behind_ms=36_000)
    assert not spoken(judged)
    assert "late" in reasons(judged)


def sleeping(slept_ms: int) -> tuple[Day, int]:
    """Let a rise be heard half, and the rest after a sleep in which the session's clock stood."""
    wall_ms = START
    clock = Clock(lambda: wall_ms, lambda: 0, "this boot")
    day = a_day(clock=clock)
    asleep_ms = START + 1_390_000
    for reading in SENT:
        wall_ms = reading.t_ms + (slept_ms if reading.t_ms >= asleep_ms else 0)
        day.hear((reading,), reading.t_ms)
    return day, asleep_ms


def test_what_was_heard_before_the_machine_slept_is_not_offered_when_it_wakes() -> None:
    awake, _ = sleeping(0)
    (first,) = spoken(awake.pending.decisions)
    day, woke_ms = sleeping(3_600_000)
    assert woke_ms <= first.decision.t_ms < woke_ms + 60_000
    (later,) = spoken(day.pending.decisions)
    assert woke_ms + 60_000 <= later.decision.t_ms < woke_ms + 66_000
    assert "late" in reasons(day.pending.decisions)


def test_a_replay_is_never_late() -> None:
    assert spoken(hear(a_day(live=False), SENT, behind_ms=10**9))


def test_settings_keep_silence() -> None:
    quiet = Settings.model_validate({"quiet_hours": [{"from": "00:00", "to": "00:00"}]})
    for settings, reason in ((Settings(offers=False), "paused"), (quiet, "quiet")):
        judged = hear(a_day(settings=settings), SENT)
        assert not spoken(judged)
        assert reason in reasons(judged)


def test_where_movement_is_unknown_the_offer_is_a_question() -> None:
    day = a_day()
    hear(day, [reading for reading in SENT if isinstance(reading, Packet)])
    assert {offer.wording.value for offer in day.pending.prompts} == {"checkin"}


def test_nothing_is_offered_within_a_pause() -> None:
    day, at_ms = a_day(), START + 1_350_000
    hear(day, [r for r in SENT if r.t_ms < at_ms])
    day.begin(of_pause(StoredPause("p", "key", at_ms)), at_ms)
    judged = hear(day, [r for r in SENT if r.t_ms >= at_ms])
    assert "in_pause" in reasons(judged)
    assert [each.decision.t_ms > at_ms + 90_000 for each in spoken(judged)] == [True]
    assert not day.busy(at_ms + 90_001)


def test_what_was_put_off_is_never_a_way_round_the_refractory_time() -> None:
    # An offer put off that is not the one at hand: nothing comes back in its place.
    day = a_day()
    (first,) = spoken(hear(day, SENT))
    day.tact = replace(day.tact, later=Later("another", START, START + 10 * LATER_MS))
    more = a_shift(1800, Episode(Kind.STRAIN, 1560, 200))
    judged = hear(day, [r for r in more if r.t_ms > SENT[-1].t_ms])
    assert spoken(judged) == [first]
    assert day.tact.later is None


def test_a_shift_begins_anew_after_two_hours_off() -> None:
    day = a_day()
    hear(day, SENT[:200])
    began_ms = day.shift_start_ms
    later_ms = 3 * 3_600_000
    moved = [replace(r, t_ms=r.t_ms + later_ms, seq=r.seq + 200) for r in SENT[:200]]
    hear(day, list(moved))
    assert began_ms is not None
    assert day.shift_start_ms is not None
    assert day.shift_start_ms - began_ms >= later_ms


def test_a_shift_that_begins_by_a_clock_set_back_counts_what_was_offered_ahead() -> None:
    ahead = Given("before", START, "this boot", 0, Wording.PLAIN, 0, START + 3_600_000)
    day = a_day(tact=TactState((ahead,)))
    hear(day, SENT[:20])
    assert [given.shift_ms for given in day.tact.given] == [day.shift_start_ms]


def test_steps_alone_begin_no_shift() -> None:
    day = a_day()
    hear(day, [reading for reading in SENT if isinstance(reading, Motion)])
    assert day.shift_start_ms is None
    assert day.pending.decisions == ()


def test_what_the_calendar_says_is_asked_at_every_mark() -> None:
    day, asked = a_day(), list[int]()

    def busy(t_ms: int) -> int:
        asked.append(t_ms)
        return t_ms + MINUTE_MS

    day.busy_until_ms = busy
    judged = hear(day, SENT)
    assert asked == [each.decision.t_ms for each in judged]
    assert not spoken(judged)
    assert "deferred" in {each.verdict for each in judged}
    assert {each.stance.name for each in judged if each.stance} == {"calendar"}


def test_a_shift_counts_its_room_and_leaves_it_to_the_next() -> None:
    day = a_day()
    hear(day, SENT)
    begins_ms, later_ms = day.shift_start_ms, 3 * 3_600_000
    moved = [replace(r, t_ms=r.t_ms + later_ms, seq=r.seq + len(SENT)) for r in SENT[:200]]
    marks = [each.decision for each in hear(day, list(moved))]
    room_ms = 5000 * sum(mark.eligible for mark in marks if mark.t_ms < START + later_ms)
    assert begins_ms is not None
    assert room_ms > 0
    assert day.shifts == (WornShift(begins_ms, room_ms),)


def test_a_session_takes_a_waiting_rise_on_over_a_restart() -> None:
    day, until_ms = a_day(), START + 1_450_000
    day.busy_until_ms = lambda t_ms: until_ms if t_ms < until_ms else None
    hear(day, [r for r in SENT if r.t_ms < START + 1_440_000])
    again = recalled(json.loads(json.dumps(dict(remember(day.tact))["tact"])))
    assert again == day.tact
    assert again.deferred is not None
