"""Quarter-hours, summed up for trends; which of them must be looked at anew, the file itself marks.

Those that are there already are only marked: each is summed up when it is first asked for.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_SECONDS = ("worn_s", "still_s", "moving_s", "strap_off_s", "poor_signal_s", "below_s")
# What the sums are made of; that a minute was learnt changes none of them.
_MEASURED = "hr_bpm, rmssd_ms, missing, stillness, soothing"


def upgrade() -> None:
    """Make room, and let every change of a window mark its quarter-hour."""
    op.create_table(
        "quarter",
        sa.Column("quarter", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Integer, nullable=False) for name in _SECONDS),
        sa.Column("minutes", sa.LargeBinary),
    )
    op.create_table("stale_quarter", sa.Column("quarter", sa.Integer, primary_key=True))
    for name, what, row in (
        ("added", "INSERT", "new"),
        ("changed", f"UPDATE OF {_MEASURED}", "new"),
        ("removed", "DELETE", "old"),
    ):
        # Not "or ignore": where the statement outside says what to do on a conflict, that holds.
        number = f"({row}.t_ms - 1) / 900000"
        op.execute(
            f"CREATE TRIGGER window_{name} AFTER {what} ON window "
            f"WHEN NOT EXISTS (SELECT 1 FROM stale_quarter WHERE quarter = {number}) "
            f"BEGIN INSERT INTO stale_quarter VALUES ({number}); END"
        )
    op.execute("INSERT INTO stale_quarter SELECT DISTINCT (t_ms - 1) / 900000 FROM window")
