"""Sessions that are read elsewhere, and readings that are kept and not counted."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is known of a sender and its strap; what is there was read here and counted."""
    rank = sa.Column("rank", sa.Integer, nullable=False, server_default="4")
    offset = sa.Column("offset_ms", sa.BigInteger, nullable=False, server_default="0")
    op.add_column("session", rank)
    op.add_column("session", sa.Column("boot", sa.Text))
    op.add_column("session", sa.Column("strap", sa.Text))
    op.add_column("session", offset)
    op.add_column("session", sa.Column("audit", sa.Text))
    op.create_index("session_strap", "session", ["strap"])
    spare = sa.Column("spare", sa.Boolean, nullable=False, server_default="0")
    op.add_column("chunk", spare)
