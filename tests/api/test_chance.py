"""Chance between an offer and silence, through a whole shift."""

from pathlib import Path

import pytest

from softfront_api.diary import Stance
from softfront_api.memory import chance_of
from softfront_api.replies import Replies
from softfront_api.tact import OFFERED, draw

from .living import Home, a_shift

SENT = a_shift()


def choosing(folder: Path, seed: bytes) -> Home:
    """Ask to compare before the heart rises; `seed` is what chance draws from."""
    home = Home(folder, SENT)
    home.replies = Replies(home.session, seed=lambda: seed)

    async def asks(home: Home) -> None:
        settings = home.session.day.settings.model_copy(update={"compare": True})
        await home.replies.change(settings, 0)

    return home.says(600, asks)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Name the decision of this shift at which an offer is made without chance."""
    with Home(tmp_path_factory.mktemp("plain"), SENT).lives() as home:
        return home.diary.prompts()[0].id


def seed_by_which(first: str, *, offered: bool) -> bytes:
    return next(s for s in map(bytes, range(1, 20)) if (draw(s, first) < OFFERED) is offered)


def test_a_silence_that_chance_chose_is_stored_and_nothing_is_told(
    tmp_path: Path, first: str
) -> None:
    with choosing(tmp_path, seed_by_which(first, offered=False)).lives() as home:
        (chosen,) = home.diary.occasions(0, 2**53)
        stored = home.diary.decision_near(chosen.t_ms)
        assert home.diary.prompts() == ()
        assert home.bus.of("prompt") == []
        told = {body["stance"]["name"] for body in home.bus.of("now")}
    assert told == {"free"}
    assert stored is not None
    assert (stored.verdict, stored.decision.reason) == ("silent_control", "silent_control")
    assert stored.stance == Stance("silent_control", chosen.t_ms)
    assert (chosen.id, chosen.offered, chosen.p) == (stored.id, False, OFFERED)
    assert chosen.rise_ms == stored.decision.rise_ms
    assert chosen.strength == stored.decision.z_hr
    assert chosen.draw >= OFFERED


def test_an_offer_that_chance_chose_is_stored_with_what_it_drew(tmp_path: Path, first: str) -> None:
    seed = seed_by_which(first, offered=True)
    with choosing(tmp_path, seed).lives() as home:
        (chosen,) = home.diary.occasions(0, 2**53)
        assert [offer.id for offer in home.diary.prompts()] == [chosen.id]
        assert chance_of(home.diary) == seed
        told = [body["stance"]["name"] for body in home.bus.of("now")]
    assert (chosen.offered, chosen.draw) == (True, draw(seed, chosen.id))
    assert set(told) == {"free", "prompted", "refractory"}


def test_what_chance_draws_from_is_kept_for_ever(tmp_path: Path) -> None:
    with choosing(tmp_path, b"first").lives() as home:
        kept = chance_of(home.diary)
    with Home(tmp_path, SENT) as home:
        home.replies = Replies(home.session, seed=lambda: b"second")
        home.lives()
        assert home.session.day.seed == kept == b"first"
