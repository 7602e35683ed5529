from collections.abc import Sequence
from pathlib import Path

import pytest

from softfront_api.diary import Diary, Entry, StoredDecision
from softfront_api.errors import DamagedChunk
from softfront_api.memory import recall, recalled, remember
from softfront_api.shapes.heard import PauseIn
from softfront_api.tact import Deferred, Given, Later, Stamp, Stood, TactState
from softfront_sensors.packet import Reading
from softfront_sensors.simulated import Episode, Kind
from softfront_signal.moments import Answer, Route, Wording

from .living import START, Home, Time, a_shift, from_second, up_to_second

LENGTH_S = 2600
SENT = a_shift(
    LENGTH_S,
    Episode(Kind.SLIP, 900, 40),
    Episode(Kind.WALK, 1700, 60),
    Episode(Kind.STRAIN, 2450, 120),
)


async def pauses(home: Home) -> None:
    await home.replies.begin_pause("a-key-of-the-page", PauseIn())


async def was_moving(home: Home) -> None:
    offer = home.diary.prompts()[0]
    await home.replies.answer(offer.id, Answer.WAS_MOVING)


def live_on(
    folder: Path, until_s: float, sent: Sequence[Reading] = SENT
) -> tuple[StoredDecision, ...]:
    """Take a shift up where it was left, and live it on to a second."""
    with Home(folder, up_to_second(sent, until_s), live=False) as home:
        stands_s = ((home.diary.reach("one") or START) - START) / 1000
        for at_s, say in ((700, pauses), (1450, was_moving)):
            if at_s > stands_s:
                home.says(at_s, say)
        home.lives()
        return home.diary.decisions(START, START + LENGTH_S * 1000)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[StoredDecision, ...]:
    return live_on(tmp_path_factory.mktemp("undisturbed"), LENGTH_S)


@pytest.mark.parametrize(
    "stops_s", [(3,), (705, 915, 1003), (1398, 1402), (1460, 2000), (1722.5, 2510.2)]
)
def test_a_shift_with_restarts_is_decided_as_one_without(
    tmp_path: Path, undisturbed: tuple[StoredDecision, ...], stops_s: tuple[float, ...]
) -> None:
    for stop_s in stops_s:
        live_on(tmp_path, stop_s)
    assert live_on(tmp_path, LENGTH_S) == undisturbed
    assert "prompted" in [stored.verdict for stored in undisturbed]


def test_stillness_told_by_an_accelerometer_outlives_a_restart(tmp_path: Path) -> None:
    shaken = a_shift(LENGTH_S, accelerometer=True)
    undisturbed = live_on(tmp_path / "one", LENGTH_S, shaken)
    for stop_s in (200, 274.5, 1003):
        live_on(tmp_path / "other", stop_s, shaken)
    assert live_on(tmp_path / "other", LENGTH_S, shaken) == undisturbed
    still = [stored.decision.still_s for stored in undisturbed if stored.decision.still_s]
    assert max(still) > 2000
    assert "moving" in [stored.decision.reason for stored in undisturbed]


def test_a_new_link_goes_on_with_what_is_usual_and_what_was_offered(tmp_path: Path) -> None:
    sent, time = a_shift(2900, Episode(Kind.STRAIN, 2600, 120)), Time()
    with Home(tmp_path, up_to_second(sent, 1500), time=time) as home:
        home.lives()
    time.now_ms = START + 1_560_000
    with Home(tmp_path, from_second(sent, 1560), "two", time) as home:
        home.lives()
        after = [d for d in home.diary.decisions(START, START + 3_000_000) if d.session == "two"]
        offers = home.diary.prompts()
    assert min(d.decision.t_ms for d in after) >= START + 1_560_000
    assert after[0].decision.usual is not None
    assert "refractory" in {d.decision.reason for d in after}
    assert len(offers) == 1


def test_what_tact_knows_is_read_as_it_was_written(tmp_path: Path) -> None:
    known = TactState(
        (
            Given("one", START, "boot", 12, Wording.CHECK_IN),
            Given("two", START, None, 0, Wording.PLAIN),
        ),
        Later("offer", START + 1, START + 2),
        (Stamp("one", START, "boot", 5, 6),),
        (Stamp("two", START, None, 7, 8),),
        Deferred("one", START, START, START - 45_000, Route.RMSSD, spent=True),
        Stood("deferred", START, START + 5000),
        99,
    )
    with Home(tmp_path, SENT) as home:
        assert recall(home.diary) == TactState()
        home.diary.begin_session(home.source.session)
        home.diary.commit(Entry("one", state=remember(known)))
        assert recall(home.diary) == known


def test_what_an_earlier_version_knew_is_read() -> None:
    offer = {"session": "one", "t_ms": START, "boot": None, "mono_ms": 3, "wording": "plain"}
    later = {"prompt_id": "p", "from_ms": 1, "until_ms": 2}
    known = recalled({"given": [offer], "later": later})
    assert known == TactState((Given("one", START, None, 3, Wording.PLAIN),), Later("p", 1, 2))


def test_readings_that_can_no_longer_be_read_do_not_keep_the_house_shut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Home(tmp_path, up_to_second(SENT, 600), live=False) as home:
        home.lives()

    def damaged(*_: object, **__: object) -> object:
        raise DamagedChunk("one", 1)

    monkeypatch.setattr(Diary, "readings", damaged)
    with Home(tmp_path, SENT, live=False) as home:
        home.lives()
        assert home.session.last_seq == SENT[-1].seq
