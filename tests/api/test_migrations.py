import hashlib
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from softfront_api.diary import Diary
from softfront_api.diary.migrating import STEPS, upgrade
from softfront_api.diary.opening import REVISIONS, disposed, writer
from softfront_api.diary.tables import metadata
from softfront_api.errors import DatabaseNewer, DatabaseOlder

HEAD = REVISIONS[-1]
NEXT = f"{int(HEAD) + 1:04}"
SECOND = f'''
"""A second step."""
from alembic import op
import sqlalchemy as sa

revision = "{NEXT}"
down_revision = "{HEAD}"
branch_labels = depends_on = None


def upgrade():
    op.create_table("later", sa.Column("id", sa.Integer, primary_key=True))
    {{then}}
'''


@contextmanager
def beside(file: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(file)
    try:
        yield connection
        connection.commit()
    finally:
        connection.close()


def steps_with_a_second(tmp_path: Path, then: str = "") -> Path:
    steps = tmp_path / "steps 100%"
    copytree(STEPS, steps, ignore=ignore_patterns("__pycache__"))
    (steps / "versions" / "r0005_second.py").write_text(SECOND.format(then=then))
    return steps


@pytest.fixture
def file(tmp_path: Path) -> Path:
    with Diary.open(tmp_path / "data", demo=False) as diary:
        diary.put_settings({"offers": True}, version=0)
        return diary.file


def test_the_head_known_by_heart_is_the_head() -> None:
    script = ScriptDirectory(str(STEPS))
    assert script.get_heads() == [REVISIONS[-1]]
    assert tuple(step.revision for step in script.walk_revisions())[::-1] == REVISIONS


def test_the_steps_lead_to_the_tables_the_code_uses(file: Path) -> None:
    with disposed(writer(file)) as engine, engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_every_table_keeps_its_rows_as_the_code_says(file: Path) -> None:
    with beside(file) as connection:
        made = {
            name
            for (name, sql) in connection.execute("SELECT name, sql FROM sqlite_master")
            if sql and "WITHOUT ROWID" in sql
        }
    meant = {t.name for t in metadata.tables.values() if t.kwargs.get("sqlite_with_rowid") is False}
    assert made == meant == {"window", "decision"}


def test_an_up_to_date_diary_opens_without_alembic(file: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from softfront_api.diary import Diary;"
        f"Diary.open(Path({str(file.parent)!r}), demo=False).close();"
        "print('alembic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "False"


def test_a_newer_diary_is_refused_and_stays_untouched(file: Path) -> None:
    with beside(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0099'")
    before = {each.name: _hash(each) for each in file.parent.glob("diary.db*")}
    for opens in (Diary.open, Diary.peek):
        with pytest.raises(DatabaseNewer, match=r"newer version \(0099\)"):
            opens(file.parent, demo=False)
    assert _hash(file) == before[file.name]


def test_opening_a_newer_diary_leaves_nothing_beside_it(file: Path) -> None:
    with beside(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0099'")
    before = {each.name: _hash(each) for each in file.parent.glob("diary.db*")}
    with pytest.raises(DatabaseNewer):
        Diary.open(file.parent, demo=False)
    assert {each.name: _hash(each) for each in file.parent.glob("diary.db*")} == before


def test_before_an_older_diary_is_changed_a_copy_is_kept(tmp_path: Path, file: Path) -> None:
    upgrade(file, HEAD, steps_with_a_second(tmp_path))
    copy = file.with_name(f"diary.db.before-{HEAD}")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with beside(copy) as kept, beside(file) as new:
        assert kept.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)
        assert new.execute("SELECT version_num FROM alembic_version").fetchone() == (NEXT,)
        assert kept.execute("SELECT body FROM settings").fetchone() == ('{"offers":true}',)
        assert new.execute("SELECT body FROM settings").fetchone() == ('{"offers":true}',)


def test_a_step_that_fails_halfway_never_happened(tmp_path: Path, file: Path) -> None:
    steps = steps_with_a_second(tmp_path, then="raise RuntimeError('power cut')")
    with pytest.raises(RuntimeError, match="power cut"):
        upgrade(file, HEAD, steps)
    with beside(file) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        assert "later" not in names
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)
    Diary.open(file.parent, demo=False).close()


def test_a_first_start_that_died_on_the_way_is_begun_anew(tmp_path: Path) -> None:
    with beside(tmp_path / "diary.db") as half:
        half.execute("PRAGMA journal_mode=WAL")
        half.execute("CREATE TABLE alembic_version (version_num TEXT NOT NULL)")
    with Diary.open(tmp_path, demo=False) as diary:
        assert diary.settings().version == 0
    assert not list(tmp_path.glob("*.before-*"))


def test_looking_into_an_older_diary_asks_for_a_start(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("softfront_api.diary.opening.REVISIONS", (*REVISIONS, NEXT))
    with pytest.raises(DatabaseOlder):
        Diary.peek(file.parent, demo=False)


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
