"""Each format goes out and comes in again, or names what it cannot hold."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from softfront_api.__main__ import app
from softfront_api.diary import Diary, bring, chunked
from softfront_api.exchange.escaping import escaped, row, unescaped
from softfront_api.exchange.formats import FORMATS
from softfront_api.exchange.going_out import Wanted, going_out
from softfront_api.words import catalogue
from softfront_sensors.heart_rate import decode, encode
from softfront_sensors.packet import Packet, Reading
from softfront_sensors.recording import load, outline, stream
from softfront_sensors.source import SessionInfo

from .belongings import lived

NOW = datetime(2026, 6, 10, tzinfo=UTC)
START = 1_781_000_000_123
lives = st.lists(
    st.tuples(st.integers(1, 5000), st.lists(st.integers(300, 2000), max_size=3)),
    min_size=1,
    max_size=40,
)


Life = list[tuple[int, list[int]]]


def sent(life: Life) -> list[Reading]:
    t_ms, found = START, []
    for seq, (step, rr) in enumerate(life, start=1):
        t_ms += step
        found.append(Packet(seq, 1, t_ms, t_ms, encode(60, rr)))
    return list(found)


@pytest.fixture(scope="module")
def diary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Diary]:
    """Lend one diary to all: to make one takes longer than all that is drawn."""
    with Diary.open(tmp_path_factory.mktemp("own"), demo=False) as opened:
        yield opened


def written(diary: Diary, folder: Path, readings: Sequence[Reading], kind: str) -> list[Path]:
    """Write a run out in a format, and give the files."""
    info = SessionInfo("one", "Polar H10", readings[0].t_ms, live=False)
    with diary.writing() as connection:
        for table in ("chunk", "state", "session"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    diary.look_anew("one")
    bring(diary, info, readings[-1].t_ms, chunked(readings))
    body = b"".join(going_out(diary, Wanted(kind), NOW))
    with zipfile.ZipFile(io.BytesIO(body)) as zipped:
        zipped.extractall(folder)
        return [folder / name for name in zipped.namelist()]


def told(readings: Sequence[Reading]) -> list[tuple[int, tuple[int, ...]]]:
    packets = [r for r in readings if isinstance(r, Packet)]
    return [(p.t_ms, rr) for p in packets if (rr := decode(p.data).rr_ticks)]


def beats(readings: Sequence[Reading]) -> list[int]:
    return [tick for _, rr in told(readings) for tick in rr]


quick = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@quick
@given(life=lives)
def test_json_lines_lose_nothing(
    diary: Diary, tmp_path_factory: pytest.TempPathFactory, life: Life
) -> None:
    readings = sent(life)
    (file,) = written(diary, tmp_path_factory.mktemp("x"), readings, "json-lines")
    assert load(file).readings == tuple(readings)


@quick
@given(life=lives)
@pytest.mark.parametrize("kind", ["hrv-logger", "openhrv"])
def test_intervals_and_their_times_come_back(
    diary: Diary,
    tmp_path_factory: pytest.TempPathFactory,
    kind: str,
    life: Life,
) -> None:
    readings = sent([*life, (1000, [800])])
    file = written(diary, tmp_path_factory.mktemp("x"), readings, kind)[0]
    again = load(file)
    assert (told(again.readings), again.dated, again.problems) == (told(readings), True, ())


@quick
@given(life=lives)
def test_rr_text_keeps_each_interval_and_its_time_to_two_seconds(
    diary: Diary,
    tmp_path_factory: pytest.TempPathFactory,
    life: Life,
) -> None:
    # A strap's intervals do not run ahead of its clock.
    life = [(max(step, sum(rr)), rr) for step, rr in [*life, (1000, [800])]]
    readings = sent(life)
    file, _ = written(diary, tmp_path_factory.mktemp("x"), readings, "rr-text")
    placed = outline(file).named_ms
    assert placed is not None
    again = list(stream(file, placed))
    assert beats(again) == beats(readings)
    ours = [t for t, rr in told(readings) for _ in rr]
    theirs = [t for t, rr in told(again) for _ in rr]
    apart = [abs(a - b) for a, b in zip(ours, theirs, strict=True)]
    assert max(apart) < 6500  # three intervals of two seconds, and the half second of a gap


def test_every_loss_has_its_words_in_both_languages() -> None:
    keys = [it.loses for it in FORMATS if it.loses]
    assert [key for key in keys if key not in catalogue("en") or key not in catalogue("de")] == []
    assert {it.name for it in FORMATS if it.writes and not it.loses} == {"all"}


@given(text=st.text())
def test_a_cell_is_never_a_formula_and_comes_back(text: str) -> None:
    assert not escaped(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unescaped(escaped(text)) == text


def test_numbers_stay_numbers() -> None:
    assert next(csv.reader([row([-1.5, None, "-x"])])) == ["-1.5", "", "'-x"]


def test_tables_are_written_plainly(tmp_path: Path) -> None:
    folder = lived(tmp_path / "own")
    with Diary.peek(folder, demo=False) as reader:
        body = b"".join(going_out(reader, Wanted("csv"), NOW))
        windows = len(reader.windows(0, 2**53))
    with zipfile.ZipFile(io.BytesIO(body)) as zipped:
        names = {"windows.csv", "prompts.csv", "pauses.csv", "practices.csv"}
        assert set(zipped.namelist()) == names
        lines = zipped.read("windows.csv").decode().splitlines()
    assert (len(lines), lines[0][:10]) == (windows + 1, "at,session")


def test_only_the_time_that_is_wanted_goes_out(tmp_path: Path) -> None:
    readings = sent([(1000, [800])] * 100)
    with Diary.open(tmp_path, demo=False) as diary:
        info = SessionInfo("one", "Polar H10", START, live=False)
        bring(diary, info, readings[-1].t_ms, chunked(readings))
        body = b"".join(going_out(diary, Wanted("json-lines", START + 10_500, START + 20_500), NOW))
    with zipfile.ZipFile(io.BytesIO(body)) as zipped:
        (name,) = zipped.namelist()
        (tmp_path / "part.jsonl").write_bytes(zipped.read(name))
    again = load(tmp_path / "part.jsonl").readings
    assert [replace(r, seq=0) for r in again] == [replace(r, seq=0) for r in readings[10:20]]


def test_softfront_export_writes_a_zip_and_says_what_it_cannot_hold(tmp_path: Path) -> None:
    folder = lived(tmp_path / "own")

    def asked(*words: str) -> tuple[int, str, str]:
        found = CliRunner().invoke(app, ["export", "--data", str(folder), *words])
        return found.exit_code, found.stdout, found.stderr

    out = tmp_path / "out.zip"
    code, said, err = asked("--format", "openhrv", "-o", str(out), "--json")
    assert (code, '"loses":"data.loss.openhrv"' in said, err) == (0, True, "")
    assert zipfile.is_zipfile(out)
    assert (out.stat().st_mode & 0o777) == 0o600
    assert asked("-o", str(out))[0] == 1
    assert asked("--format", "none")[0] == 2
    assert asked("--from", "2026-01-01")[0] == 2
    assert CliRunner().invoke(app, ["export", "--data", str(tmp_path / "no")]).exit_code == 3
