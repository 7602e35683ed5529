"""A person's own moments without an offer, found in what was decided and measured once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from softfront_api.diary import Diary, Entry, Judged, StoredPause, StoredPrompt, decision_id
from softfront_api.errors import DiaryFull
from softfront_api.outcomes import ready_ms
from softfront_api.tact import LIFETIME_MS
from softfront_api.untreated import WITHIN_MS, silent, untreated
from softfront_api.without import ENOUGH, without
from softfront_sensors.packet import Packet
from softfront_sensors.source import SessionInfo
from softfront_signal.moments import Decision, Route, State, Wording

from .chances import chosen, measured
from .living import START
from .test_returns import SILENT

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
NOW_MS = START + 200 * DAY_MS


@pytest.fixture
def diary(tmp_path: Path) -> Iterator[Diary]:
    with Diary.open(tmp_path / "data", demo=False) as opened:
        opened.begin_session(SessionInfo("one", "made", START, live=True))
        yield opened


def candidates(rise_ms: int, n: int = 3, verdict: str = "silent") -> list[Judged]:
    """Let a rise be a candidate at so many marks, from its 45th second on."""
    marks = (rise_ms + 45_000 + 5_000 * i for i in range(n))
    return [Judged(candidate(t_ms, rise_ms), verdict) for t_ms in marks]


def candidate(t_ms: int, rise_ms: int) -> Decision:
    return replace(
        SILENT,
        t_ms=t_ms,
        window=replace(SILENT.window, t_ms=t_ms),
        state=State.CANDIDATE,
        route=Route.HEART_RATE,
        held_s=(t_ms - rise_ms) // 1000,
        rise_ms=rise_ms,
    )


def offer(t_ms: int, again_ms: int | None = None) -> StoredPrompt:
    until_ms = (again_ms or t_ms) + LIFETIME_MS
    name = decision_id("one", t_ms)
    return StoredPrompt(name, "one", t_ms, until_ms, Wording.PLAIN, "expired", {})


def keep(diary: Diary, *judged: Judged, prompts: tuple[StoredPrompt, ...] = ()) -> None:
    """Keep decisions, and one reading long after them all."""
    late = diary.last_seq("one") + 1
    reading = Packet(late, 1, NOW_MS + late, NOW_MS + late, bytes((0x10, 72, 0, 3)))
    diary.commit(Entry("one", (reading,), judged, prompts))


def told(diary: Diary, until_ms: int = NOW_MS) -> list[float]:
    """Say how many seconds after the start there was a moment without an offer."""
    return [(it.t_ms - START) / 1000 for it in untreated(diary, until_ms)]


def rise(hours: float) -> int:
    return NOW_MS - round(hours * HOUR_MS)


def second(rise_ms: int) -> float:
    return (rise_ms + 45_000 - START) / 1000


def test_a_rise_counts_once_by_its_first_candidate(diary: Diary) -> None:
    keep(diary, *candidates(rise(5)), *candidates(rise(3)))
    assert told(diary) == [second(rise(5)), second(rise(3))]


@pytest.mark.parametrize("verdict", ["prompted", "silent_control"])
def test_a_rise_that_led_to_an_offer_or_to_chance_is_none(diary: Diary, verdict: str) -> None:
    """It was held back at its first marks; what came then was an offer all the same."""
    held, led = candidates(rise(5), 2), candidates(rise(5), 4, verdict)[2:3]
    after = candidates(rise(5), 6)[3:]
    keep(diary, *held, *led, *after)
    assert told(diary) == []


def test_what_was_never_a_candidate_is_none(diary: Diary) -> None:
    watched = [
        replace(it, decision=replace(it.decision, state=State.WATCH)) for it in candidates(rise(5))
    ]
    keep(diary, *watched)
    assert told(diary) == []


@pytest.mark.parametrize(("minutes", "counts"), [(-5, False), (7, False), (-7, True), (10, True)])
def test_beside_an_offer_there_is_none(diary: Diary, minutes: float, counts: bool) -> None:
    near_ms = rise(5) + round(60_000 * minutes)
    keep(diary, *candidates(rise(5)), prompts=(offer(near_ms),))
    assert bool(told(diary)) is counts


def test_an_offer_that_came_back_counts_where_it_came_back(diary: Diary) -> None:
    keep(diary, *candidates(rise(5)), prompts=(offer(rise(5.3), again_ms=rise(5) + 60_000),))
    assert told(diary) == []


def test_a_pause_by_hand_leaves_none_either(diary: Diary) -> None:
    keep(diary, *candidates(rise(5)), *candidates(rise(3)))
    diary.begin_pause(StoredPause("p", "a key", rise(5) + 240_000))
    diary.finish_pause("p", ended_ms=rise(5) + 330_000, lasted_s=90)
    assert told(diary) == [second(rise(3))]


def test_moments_share_no_minute(diary: Diary) -> None:
    restless = [rise(5) + 180_000 * i for i in range(8)]
    keep(diary, *(it for rise_ms in restless for it in candidates(rise_ms, 1)))
    # From five minutes before a rise to eight after its decision is not quite fourteen.
    assert told(diary) == [second(restless[0]), second(restless[5])]


def test_only_those_count_that_are_over_and_heard(diary: Diary) -> None:
    judged = candidates(rise(5))
    keep(diary, *judged)
    over_ms = ready_ms(judged[0].decision.t_ms)
    assert told(diary, over_ms - 1) == []
    assert told(diary, over_ms) == [second(rise(5))]


def test_what_has_not_been_brought_yet_is_not_told(diary: Diary) -> None:
    diary.commit(Entry("one", decisions=tuple(candidates(rise(5)))))
    assert told(diary) == []
    keep(diary)
    assert told(diary) == [second(rise(5))]


def test_it_reaches_back_ninety_days_and_two_hundred_moments(diary: Diary) -> None:
    old, hours = WITHIN_MS / HOUR_MS + 1, [0.5 * n for n in range(210, 0, -1)]
    keep(diary, *(it for h in (old, *hours) for it in candidates(rise(h), 1)))
    assert told(diary) == [second(rise(h)) for h in hours[-200:]]


def test_what_is_measured_is_remembered(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(diary, *candidates(rise(5)))
    first = untreated(diary, NOW_MS)
    monkeypatch.setattr("softfront_api.untreated.outcome", None)
    assert untreated(diary, NOW_MS) == first
    body = diary.state("untreated")
    assert body is not None
    assert list(body) == [decision_id("one", first[0].t_ms)]


def test_a_full_disk_keeps_nobody_from_seeing_it(
    diary: Diary, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(state: object) -> None:
        raise DiaryFull(tmp_path)

    keep(diary, *candidates(rise(5)))
    monkeypatch.setattr(diary, "put_state", full)
    assert told(diary) == [second(rise(5))]


def test_what_chance_kept_silent_is_told_with_its_outcome(diary: Diary) -> None:
    moments = [
        chosen(rise(9), offered=False, outcome=measured()),
        chosen(rise(7), offered=True, outcome=measured()),
        chosen(rise(5), offered=False),
        chosen(rise(3), offered=False, outcome=measured()),
    ]
    diary.commit(Entry("one", occasions=tuple(moments)))
    diary.begin_pause(StoredPause("p", "a key", rise(3) + 240_000))
    assert [it.t_ms for it in silent(diary, NOW_MS)] == [rise(9)]


def days_ago(days: int, offset_min: int = 0) -> int:
    return NOW_MS - days * DAY_MS + 60_000 * offset_min


def controls(diary: Diary, n: int, offset_min: int = 0, first: int = 1) -> None:
    moments = (
        chosen(
            days_ago(day, offset_min),
            offered=False,
            outcome=measured(after=3.0 + 0.1 * day, bpm=(70.0, 70.0 + day), inside=day % 2 == 0),
        )
        for day in range(first, first + n)
    )
    diary.commit(Entry("one", occasions=tuple(moments)))


def test_without_a_pause_takes_eight_moments_at_about_this_hour(diary: Diary) -> None:
    controls(diary, ENOUGH - 1, 115)
    controls(diary, 20, 125, first=10)
    assert without(diary, NOW_MS).hr_bpm is None
    controls(diary, 1, -115, first=40)
    found = without(diary, NOW_MS)
    assert found.hr_bpm is not None
    assert found.hr_bpm.n == ENOUGH
    assert (found.hr_bpm.value, found.back) == (74.5, True)


def test_the_middle_half_is_told_with_the_middle(diary: Diary) -> None:
    controls(diary, 9)
    found = without(diary, NOW_MS)
    assert found.hr_bpm is not None
    assert (found.hr_bpm.low, found.hr_bpm.value, found.hr_bpm.high) == (73.0, 75.0, 77.0)
    assert found.rmssd_ms is not None
    assert found.rmssd_ms.value == pytest.approx(2.718281828**3.5)
    assert found.back is False


def test_an_hour_before_midnight_is_near_an_hour_after_it(diary: Diary) -> None:
    diary.put_settings({"time_zone": "UTC"}, version=0)
    midnight_ms = NOW_MS - NOW_MS % DAY_MS
    moments = (midnight_ms - day * DAY_MS - 50 * 60_000 for day in range(ENOUGH))
    silent_at = (chosen(t_ms, offered=False, outcome=measured()) for t_ms in moments)
    diary.commit(Entry("one", occasions=tuple(silent_at)))
    assert without(diary, midnight_ms + HOUR_MS).hr_bpm is not None


def test_an_hour_is_that_of_the_wearers_clock(diary: Diary) -> None:
    """Nine o'clock stays nine when the clocks change, as they did two days before."""
    now_ms = START + 140 * DAY_MS  # 2026-10-27
    moments = (now_ms - day * DAY_MS - 175 * 60_000 for day in range(3, 3 + ENOUGH))
    silent_at = (chosen(t_ms, offered=False, outcome=measured()) for t_ms in moments)
    diary.commit(Entry("one", occasions=tuple(silent_at)))
    diary.put_settings({"time_zone": "UTC"}, version=0)
    assert without(diary, now_ms).hr_bpm is None
    diary.put_settings({"time_zone": "Europe/Berlin"}, version=1)
    assert without(diary, now_ms).hr_bpm is not None
