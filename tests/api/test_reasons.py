import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC
from functools import cache
from pathlib import Path

import pytest

from softfront_api.day import Day
from softfront_api.diary import Judged, StoredPause, decision_id
from softfront_api.doing import of_pause
from softfront_api.reasons import detail, lines, offer, place, sentence, utc, why
from softfront_api.settings import Settings
from softfront_api.tact import OFFERED, draw
from softfront_api.words import say
from softfront_sensors.packet import Packet, Reading
from softfront_sensors.simulated import Episode, Kind
from softfront_signal.moments import Answer, Band, Decision, Gate, Missing, State
from softfront_signal.monitor import Tick

from .living import START, a_shift
from .test_day import SENT, a_day, hear

RISE_MS = START + 1_325_000
LONG = a_shift(1700, Episode(Kind.STRAIN, 1340, 340), Episode(Kind.SLIP, 900, 60))


def with_settings(**said: object) -> Day:
    return a_day(settings=Settings.model_validate(said))


def shaken() -> tuple[Judged, ...]:
    return hear(a_day(), a_shift(400, accelerometer=True))


def unlearnt() -> tuple[Judged, ...]:
    from softfront_signal.baseline import Baseline
    from softfront_signal.monitor import Monitor

    day = a_day()
    day._monitor = Monitor(Baseline())
    return hear(day, SENT)


def in_a_pause() -> tuple[Judged, ...]:
    day = a_day()
    day.begin(of_pause(StoredPause("p", "key", RISE_MS)), RISE_MS)
    return hear(day, SENT)


def after_effort() -> tuple[Judged, ...]:
    day = a_day()
    hear(day, [r for r in SENT if r.t_ms < RISE_MS])
    day.hear_answer(Answer.WAS_MOVING, RISE_MS)
    return hear(day, [r for r in SENT if r.t_ms >= RISE_MS])


def unseen_walk() -> tuple[Judged, ...]:
    walk = a_shift(1700, Episode(Kind.WALK, 1300, 300), Episode(Kind.STRAIN, 1310, 200))
    return hear(a_day(), [r for r in walk if isinstance(r, Packet)])


def taken() -> tuple[Judged, ...]:
    day = a_day()
    day.busy_until_ms = lambda t_ms: t_ms + 1
    return hear(day, SENT)


def chosen_silence() -> tuple[Judged, ...]:
    day = with_settings(compare=True)
    day.seed = next(seed for seed in map(bytes, range(1, 9)) if not offers(day, seed))
    return hear(day, LONG)


def offers(day: Day, seed: bytes) -> bool:
    """Say whether this seed offers at the first candidate of the shift."""
    first = next(each.decision.t_ms for each in hear(a_day(), LONG) if each.verdict == "prompted")
    return draw(seed, decision_id(day.info.id, first)) < OFFERED


def never_still() -> tuple[Judged, ...]:
    """Sit with someone for half an hour while the heart stays up."""
    day = with_settings(with_someone_until=utc(START + 4_000_000))
    return hear(day, a_shift(2700, *(Episode(Kind.STRAIN, 1320 + 60 * i, 120) for i in range(20))))


def fallen_silent() -> tuple[Judged, ...]:
    day = a_day()
    hear(day, SENT[:300])
    day._think(Tick(SENT[300].t_ms + 60_000), SENT[300].t_ms)
    return day.pending.decisions


def noisy() -> tuple[Judged, ...]:
    lost: list[Reading] = [
        r for i, r in enumerate(SENT) if not (r.t_ms > START + 600_000 and i % 3 == 0)
    ]
    return hear(a_day(), lost)


@cache
def lived() -> tuple[Judged, ...]:
    """Every kind of moment there is."""
    snoozed = utc(START + 2_000_000)
    return (
        *hear(a_day(), LONG),
        *hear(a_day(), SENT, behind_ms=40_000),
        *hear(with_settings(offers=False), SENT),
        *hear(with_settings(max_per_shift=0), SENT),
        *hear(with_settings(snoozed_until=snoozed), SENT),
        *hear(with_settings(snoozed_shift=utc(START + 2_000_000)), SENT),
        *hear(with_settings(quiet_hours=[{"from": "00:00", "to": "00:00"}]), SENT),
        *taken(),
        *chosen_silence(),
        *never_still(),
        *shaken(),
        *unlearnt(),
        *in_a_pause(),
        *after_effort(),
        *unseen_walk(),
        *fallen_silent(),
        *noisy(),
    )


def of_reason(reason: str) -> list[Decision]:
    return [each.decision for each in lived() if each.decision.reason == reason]


def test_every_kind_of_silence_is_among_them() -> None:
    silent = {each.decision.reason for each in lived() if each.verdict != "prompted"}
    assert silent == {
        *("warmup", "learning", "moving", "moved_recently", "in_range", "short", "strap_off"),
        *("silent_strap", "signal", "exertion", "stationary_effort", "refractory", "budget"),
        *("quiet", "snoozed", "paused", "late", "in_pause", "snoozed_shift", "with_patient"),
        *("calendar", "silent_control", "refractory_control", "expired"),
    }


def told(judged: Iterable[Judged]) -> set[str]:
    keys = set()
    for each in judged:
        texts = [*lines(each.decision, each.verdict), sentence(each.decision)]
        further = detail(each.decision)
        for text in [*texts, *([further] if further else [])]:
            assert "{" not in say(text.id, zone=UTC, values=text.values)
            keys.add(text.id)
    return keys


