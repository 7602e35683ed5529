"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make a new diary."""
    _readings()
    _moments()
    _prompts()
    _decisions()
    _pauses()
    _notes()


def _in_session() -> sa.Column[str]:
    return sa.Column("session", sa.Text, sa.ForeignKey("session.id"), primary_key=True)


def _readings() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("wearer", sa.Text, nullable=False, server_default="me"),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("started_ms", sa.BigInteger, nullable=False),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.Column("demo", sa.Boolean, nullable=False),
        sa.Column("last_seq", sa.BigInteger, nullable=False, server_default="0"),
    )
    op.create_table(
        "chunk",
        _in_session(),
        sa.Column("seq0", sa.BigInteger, primary_key=True),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("t0_ms", sa.BigInteger, nullable=False),
        sa.Column("t1_ms", sa.BigInteger, nullable=False),
        sa.Column("blob", sa.LargeBinary, nullable=False),
        sa.Column("crc32", sa.BigInteger, nullable=False),
    )
    op.create_index("chunk_time", "chunk", ["t1_ms"])


def _moments() -> None:
    op.create_table(
        "window",
        _in_session(),
        sa.Column("t_ms", sa.BigInteger, primary_key=True),
        sa.Column("hr_bpm", sa.Float),
        sa.Column("rmssd_ms", sa.Float),
        sa.Column("beats", sa.Integer, nullable=False),
        sa.Column("valid", sa.Integer, nullable=False),
        sa.Column("differences", sa.Integer, nullable=False),
        sa.Column("coverage", sa.Float, nullable=False),
        sa.Column("flagged", sa.Float, nullable=False),
        sa.Column("missing", sa.Text),
        sa.Column("stillness", sa.Text, nullable=False),
        sa.Column("still_s", sa.Integer),
        sa.Column("learnt", sa.Boolean, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("window_time", "window", ["t_ms"])
    op.create_index("window_learnt", "window", ["t_ms"], sqlite_where=sa.text("learnt"))


def _prompts() -> None:
    op.create_table(
        "prompt",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("session", sa.Text, sa.ForeignKey("session.id"), nullable=False),
        sa.Column("t_ms", sa.BigInteger, nullable=False),
        sa.Column("expires_ms", sa.BigInteger, nullable=False),
        sa.Column("wording", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("answered_ms", sa.BigInteger),
        sa.Column("again_ms", sa.BigInteger),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("prompt_time", "prompt", ["t_ms"])


def _decisions() -> None:
    op.create_table(
        "decision",
        _in_session(),
        sa.Column("t_ms", sa.BigInteger, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("prompt_id", sa.Text, sa.ForeignKey("prompt.id")),
        sa.Column("learnt_ms", sa.BigInteger),
        sa.Column("learnt_percent", sa.Integer, nullable=False),
        sa.Column("z_hr", sa.Float),
        sa.Column("z_rmssd", sa.Float),
        sa.Column("route", sa.Text),
        sa.Column("held_s", sa.Integer, nullable=False),
        sa.Column("rise_ms", sa.BigInteger),
        sa.Column("wording", sa.Text, nullable=False),
        sa.Column("usual", sa.Text),
        sa.Column("gates", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("rule_version", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("decision_time", "decision", ["t_ms"])


def _pauses() -> None:
    op.create_table(
        "pause",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("prompt_id", sa.Text, sa.ForeignKey("prompt.id")),
        sa.Column("session", sa.Text, sa.ForeignKey("session.id")),
        sa.Column("started_ms", sa.BigInteger, nullable=False),
        sa.Column("ended_ms", sa.BigInteger),
        sa.Column("lasted_s", sa.Integer),
        sa.Column("result", sa.Text),
    )
    op.create_index("pause_time", "pause", ["started_ms"])


def _notes() -> None:
    op.create_table(
        "journal",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("t_ms", sa.BigInteger, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("pause_id", sa.Text, sa.ForeignKey("pause.id"), unique=True),
    )
    op.create_index("journal_time", "journal", ["t_ms"])
    op.create_table(
        "state",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "settings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
