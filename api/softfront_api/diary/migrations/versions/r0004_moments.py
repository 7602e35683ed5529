"""Since when a state holds, what became of a candidate, and the moments at which chance chose."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what was not asked before; marks that are stored already took 45 s and the 95th."""
    op.add_column("window", sa.Column("moved", sa.Float))
    op.add_column("decision", sa.Column("since_ms", sa.BigInteger))
    for name, before in (("needed_s", "45"), ("percentile", "95")):
        column = sa.Column(name, sa.Integer, nullable=False, server_default=before)
        op.add_column("decision", column)
    eligible = sa.Column("eligible", sa.Boolean, nullable=False, server_default="0")
    op.add_column("decision", eligible)
    op.add_column("decision", sa.Column("stance", sa.Text))
    op.add_column("decision", sa.Column("stance_ms", sa.BigInteger))
    for name, where in (("eligible", "eligible"), ("rise", "rise_ms IS NOT NULL")):
        op.create_index(f"decision_{name}", "decision", ["t_ms"], sqlite_where=sa.text(where))
    _add_occasions()


def _add_occasions() -> None:
    op.create_table(
        "occasion",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("session", sa.Text, sa.ForeignKey("session.id"), nullable=False),
        sa.Column("t_ms", sa.BigInteger, nullable=False),
        sa.Column("rise_ms", sa.BigInteger, nullable=False),
        sa.Column("offered", sa.Boolean, nullable=False),
        sa.Column("p", sa.Float, nullable=False),
        sa.Column("draw", sa.Float, nullable=False),
        sa.Column("strength", sa.Float, nullable=False),
        sa.Column("wording", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text),
    )
    op.create_index("occasion_time", "occasion", ["t_ms"])
