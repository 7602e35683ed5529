"""Bring an older diary up to date, keeping a copy of what it was."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config

from .opening import disposed, writer

STEPS = Path(__file__).parent / "migrations"


def upgrade(file: Path, revision: str | None, steps: Path = STEPS) -> None:
    """Run the steps that are missing after `revision`; each happens whole or not at all."""
    if revision is not None:
        _keep_copy(file, revision)
    config = Config()
    config.set_main_option("script_location", str(steps).replace("%", "%%"))
    with disposed(writer(file)) as engine, engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _keep_copy(file: Path, revision: str) -> None:
    """Copy the database beside itself, whole with what is still in its log."""
    kept = file.with_name(f"{file.name}.before-{revision}")
    partial = kept.with_name(f"{kept.name}.partial")
    os.close(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600))
    with closing(sqlite3.connect(file)) as old, closing(sqlite3.connect(partial)) as new:
        old.backup(new)
    os.replace(partial, kept)
