"""In which unit a strap counts: told right within a minute, and never over a gap."""

from dataclasses import replace
from functools import cache
from random import Random

import pytest

from softfront_sensors.heart_rate import Contact, HeartRate, decode, encode
from softfront_signal.audit import Audit, Verdict
from softfront_signal.unit import Unit, in_ticks

from .making import START
from .wearing import Worn

SEEDS = range(300)
MINUTE = 60.5
# What came in the last few packets only vouches for the run of a verdict.
VOUCHING = 4


@cache
def counts_in(seed: int) -> Unit:
    return Random(f"unit {seed}").choice(list(Unit))


def worn(seed: int, length_s: int = 60, **given: float) -> Worn:
    return Worn.of(seed, length_s=length_s, words_per_s=counts_in(seed).per_s, **given)


def heard(strap: Worn) -> tuple[Verdict, tuple[float, float]]:
    """Hear a strap until its unit is told; give the verdict and the run it rests upon."""
    audit, arrivals_s = Audit(), []
    for sent, true_s in strap.packets():
        arrivals_s += [(sent.t_ms - START) / 1000] if true_s else []
        audit.hear(sent, decode(sent.data))
        if audit.unit is not None:
            break
    verdict = audit.verdict
    run_s = verdict.run_s or 0.0
    end_s = arrivals_s[-1 - VOUCHING] if verdict.unit else 0.0
    return verdict, (end_s - run_s, end_s)


@cache
def first_minute(seed: int) -> Verdict:
    return heard(worn(seed))[0]


def test_the_unit_is_told_right_within_a_minute_for_97_straps_in_100() -> None:
    right = sum(first_minute(seed).unit is counts_in(seed) for seed in SEEDS)
    assert right >= 0.97 * len(SEEDS)


def test_the_unit_is_never_told_wrong() -> None:
    told = [(first_minute(seed).unit, counts_in(seed)) for seed in SEEDS]
    assert [pair for pair in told if pair[0] not in (None, pair[1])] == []


def test_the_evidence_is_the_slope_and_the_strap_s_own_rate() -> None:
    for verdict in map(first_minute, SEEDS):
        if verdict.unit is None:
            continue
        assert verdict.slope == pytest.approx(verdict.unit.per_s, rel=0.03)
        assert verdict.hr_ratio == pytest.approx(verdict.unit.per_s / 1024, abs=0.01)
        assert 20 <= (verdict.run_s or 0) <= MINUTE
        assert verdict.coverage == pytest.approx(verdict.unit.per_s / 1024, abs=0.06)


@pytest.mark.parametrize(
    "loss", [{"lose": 0.02}, {"lose": 0.05}, {"lose_packets": 0.02}, {"lose_packets": 0.05}]
)
def test_a_verdict_is_never_given_on_a_run_with_gaps(loss: dict[str, float]) -> None:
    for seed in range(200):
        strap = worn(seed, 240, **loss)
        verdict, (from_s, to_s) = heard(strap)
        assert verdict.unit in (None, counts_in(seed))
        if verdict.unit is not None:
            assert not [at for at in strap.lost_s if from_s < at <= to_s]


def changed(
    seed: int,
    rate_by: float = 1.0,
    epoch_every_s: int = 1000,
    drop: int = 0,
    drop_until_s: int = 1000,
    length_s: int = 600,
) -> Verdict:
    """Hear a strap whose rate is wrong, whose link is short, or that drops one beat in so many."""
    audit, beats, rest = Audit(), 0, 0.0
    for at, (sent, _) in enumerate(worn(seed, length_s).packets()):
        said = decode(sent.data)
        words = list(said.rr_ticks)
        if drop and at < drop_until_s:
            words = [w for n, w in enumerate(words, beats) if n % drop]
        beats += len(said.rr_ticks)
        rate = (said.hr_bpm or 0) * rate_by + rest
        rest = rate - round(rate)
        packet = replace(sent, data=encode(round(rate), words), epoch=1 + at // epoch_every_s)
        audit.hear(packet, decode(packet.data))
    return audit.verdict


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("drop", [20, 35])
def test_a_strap_that_goes_on_losing_beats_gets_no_verdict(seed: int, drop: int) -> None:
    assert changed(seed, drop=drop).unit is None


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("rate_by", [0.0, 0.95, 1.05, 1.2])
def test_without_the_heart_rate_s_word_no_unit_is_told(seed: int, rate_by: float) -> None:
    assert changed(seed, rate_by).unit is None


def test_a_rate_that_is_off_by_what_the_units_differ_is_not_believed_alone() -> None:
    # Only where heart and packets keep step for a minute can the slope not contradict it.
    wrong = 0
    for seed in range(60):
        by = 1000 / 1024 if counts_in(seed) is Unit.TICKS else 1024 / 1000
        wrong += changed(seed, by, length_s=120).unit not in (None, counts_in(seed))
    assert wrong <= 1


def test_a_lost_packet_begins_the_run_anew() -> None:
    # The run must then be another 45 s long, and had been judged after as long without.
    packets = [sent for sent, _ in worn(1, 120).packets()]
    del packets[30]
    told_s = []
    audit = Audit()
    for packet in packets:
        audit.hear(packet, decode(packet.data))
        told_s += [(packet.t_ms - START) / 1000] if audit.unit else []
    assert 30 + 45 <= told_s[0] < 30 + 60


def test_a_link_that_has_lost_beats_is_not_judged_by_a_minute_without_loss() -> None:
    assert changed(1, drop=20, drop_until_s=300).unit is None
    assert changed(1, drop=20, drop_until_s=40).unit is counts_in(1)


def test_a_new_link_begins_the_run_anew() -> None:
    assert changed(1).unit is counts_in(1)
    assert changed(1, epoch_every_s=40).unit is None


def test_a_lost_beat_looks_like_the_other_unit_and_is_not_taken_for_it() -> None:
    # Of 41 beats one is lost: the slope is that of milliseconds, and the rate says ticks.
    seed = next(s for s in SEEDS if counts_in(s) is Unit.TICKS)
    found = changed(seed, drop=41)
    assert found.coverage == pytest.approx(1000 / 1024, abs=0.005)
    assert found.unit is None


def test_milliseconds_are_read_to_the_nearest_tick() -> None:
    said = HeartRate(70, Contact.ON, None, (0, 1, 500, 857, 1000, 0xFFFF), incomplete=False)
    assert in_ticks(said).rr_ticks == (0, 1, 512, 878, 1024, 67_108)
    assert in_ticks(said).hr_bpm == 70
