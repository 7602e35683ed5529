import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from softfront_api.__main__ import app
from softfront_api.errors import DamagedRecording, FolderMissing, NoRecordings
from softfront_api.evaluating.folder import intervals, labelled, people
from softfront_api.evaluating.injecting import LENGTH, Spoil, quiet, spoil
from softfront_api.evaluating.scoring import Flags, rmssd, score, score_labelled, summary
from softfront_sensors.simulated import Person
from softfront_signal.batch.artefacts import judge
from softfront_signal.batch.series import Ints, Series

HEART = np.array(
    [rr for _, (_, rr) in zip(range(4000), Person(3).beats(), strict=False)], dtype=np.int64
)
STRETCH = HEART[:LENGTH]


def by_rule(rr_ticks: Ints) -> Flags:
    return np.asarray(judge(Series.of_ticks(rr_ticks)) != 0)


def never(rr_ticks: Ints) -> Flags:
    return np.zeros(len(rr_ticks), dtype=np.bool_)


def always(rr_ticks: Ints) -> Flags:
    return ~never(rr_ticks)


def write(file: Path, head: list[str], rows: list[list[object]]) -> None:
    with gzip.open(file, "wt", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([head, *rows])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [[round(float(rr) * 1000 / 1024, 3)] for rr in HEART]
    write(tmp_path / "subject_one_rr_ms.csv.gz", ["rr_ms"], [[row[0]] for row in rows])
    early = HEART.copy()
    early[100::200] = early[100::200] * 7 // 10
    early[101::200] = early[101::200] * 13 // 10
    at = np.cumsum(early) * 128 // 1024
    names = np.full(len(at), "N")
    names[100::200] = "V"
    beats: list[list[object]] = [[int(a), str(n)] for a, n in zip(at, names, strict=True)]
    beats.insert(50, [beats[49][0], "~"])
    write(tmp_path / "subject_one_labelled_beats.csv.gz", ["sample128", "label"], beats)
    return tmp_path


@pytest.mark.parametrize("kind", [kind for kind in Spoil if kind is not Spoil.NOTHING])
def test_a_spoilt_stretch_is_the_other_outside_what_was_spoilt(kind: Spoil) -> None:
    spoilt = spoil(STRETCH, kind, np.random.default_rng(1))
    assert spoilt.events == 24
    assert spoilt.rr_ticks.sum() == STRETCH.sum()
    assert set(spoilt.rr_ticks[spoilt.event < 0]) <= set(STRETCH)
    assert len(np.unique(spoilt.event[spoilt.event >= 0])) == 24
    again = spoil(STRETCH, kind, np.random.default_rng(1))
    assert np.array_equal(again.rr_ticks, spoilt.rr_ticks)


@pytest.mark.parametrize("kind", [kind for kind in Spoil if kind is not Spoil.NOTHING])
def test_the_rule_finds_what_was_put_in_and_leaves_the_rest_alone(kind: Spoil) -> None:
    found = score(spoil(STRETCH, kind, np.random.default_rng(2)), STRETCH, by_rule)
    assert found.found >= (23 if kind is Spoil.MISALIGNED else 24)
    assert found.kept >= 0.997 * found.clean
    assert found.rmssd_error is not None
    assert found.rmssd_error < 0.03


def test_who_flags_nothing_finds_nothing_and_who_flags_all_leaves_nothing() -> None:
    spoilt = spoil(STRETCH, Spoil.ECTOPIC, np.random.default_rng(3))
    blind, wild = score(spoilt, STRETCH, never), score(spoilt, STRETCH, always)
    assert (blind.found, blind.kept) == (0, blind.clean)
    assert (blind.rmssd_error or 0) > 1
    assert (wild.found, wild.kept, wild.rmssd_error) == (24, 0, None)


def test_quiet_is_where_no_neighbour_jumps() -> None:
    assert [len(stretch) for stretch in quiet(HEART)] == [LENGTH] * 3
    broken = HEART.copy()
    broken[::100] *= 2
    assert quiet(broken) == []
    assert quiet(HEART[: LENGTH - 1]) == []


def test_rmssd_is_taken_over_neighbours_that_are_both_kept() -> None:
    rr = np.array([800, 810, 5000, 790, 800])
    assert rmssd(rr, np.array([True, True, False, True, True])) == 10.0
    assert rmssd(rr, np.array([True, False, True, False, True])) is None


def test_labels_are_told_by_early_and_normal_beats(folder: Path) -> None:
    beats = labelled(folder / "subject_one_labelled_beats.csv.gz")
    assert (beats.label == "~").sum() == 0
    found = score_labelled(beats, by_rule)
    assert found.events == 20
    assert found.found == 20
    assert found.kept > 0.995 * found.clean
    assert score_labelled(beats, never).found == 0


@pytest.mark.parametrize("beats", [0, 1])
def test_labels_of_nothing_are_refused_and_a_few_are_scored(folder: Path, beats: int) -> None:
    file = folder / "subject_one_labelled_beats.csv.gz"
    write(file, ["sample128", "label"], [[100 * n, "N"] for n in range(beats)])
    with pytest.raises(DamagedRecording):
        labelled(file)
    write(file, ["sample128", "label"], [[100, "N"], [200, "V"], [300, "N"]])
    assert score_labelled(labelled(file), never).events == 1


def test_many_scores_are_one_summary() -> None:
    scores = [
        score(spoil(STRETCH, Spoil.EXTRA, np.random.default_rng(n)), STRETCH, by_rule)
        for n in range(3)
    ]
    whole = summary(scores)
    assert (whole.events, whole.sensitivity) == (72, 1.0)
    assert summary([]).sensitivity is None


def test_a_folder_is_evaluated_the_same_each_time(folder: Path) -> None:
    command = ["evaluate", str(folder), "--only", "artefacts", "--json"]
    first, second = (CliRunner().invoke(app, command) for _ in range(2))
    assert first.exit_code == 0
    assert first.stdout == second.stdout
    told = json.loads(first.stdout)
    assert told["recordings"] == 1
    assert set(told["injected"]) == {"missed", "extra", "ectopic", "misaligned"}
    assert told["injected"]["missed"]["sensitivity"] == 1.0
    assert told["clean"]["specificity"] > 0.99
    assert told["labelled"]["one"]["found"] == 20


def test_a_table_is_for_people(folder: Path) -> None:
    ran = CliRunner().invoke(app, ["evaluate", str(folder), "--only", "artefacts"])
    assert ran.exit_code == 0
    assert "misaligned" in ran.stdout
    assert "Labelled beats of one: 20 of 20" in ran.stdout


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-200])