def test_every_moment_has_its_sentences_and_all_their_values() -> None:
    keys = told(lived())
    assert {"why.guess", "why.rule", "why.known_from", "why.still", "why.signal"} <= keys
    assert sum(key.startswith("why.none.") for key in keys) >= 18


def test_an_unusable_measure_is_said_to_be_that_and_nothing_more() -> None:
    d = replace(
        of_reason("in_range")[0],
        reason="irregular",
        state=State.NO_SIGNAL,
        missing=Missing.IRREGULAR,
    )
    assert say(why(d, "silent").id) == "No number: the measure was not usable."
    assert sentence(d).id == "state.irregular.line"


def test_movement_is_told_in_what_it_was_measured() -> None:
    told = {why(d, "silent").id: why(d, "silent").values for d in of_reason("moving")}
    assert {key: set(values) for key, values in told.items()} == {
        "why.none.moving": {"steps"},
        "why.none.moving_mg": {"mg"},
    }
    mg = told["why.none.moving_mg"]["mg"]
    text = say("why.none.moving_mg", values=told["why.none.moving_mg"])
    assert text == f"No offer: you were moving ({mg} thousandths of gravity)."


def test_every_gate_has_a_name_here_and_on_the_page() -> None:
    gates = {gate.id for each in lived() for gate in each.decision.gates}
    assert len(gates) == 19
    ways = ("", ".open", ".closed")
    assert all(say(f"why.gate.{gate}{way}") for gate in gates for way in ways)
    ledger = Path(__file__).parents[2] / "dashboard" / "src" / "lib" / "ledger.ts"
    named = re.search(r"NAMES = new Set\((\[.*?\])\)", ledger.read_text(), re.DOTALL)
    assert named is not None
    assert set(json.loads(re.sub(r",\s*\]", "]", named[1]))) == gates


def test_every_unit_of_a_gate_has_a_text_here_and_on_the_page() -> None:
    units = {gate.unit for each in lived() for gate in each.decision.gates if gate.unit}
    assert {"steps/min", "mg", "min", "%", "bpm", "s"} <= units
    ledger = Path(__file__).parents[2] / "dashboard" / "src" / "lib" / "ledger.ts"
    named = re.search(r"UNIT[^{]*\{(.*?)\}", ledger.read_text(), re.DOTALL)
    assert named is not None
    for unit in units:
        assert re.search(rf'^  "?{re.escape(unit)}"?: "why\.row\.\w+",$', named[1], re.MULTILINE)


def test_within_ones_range_is_only_said_where_both_are() -> None:
    for d in of_reason("in_range"):
        assert d.usual is not None
        inside = {
            place(d.window.hr_bpm, d.usual.heart_rate),
            place(d.window.rmssd_ms, d.usual.rmssd),
        } == {"inside"}
        assert (why(d, "silent").id == "why.none.in_range") == inside


def test_an_offer_tells_the_difference_that_is_seen() -> None:
    prompted = next(each.decision for each in lived() if each.verdict == "prompted")
    assert prompted.usual is not None
    rate = Band(60.0, 70.0, 64.5)
    d = replace(
        prompted,
        window=replace(prompted.window, hr_bpm=84.5),
        usual=replace(prompted.usual, heart_rate=rate),
    )
    text = why(d, "prompted")
    shown = [int(n) for n in re.findall(r"\d+", say(text.id, values=text.values))]
    hold_s, rate_shown, delta, median = shown
    assert (hold_s, rate_shown - delta) == (d.held_s, median)


def test_an_offer_names_the_indicator_it_was_made_for() -> None:
    prompted = [each.decision for each in lived() if each.verdict == "prompted"]
    assert {offer(d).id for d in prompted} <= {
        "prompt.body.hr",
        "prompt.body.rmssd",
        "prompt.body.both",
    }
    assert all(say(offer(d).id, values=offer(d).values) for d in prompted)


def test_silence_that_was_asked_for_names_its_end() -> None:
    text = why(of_reason("snoozed")[0], "silent")
    assert say(text.id, values=text.values).endswith("until 10:46.")


@pytest.mark.parametrize(
    "reason", ["refractory_answer", "refractory_control", "refractory_unsure", "snoozed_shift"]
)
def test_a_gate_with_several_reasons_behind_it_tells_which(reason: str) -> None:
    d = replace(of_reason("refractory")[0], reason=reason)
    text = why(d, "silent")
    assert text.id == f"why.none.{reason}"
    assert "{" not in say(text.id, values=text.values)


@pytest.mark.parametrize(
    ("t_ms", "text"), [(0, "1970-01-01T00:00:00Z"), (1, "1970-01-01T00:00:00.001Z")]
)
def test_moments_are_written_in_utc(t_ms: int, text: str) -> None:
    assert utc(t_ms) == text


def test_a_value_on_the_edge_of_its_band_is_inside() -> None:
    band = Band(60.0, 70.0, 65.0)
    assert [place(v, band) for v in (59.9, 60.0, 70.0, 70.1, None)] == [
        "below",
        "inside",
        "inside",
        "above",
        None,
    ]
    assert place(60.0, None) is None


def test_a_gate_without_a_number_leaves_the_sentence_whole() -> None:
    d = replace(of_reason("moved_recently")[0], gates=(Gate("motion", False),))
    text = why(d, "silent")
    assert "no value" in say(text.id, values=text.values)
