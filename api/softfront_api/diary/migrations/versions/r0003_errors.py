"""How well a number is known, and the soothing-system proxy beside it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what was not asked before; of marks that are stored already it stays unknown."""
    for name in ("ln_rmssd_se", "soothing", "soothing_se", "rsa_ms", "breathing_hz"):
        op.add_column("window", sa.Column(name, sa.Float))
    known = sa.text("soothing IS NOT NULL")
    op.create_index("window_soothing", "window", ["t_ms"], sqlite_where=known)