def no_number(file: Path) -> None:
    write(file, ["rr_ms"], [["800"], ["7x7"], ["810"]])


def other_columns(file: Path) -> None:
    write(file, ["seconds"], [["0.8"]])


@pytest.mark.parametrize("damage", [cut_short, no_number, other_columns])
def test_a_damaged_file_is_named_and_nothing_of_it_told(
    folder: Path, damage: Callable[[Path], None]
) -> None:
    file = folder / "subject_one_rr_ms.csv.gz"
    damage(file)
    with pytest.raises(DamagedRecording) as damaged:
        intervals(file)
    assert file.name in str(damaged.value)
    assert "7x7" not in str(damaged.value)
    ran = CliRunner().invoke(app, ["evaluate", str(folder), "--only", "artefacts", "--json"])
    assert (ran.exit_code, ran.stdout) == (1, "")


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FolderMissing):
        people(tmp_path / "none")
    with pytest.raises(NoRecordings):
        people(tmp_path)
    short = tmp_path / "subject_a_rr_ms.csv.gz"
    write(short, ["rr_ms"], [["800"]] * 100)
    ran = CliRunner().invoke(app, ["evaluate", str(tmp_path), "--only", "artefacts"])
    assert ran.exit_code == 3
    assert CliRunner().invoke(app, ["evaluate", str(tmp_path), "--only", "x"]).exit_code == 2
