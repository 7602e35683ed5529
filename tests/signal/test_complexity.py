from collections.abc import Sequence
from math import log, pi, sin, sqrt
from random import Random
from statistics import mean, stdev

import numpy as np
import pytest

from softfront_signal.artefacts import JudgedBeat
from softfront_signal.complexity import (
    PARTS,
    SIZES,
    Scaling,
    SlidingScaling,
    add_up,
    entropy,
    exponent,
    match,
    misfit,
    patterns,
    slope,
    tabulate,
    tolerance,
)

from .making import START, judged

END = START + 300_000

# NeuroKit2 0.2.13 on `heart(seed)`: fractal_dfa(rr, scale=np.arange(4, 17)), and
# entropy_sample(rr, delay=1, dimension=2, tolerance=0.2 * np.std(rr, ddof=1)).
NEUROKIT = [
    (0.8840077064777986, 1.582231319931843),
    (0.7559982076944933, 1.7716977410106174),
    (0.8195036716887838, 1.6337025344337315),
    (0.7649432691310121, 1.7234003782630047),
    (0.730590480072406, 1.7352266418958409),
    (0.7024925867407862, 1.9994943951894197),
    (0.7130441689269049, 1.961395866494694),
    (0.7317126718372468, 1.858492845532811),
    (0.6190946003135338, 1.9574265911168727),
    (0.8143959978791021, 2.0241930674493576),
    (0.724273162373796, 1.9083470474796647),
    (0.5797932852466047, 1.999204110999161),
]


def heart(seed: int, beats: int = 350) -> list[int]:
    draw, rr, drift, at = Random(seed), [], 0.0, 0.0
    for _ in range(beats):
        drift = 0.9 * drift + draw.gauss(0, 12)
        swing = 30 * sin(2 * pi * (0.17 + 0.01 * seed) * at)
        rr.append(round(850 + 10 * seed + drift + swing + draw.gauss(0, 8)))
        at += rr[-1] / 1024
    return rr


def summed(rr: list[int]) -> list[int]:
    sums = [0] * 3 * (len(rr) + 1)
    add_up(rr, sums)
    return sums


def alpha1(rr: list[int], ends: list[int] | None = None) -> tuple[float, float]:
    misfits, boxes = [0] * (SIZES * PARTS), [0] * (SIZES * PARTS)
    tabulate(summed(rr), ends or [len(rr)], misfits, boxes)
    return exponent(misfits, boxes)


def sampen(rr: list[int], ends: list[int] | None = None) -> tuple[float, float]:
    begins, pairs, longer = [0] * len(rr), [0] * (PARTS + 1), [0] * (PARTS + 1)
    count = patterns(ends or [len(rr)], begins)
    match(rr, begins[:count], tolerance(rr), pairs, longer)
    return entropy(pairs, longer)


