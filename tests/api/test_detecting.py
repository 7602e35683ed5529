import csv
import gzip
import json
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from softfront_api.__main__ import app
from softfront_api.doors.detecting import find
from softfront_api.errors import DamagedRecording, FolderMissing, NoRecordings
from softfront_api.evaluating import courses
from softfront_api.evaluating.alarms import APART, HELD, alarms, armed, auc, dropped
from softfront_api.evaluating.chance import interval, mean_of, share
from softfront_api.evaluating.deciding import think
from softfront_api.evaluating.labs import GRID, Lab
from softfront_api.evaluating.plain import plain
from softfront_api.evaluating.rules import OURS, PLAIN, scored
from softfront_sensors.recording import dump, load
from softfront_sensors.simulated import Episode, Kind, Person, readings
from softfront_signal.moments import UNCHOSEN, Choice, Rule

DAY_MS = 86_400_000
REST_S, TASK_S = 900, 300


def table(file: Path, head: list[str], rows: list[list[object]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(file, "wt", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([head, *rows])


def heart(seed: int, spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Give beats of a heart that has so many bpm for so many seconds: when, and how long after."""
    draw, beats, now = Random(seed), [], 0.0
    for length_s, bpm in spans:
        until = now + length_s
        while now < until:
            rr = 60 / bpm * (1 + draw.gauss(0, 0.03))
            now += rr
            beats.append((now, 1000 * rr))
    return beats


def lab(folder: Path, people: dict[str, float]) -> Path:
    """Let each person rest, do a task at so many bpm, and rest again."""
    labels: list[list[object]] = []
    for seed, (who, bpm) in enumerate(people.items()):
        told = heart(seed, [(REST_S, 70), (TASK_S, bpm), (REST_S, 70)])
        beats = [[round(t, 3), round(rr, 1), 1] for t, rr in told]
        table(folder / f"{who}_beats.csv.gz", ["t_s", "rr_ms", "ok"], [[*beat] for beat in beats])
        seconds: list[list[object]] = [[s, 5, ""] for s in range(2 * REST_S + TASK_S)]
        table(folder / f"{who}_1hz.csv.gz", ["t_s", "move_mg", "hr_watch_bpm"], seconds)
        edges = (0, REST_S, REST_S + TASK_S, 2 * REST_S + TASK_S)
        for at, task in enumerate(("rest", "sums", "rest")):
            labels.append([who, edges[at], edges[at + 1], int(task == "sums"), task])
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as lines:
        head = ["subject", "start_s", "end_s", "label", "task"]
        csv.writer(lines).writerows([head, *labels])
    return folder


def day(folder: Path, who: str, clock_s: int, strains: tuple[int, ...], walk: int) -> None:
    """Write three hours: sitting, with rises of three minutes and a walk of five."""
    spans, at = [], 0
    for begin in sorted((*strains, walk)):
        length_s, bpm = (300, 105) if begin == walk else (180, 92)
        spans += [(begin - at, 70.0), (length_s, bpm)]
        at = begin + length_s
    beats = heart(len(who), [*spans, (10_800 - at, 70)])
    rows: list[list[object]] = [[round(t, 3), round(rr), 0] for t, rr in beats]
    table(folder / f"{who}_beats.csv.gz", ["t_s", "rr_ms", "seg"], rows)
    bins: list[list[object]] = []
    for begin in range(0, 10_800, 15):
        bins.append([begin, 15, 25 if walk <= begin < walk + 300 else 0, 0.0])
    table(folder / f"{who}_15s.csv.gz", ["t_s", "n_s", "steps", "lying"], bins)
    with (folder / "subjects.csv").open("a", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerow([who, clock_s])


@pytest.fixture
def everything(tmp_path: Path) -> Path:
    lab(tmp_path / "lab", {"A": 95.0, "B": 92.0, "C": 98.0})
    days = tmp_path / "days"
    days.mkdir()
    (days / "subjects.csv").write_text("subject,clock0_s\n", encoding="utf-8")
    day(days, "M1", 9 * 3600, (5000, 7600), 2000)
    day(days, "M2", 10 * 3600, (6000,), 3000)
    rows: list[list[object]] = []
    for seed, task in enumerate(("sitting", "walking", "hand_bike", "jogging")):
        bpm = {"sitting": 72, "walking": 92, "hand_bike": 90, "jogging": 140}[task]
        beats = heart(seed, [(120, bpm)])
        rows += [["G1", task, 0, round(t, 3), round(rr)] for t, rr in beats]
    table(tmp_path / "gudb_beats.csv.gz", ["subject", "task", "sample250", "t_s", "rr_ms"], rows)
    return tmp_path


def evaluate(folder: Path, *more: str) -> str:
    done = CliRunner().invoke(app, ["evaluate", str(folder), *more])
    assert done.exit_code == 0, done.output
    return done.stdout


# --- when a score speaks --------------------------------------------------------------------


def test_an_alarm_is_held_for_forty_five_seconds_and_comes_again_after_ten_minutes() -> None:
    score = np.zeros(400)
    score[100 : 100 + HELD] = 2.0
    assert alarms(score, 1.0) == []
    score[100 : 101 + HELD + APART] = 2.0
    assert alarms(score, 1.0) == [100 + HELD, 100 + HELD + APART]


def test_a_mark_without_a_score_ends_the_stretch() -> None:
    score = np.full(40, 2.0)
    score[8] = np.nan
    assert alarms(score, 1.0)[0] == 9 + HELD


def test_at_a_closed_gate_an_alarm_waits_or_is_lost() -> None:
    score, gate = np.full(60, 2.0), np.ones(60, np.bool_)
    gate[:30] = False
    assert alarms(score, 1.0, gate) == [30]
    assert dropped(score, 1.0, gate) == []


def test_what_rose_on_the_move_is_armed_only_once_it_has_been_inside_at_rest() -> None:
    score, rested = np.array([0.0, 2, 2, 2, 0, 2, 2]), np.array([1, 1, 0, 1, 1, 1, 0], np.bool_)
    assert armed(score, 1.0, rested).tolist() == [True, True, False, False, True, True, False]


scores = st.lists(st.integers(-3, 3), min_size=1, max_size=30)


@given(scores, scores)
def test_the_area_is_the_share_of_pairs_in_order(raised: list[int], calm: list[int]) -> None:
    pairs = [(a > b) + 0.5 * (a == b) for a in raised for b in calm]
    area = auc(np.array(raised, np.float64), np.array(calm, np.float64))
    assert area == pytest.approx(sum(pairs) / len(pairs))


def test_of_nothing_there_is_no_area() -> None:
    assert np.isnan(auc(np.array([]), np.array([1.0])))


# --- how far it may be off ------------------------------------------------------------------


def test_few_people_say_little_and_one_says_nothing() -> None:
    draw = np.random.default_rng(1)
    wide, narrow = (interval(n, mean_of([0.0, 1.0] * (n // 2)), draw) for n in (4, 400))
    assert wide[0] is not None
    assert wide[1] is not None
    assert narrow[0] is not None
    assert narrow[1] is not None
    assert wide[1] - wide[0] > 4 * (narrow[1] - narrow[0])
    assert interval(1, mean_of([0.5]), draw) == (None, None)


def test_none_of_twelve_may_still_be_one_in_four() -> None:
    low, high = share(0, 12)
    assert low == 0
    assert high == pytest.approx(0.2425, abs=1e-3)
    assert share(0, 0) == (None, None)


# --- the lab --------------------------------------------------------------------------------


def test_a_clear_strain_is_found_by_its_rate_and_rest_is_left_alone(tmp_path: Path) -> None:
    people = [scored(it) for it in courses.stress(lab(tmp_path, {"A": 95, "B": 92, "C": 98}))]
    told = Lab([it["heart-rate"] for it in people]).told(np.random.default_rng(1))
    assert (told.found, told.episodes) == (3, 3)
    assert told.auc > 0.99
    assert told.fa_per_h < 1
    assert told.latency_s is not None
    assert 45 <= told.latency_s <= 120


def test_a_strain_that_is_none_is_not_found(tmp_path: Path) -> None:
    people = [scored(it) for it in courses.stress(lab(tmp_path, {"A": 70, "B": 70, "C": 70}))]
    told = Lab([it["heart-rate"] for it in people]).told(np.random.default_rng(1))
    assert told.sensitivity < 1
    assert 0.2 < told.auc < 0.8


def test_a_threshold_is_never_taken_from_the_person_it_is_used_on(tmp_path: Path) -> None:
    people = [scored(it)["heart-rate"] for it in courses.stress(lab(tmp_path, {"A": 95, "B": 92}))]
    row = Lab(people)
    alone = Lab(people[1:])
    assert row._place(np.array([1])) == alone._place(np.array([0]))


def test_what_cannot_be_seen_does_not_count(tmp_path: Path) -> None:
    lab(tmp_path, {"A": 95, "B": 95})
    with gzip.open(tmp_path / "A_beats.csv.gz", "rt", encoding="utf-8") as lines:
        rows = list(csv.reader(lines))[1:]
    gone: list[list[object]] = [
        [t, rr, int(not REST_S - 60 < float(t) < REST_S + TASK_S)] for t, rr, _ in rows
    ]
    table(tmp_path / "A_beats.csv.gz", ["t_s", "rr_ms", "ok"], gone)
    people = [scored(it)["heart-rate"] for it in courses.stress(tmp_path)]
    assert Lab(people).told(np.random.default_rng(1)).episodes == 1


def test_every_rule_is_scored_on_the_same_windows(tmp_path: Path) -> None:
    [course] = courses.stress(lab(tmp_path, {"A": 95}))
    by_rule = scored(course)
    assert set(by_rule) == {*OURS, *PLAIN}
    measured = [~np.isnan(it.thought.hr_bpm) for it in by_rule.values()]
    assert all((each == measured[0]).all() for each in measured)


def test_the_plain_rules_look_back_only(tmp_path: Path) -> None:
    [course] = courses.stress(lab(tmp_path, {"A": 95}))
    thought = think(course, UNCHOSEN)
    whole, half = plain(thought), len(thought.t_ms) // 2
    cut = think(replace(course, to_ms=int(thought.t_ms[half])), UNCHOSEN)
    np.testing.assert_array_equal(plain(cut).heart_rate, whole.heart_rate[: len(cut.t_ms)])
    np.testing.assert_array_equal(plain(cut).two_state, whole.two_state[: len(cut.t_ms)])


# --- days and tasks -------------------------------------------------------------------------


def test_a_day_is_known_still_rested_and_awake_where_it_was(everything: Path) -> None:
    days = {course.name: course for course in courses.free_living(everything / "days")}
    thought = think(days["M1"], Choice(Rule.HEART_RATE))
    at_s = (thought.t_ms - days["M1"].from_ms) / 1000
    assert not thought.rested[(at_s > 2100) & (at_s < 2900)].any()
    assert thought.rested[at_s > 3100].all()
    spoke = at_s[thought.candidate]
    assert any(5000 < s < 5200 for s in spoke)
    assert not any(2000 < s < 2900 for s in spoke)


@pytest.mark.parametrize("rule", Rule)
def test_a_body_at_work_is_offered_nothing_and_without_the_gate_it_is(
    everything: Path, rule: Rule
) -> None:
    from softfront_api.evaluating.moving import moving

    told = moving(everything / "gudb_beats.csv.gz", rule, lambda: None)
    assert {task: it.prompts for task, it in told.items()} == dict.fromkeys(told, 0)
    assert all(it.plain_unknown == 0 for it in told.values())
    if rule is not Rule.HRV:
        assert all(it.gate_off == it.runs for it in told.values())
        assert told["walking"].asked_unknown == 1


# --- the command ----------------------------------------------------------------------------


def test_everything_is_one_object(everything: Path) -> None:
    told = json.loads(evaluate(everything, "--json"))
    assert set(told["stress"]) == set(told["free_living"]) == {*OURS, *PLAIN}
    wanted = {"auc", "auc_se", "sensitivity", "fa_per_h", "latency_s", "episodes"}
    assert all(wanted <= set(it) for it in told["stress"].values())
    wanted = {"prompts_per_h", "worst_per_h", "people_with_prompts", "eligible_share"}
    assert all(wanted <= set(it) for it in told["free_living"].values())
    assert all("sensitivity_at_budget" in it for it in told["free_living"].values())
    assert told["motion"]["combined"]["walking"]["prompts"] == 0
    assert len(told["stress"]["combined"]["auc_interval"]) == 2
    assert told["needs"]["stress"]["coverage"] == 0.25


def test_the_same_seed_says_the_same(everything: Path) -> None:
    first, second = (evaluate(everything / "lab", "--json", "--seed", "7") for _ in range(2))
    assert first == second


def test_the_table_says_what_a_window_needed_and_where_a_goal_is_not_reached(
    everything: Path,
) -> None:
    told = evaluate(everything)
    assert "25% coverage" in told
    assert "50% coverage" in told
    assert "combined, AUC" in told
    assert "movement made up" in told


def test_own_shifts_are_lived_through_one_after_the_other(tmp_path: Path) -> None:
    for at in range(2):
        start_ms = DAY_MS * (20_000 + at)
        strain = Episode(Kind.STRAIN, 2100, 300)
        shift = list(readings(Person(3, (strain,)), start_ms, 2700))
        with (tmp_path / f"shift{at}.jsonl").open("w", encoding="utf-8") as lines:
            dump(shift, "a strap", lines)
    assert load(tmp_path / "shift0.jsonl").readings
    told = json.loads(evaluate(tmp_path, "--json"))
    assert told["own"]["combined"]["shifts"] == 2
    assert told["own"]["combined"]["hours"] == pytest.approx(1.5, abs=0.1)
    assert told["own"]["combined"]["prompts"] >= 1


def test_shifts_without_a_date_follow_one_another(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        lines = (f"{rr:.0f}" for _, rr in heart(1, [(2700, 70)]))
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
    told = json.loads(evaluate(tmp_path, "--json"))["own"]["combined"]
    assert told["hours"] == pytest.approx(1.5, abs=0.1)
    assert told["eligible_share"] > 0


# --- what is no recording -------------------------------------------------------------------


def test_a_folder_that_is_not_there_or_holds_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(FolderMissing):
        find(tmp_path / "nowhere")
    with pytest.raises(NoRecordings):
        find(tmp_path)
    done = CliRunner().invoke(app, ["evaluate", str(tmp_path)])
    assert done.exit_code == 3
    assert "holds no recording" in done.output
    head = "subject,start_s,end_s,label,task\n"
    (tmp_path / "labels.csv").write_text(head, encoding="utf-8")
    assert CliRunner().invoke(app, ["evaluate", str(tmp_path)]).exit_code == 3


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("labels.csv", "subject,start_s,end_s,label,task\nA,0,soon,1,sums\n"),
        ("labels.csv", "subject,start_s\nA,0\n"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_nothing_of_it_told(
    tmp_path: Path, file: str, text: str
) -> None:
    lab(tmp_path, {"A": 95})
    (tmp_path / file).write_text(text, encoding="utf-8")
    done = CliRunner().invoke(app, ["evaluate", str(tmp_path)])
    assert done.exit_code == 1
    assert "labels.csv, line" in done.output
    assert "soon" not in done.output


def test_a_table_that_breaks_off_or_holds_words_is_damaged(tmp_path: Path) -> None:
    lab(tmp_path, {"A": 95})
    whole = (tmp_path / "A_beats.csv.gz").read_bytes()
    (tmp_path / "A_beats.csv.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DamagedRecording, match="A_beats"):
        list(courses.stress(tmp_path))
    table(tmp_path / "A_beats.csv.gz", ["t_s", "rr_ms", "ok"], [["1", "fast", "1"]])
    with pytest.raises(DamagedRecording, match="line 2"):
        list(courses.stress(tmp_path))


def test_people_without_a_beat_are_not_seen_and_spoil_nothing(tmp_path: Path) -> None:
    lab(tmp_path, {"A": 95, "B": 92})
    table(tmp_path / "B_beats.csv.gz", ["t_s", "rr_ms", "ok"], [])
    told = json.loads(evaluate(tmp_path, "--json"))
    assert told["stress"]["heart-rate"]["episodes"] == 1


def test_thresholds_reach_from_nothing_to_far_out() -> None:
    assert GRID[0] == 0
    assert (np.diff(GRID) > 0).all()
