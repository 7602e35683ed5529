"""What a person did and wrote by themselves: practices, lines, and the moments they noticed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for practices; a line may now belong to one, and to the question it answers."""
    _add_practices()
    _add_invitations()
    op.create_table(
        "noticed",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("t_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("noticed_time", "noticed", ["t_ms"])
    op.add_column("journal", sa.Column("practice_id", sa.Text))
    op.add_column("journal", sa.Column("question", sa.Text))
    op.create_index("journal_practice", "journal", ["practice_id", "question"])


def _add_practices() -> None:
    op.create_table(
        "practice",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("session", sa.Text, sa.ForeignKey("session.id")),
        sa.Column("invitation_id", sa.Text),
        sa.Column("started_ms", sa.BigInteger, nullable=False),
        sa.Column("ended_ms", sa.BigInteger),
        sa.Column("lasted_s", sa.Integer),
        sa.Column("said", sa.Text),
        sa.Column("around", sa.Text),
    )
    op.create_index("practice_time", "practice", ["started_ms"])


def _add_invitations() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("date", sa.Text, nullable=False),
        sa.Column("t_ms", sa.BigInteger, nullable=False),
        sa.Column("expires_ms", sa.BigInteger, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("answered_ms", sa.BigInteger),
        sa.UniqueConstraint("kind", "date"),
    )