def naive_alpha1(stretches: Sequence[Sequence[int]]) -> float:
    """Fit every box by numpy, as one would on paper."""
    logs = []
    for size in range(4, 17):
        squares = []
        for stretch in stretches:
            summed = np.cumsum(np.array(stretch) - 1000.0)
            for first in range(0, len(stretch) - size + 1, size // 2):
                box, at = summed[first : first + size], np.arange(size)
                squares += list((box - np.polyval(np.polyfit(at, box, 1), at)) ** 2)
        logs.append(log(sqrt(mean(squares))))
    return float(np.polyfit(np.log(np.arange(4, 17)), logs, 1)[0])


def naive_sampen(stretches: Sequence[Sequence[int]]) -> float:
    """Compare every pattern with every other, as one would on paper."""
    within = 0.2 * stdev([rr for stretch in stretches for rr in stretch])
    found = [tuple(s[at : at + 3]) for s in stretches for at in range(len(s) - 2)]
    pairs = [
        [abs(a - b) <= within for a, b in zip(one, other, strict=True)]
        for at, one in enumerate(found)
        for other in found[at + 1 :]
    ]
    return -log(sum(all(p) for p in pairs) / sum(all(p[:2]) for p in pairs))


def measured(beats: Sequence[JudgedBeat], t_ms: int = END) -> Scaling:
    sliding = SlidingScaling()
    for one in beats:
        sliding.add([one])
    return sliding.at(t_ms)


def test_alpha1_keeps_within_three_percent_of_neurokit() -> None:
    off = sorted(abs(alpha1(heart(seed))[0] / a - 1) for seed, (a, _) in enumerate(NEUROKIT))
    assert off[-1] < 0.03


@pytest.mark.parametrize("seed", range(len(NEUROKIT)))
def test_sample_entropy_is_what_neurokit_finds(seed: int) -> None:
    assert sampen(heart(seed))[0] == pytest.approx(NEUROKIT[seed][1], rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_alpha1_is_its_definition(seed: int) -> None:
    rr, ends = heart(seed), [90, 105, 240, 350]
    apart = [rr[a:b] for a, b in zip([0, *ends], ends, strict=False)]
    assert alpha1(rr)[0] == pytest.approx(naive_alpha1([rr]), rel=1e-9)
    assert alpha1(rr, ends)[0] == pytest.approx(naive_alpha1(apart), rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_sample_entropy_is_its_definition(seed: int) -> None:
    rr, ends = heart(seed, 200), [60, 62, 130, 200]
    apart = [rr[a:b] for a, b in zip([0, *ends], ends, strict=False)]
    assert sampen(rr)[0] == pytest.approx(naive_sampen([rr]), rel=1e-9)
    assert sampen(rr, ends)[0] == pytest.approx(naive_sampen(apart), rel=1e-9)


def test_a_box_that_goes_evenly_up_has_no_misfit() -> None:
    assert misfit(summed([900] * 16), 0, 16) == 0
    assert misfit(summed([900, 901, 900, 900]), 0, 4) > 0


def test_white_noise_scales_by_a_half_and_its_sum_by_one_and_a_half() -> None:
    draw = Random(1)
    steps = [draw.gauss(0, 40) for _ in range(4000)]
    white = [round(900 + step) for step in steps]
    walk = np.round(1000 + np.cumsum(steps)).astype(int).tolist()
    # Boxes as small as these are known to read noise somewhat high (Peng and others 1995).
    assert alpha1(white)[0] == pytest.approx(0.57, abs=0.05)
    assert alpha1(walk)[0] == pytest.approx(1.5, abs=0.05)


def test_no_box_and_no_pattern_reaches_across_a_break() -> None:
    # Two hearts at different levels: the step between them is no one's fluctuation.
    one, other = heart(1, 175), [rr + 400 for rr in heart(2, 175)]
    together, apart = alpha1(one + other)[0], alpha1(one + other, [175, 350])[0]
    assert abs(apart - mean([alpha1(one)[0], alpha1(other)[0]])) < 0.05
    assert abs(together - apart) > 0.1


def test_an_artefact_and_a_cut_break_a_stretch() -> None:
    rr = heart(4, 300)
    beats = judged(rr[:150], flagged=[70]) + judged(rr[150:], start_ms=START + 130_000, run=2)
    found = measured(beats)
    assert found.alpha1 == alpha1(rr[:70] + rr[71:], [70, 149, 299])[0]
    assert (found.beats, found.valid) == (300, 299)


def test_standard_errors_of_alpha1_are_as_large_as_the_spread() -> None:
    found = [alpha1(shuffled(seed)) for seed in range(150)]
    ratio = sqrt(mean(se**2 for _, se in found)) / stdev(a for a, _ in found)
    assert 0.8 < ratio < 1.25


def shuffled(seed: int) -> list[int]:
    """Return a heart of the same kind, but another one."""
    draw, rr, drift, phase = Random(seed), [], 0.0, 0.0
    for _ in range(350):
        drift = 0.9 * drift + draw.gauss(0, 12)
        phase += 2 * pi * 0.22 * draw.gauss(1, 0.2)
        rr.append(round(850 + drift + 30 * sin(phase) + draw.gauss(0, 8)))
    return rr


def test_standard_errors_of_entropy_are_about_as_large_as_the_spread() -> None:
    found = [sampen(shuffled(seed)) for seed in range(60)]
    ratio = sqrt(mean(se**2 for _, se in found)) / stdev(e for e, _ in found)
    assert 0.75 < ratio < 1.4


def test_alpha1_is_withheld_below_half_of_the_window() -> None:
    half, less = judged([1024] * 75 + [1030] * 76), judged([1024] * 75 + [1030] * 70)
    assert (measured(half).alpha1 or 0) > 0
    found = measured(less)
    assert (found.alpha1, found.alpha1_se, found.beats) == (None, None, 145)


def test_alpha1_is_withheld_where_no_stretch_is_long_enough() -> None:
    found = measured(judged(heart(1), flagged=range(0, 350, 12)))
    assert found.coverage > 0.8
    assert found.alpha1 is None


def test_a_heart_that_never_varies_has_no_exponent() -> None:
    assert measured(judged([1024] * 300)).alpha1 is None


def test_a_slope_is_left_out_where_a_part_holds_everything() -> None:
    misfits, boxes = [0] * (SIZES * PARTS), [0] * (SIZES * PARTS)
    tabulate(summed([1000] * 300 + heart(1, 30)), [330], misfits, boxes)
    assert slope(misfits, boxes, -1) > 0
    assert not slope(misfits, boxes, PARTS - 1) > 0


def test_what_lies_before_the_window_is_forgotten() -> None:
    old, new = judged(heart(7, 300)), judged(heart(5, 300), start_ms=START + 600_000)
    sliding = SlidingScaling()
    for one in old + new:
        sliding.add([one])
    assert sliding.at(START + 900_000) == measured(new, START + 900_000)


def test_verdicts_that_change_replace_those_that_stood() -> None:
    beats, first = judged(heart(3, 340), flagged=[100]), judged(heart(3, 340), flagged=[99])
    sliding = SlidingScaling()
    for at in range(len(beats)):
        sliding.add([*beats[max(at - 3, 0) : at], first[at] if at < 339 else beats[at]])
    assert sliding.at(END) == measured(beats)


def test_sample_entropy_of_one_pattern_over_and_over_is_nothing() -> None:
    assert sampen([900, 1000] * 100)[0] == 0.0


def test_entropy_is_withheld_where_nothing_is_alike() -> None:
    found = sampen([500, 700, 900, 1100, 1300, 1500])
    assert np.isnan(found).all()
