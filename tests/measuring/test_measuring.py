"""What holds the measuring: figures, turns, the simple sums, the place in the README."""

import gzip
import json
from functools import partial
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from softfront_signal.batch.series import Series

from ..peers.team import Taken
from . import readme
from .calibration import cumulative_sums, one_pass
from .figure import Figure
from .hearts import Heart, hearts, simulated
from .results import rows
from .speed import Measured
from .turns import Side, costs


def test_a_figure_holds_at_most_its_target() -> None:
    assert Figure("cost", 2.0, "ratio", 2).holds
    assert not Figure("cost", 2.1, "ratio", 2).holds


def test_a_figure_may_hold_at_least_its_target() -> None:
    assert Figure("gain", 1000.0, "ratio", 1000, at_least=True).holds
    assert not Figure("gain", 999.0, "ratio", 1000, at_least=True).holds


def test_a_figure_without_a_target_is_only_told() -> None:
    assert json.loads(Figure("cost", 2.0, "µs").line())["holds"] is None


def test_sides_take_turns() -> None:
    done: list[str] = []
    sides = [Side(name, partial(done.append, name), 1) for name in "ab"]
    assert costs(sides, between=lambda turn: done.append(str(turn)), rounds=2).keys() == {"a", "b"}
    assert [name for name, _ in groupby(done)] == ["a", "b", "0", "a", "b", "1"]


def test_one_pass_reads_each_interval() -> None:
    assert one_pass(np.array([800, 810, 65_535])) == 67_145.0


def test_cumulative_sums_are_what_a_window_holds() -> None:
    beats = simulated(400).beats
    rate, sdnn, rmssd, pnn50 = cumulative_sums(beats.t_ms, beats.rr_ticks, 60_000)
    for at in (100, 399):
        within = beats.t_ms[: at + 1] > beats.t_ms[at] - 60_000
        ms = beats.rr_ticks[: at + 1][within] / 1.024
        assert rate[at] == pytest.approx(60_000 / ms.mean())
        assert sdnn[at] == pytest.approx(ms.std(ddof=1))
        assert rmssd[at] == pytest.approx(np.sqrt((np.diff(ms) ** 2).mean()))
        assert pnn50[at] == pytest.approx((np.abs(np.diff(ms)) > 50).mean())


def test_a_day_is_simulated_where_there_is_no_recording(tmp_path: Path) -> None:
    assert [heart.name for heart in hearts(tmp_path)] == ["simulated"]


def test_the_window_for_all_leaves_out_what_is_no_interval() -> None:
    rr_ticks = np.full(4000, 1024)
    rr_ticks[2100] = 60_000
    window = Heart("", Series.of_ticks(rr_ticks)).window_ms()
    assert (len(window), set(window)) == (300, {1000.0})


def test_what_no_strap_can_say_is_lost_time(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "subject_x_rr_ms.csv.gz", "wt") as file:
        file.write("rr_ms\n1000.0\n89000.0\n500.0\n")
    beats = hearts(tmp_path)[0].beats
    assert beats.rr_ticks.tolist() == [1024, 512]
    assert beats.t_ms.tolist() == [1000, 90_500]
    assert beats.run[0] != beats.run[1]


def test_results_stand_between_their_marks(tmp_path: Path) -> None:
    place = tmp_path / "README.md"
    place.write_text(f"above\n{readme.BEGIN}\nold\n{readme.END}\nbelow\n")
    readme.write(place, readme.table(["a", "b"], [["1", "2"]]))
    told = place.read_text()
    assert "old" not in told
    assert "| a | b |\n| --- | --- |\n| 1 | 2 |" in told
    assert told.startswith("above")
    assert told.endswith("below\n")


def test_a_readme_without_marks_is_left_alone(tmp_path: Path) -> None:
    place = tmp_path / "README.md"
    place.write_text("nothing here\n")
    with pytest.raises(ValueError, match="no place for results"):
        readme.write(place, "results")
    assert place.read_text() == "nothing here\n"


def test_a_peer_that_does_not_run_is_told_in_the_table() -> None:
    sides = ("artefacts", "time 60 s", "time 300 s", "spectrum", "dfa")
    gone, slow = Taken("gone", broken={"all": "gave no answer"}), Taken("slow", "1.0")
    slow.note({"correction": 0.004, "time": 0.004, "spectrum": "ValueError"})
    told = rows(Measured(("simulated",), dict.fromkeys(sides, 1e-6), (gone, slow)))
    assert told[0][5:] == ["5", "1"]
    assert told[1][-1] == "does not run: gave no answer"
    # Ours has three sides in those two parts.
    assert told[2] == ["slow 1.0", "4,000", "4,000", "ValueError", "–", "8,000", "2,667"]
