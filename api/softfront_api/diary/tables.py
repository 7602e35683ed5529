"""The tables of the diary, as the newest migration leaves them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()


def _in_session() -> Column[str]:
    return Column("session", Text, ForeignKey("session.id"), primary_key=True)


session = Table(
    "session",
    metadata,
    Column("id", Text, primary_key=True),
    Column("wearer", Text, nullable=False, server_default="me"),
    Column("device", Text, nullable=False),
    Column("started_ms", BigInteger, nullable=False),
    Column("live", Boolean, nullable=False),
    Column("demo", Boolean, nullable=False),
    Column("last_seq", BigInteger, nullable=False, server_default="0"),
    Column("rank", Integer, nullable=False, server_default="4"),
    Column("boot", Text),
    Column("strap", Text),
    Column("offset_ms", BigInteger, nullable=False, server_default="0"),
    Column("audit", Text),
    Index("session_strap", "strap"),
)

chunk = Table(
    "chunk",
    metadata,
    _in_session(),
    Column("seq0", BigInteger, primary_key=True),
    Column("n", Integer, nullable=False),
    Column("t0_ms", BigInteger, nullable=False),
    Column("t1_ms", BigInteger, nullable=False),
    Column("blob", LargeBinary, nullable=False),
    Column("crc32", BigInteger, nullable=False),
    Column("spare", Boolean, nullable=False, server_default="0"),
    Index("chunk_time", "t1_ms"),
)

window = Table(
    "window",
    metadata,
    _in_session(),
    Column("t_ms", BigInteger, primary_key=True),
    Column("hr_bpm", Float),
    Column("rmssd_ms", Float),
    Column("beats", Integer, nullable=False),
    Column("valid", Integer, nullable=False),
    Column("differences", Integer, nullable=False),
    Column("coverage", Float, nullable=False),
    Column("flagged", Float, nullable=False),
    Column("missing", Text),
    Column("stillness", Text, nullable=False),
    Column("still_s", Integer),
    Column("learnt", Boolean, nullable=False),
    Column("ln_rmssd_se", Float),
    Column("soothing", Float),
    Column("soothing_se", Float),
    Column("rsa_ms", Float),
    Column("breathing_hz", Float),
    Column("moved", Float),
    Index("window_time", "t_ms"),
    Index("window_learnt", "t_ms", sqlite_where=text("learnt")),
    Index("window_soothing", "t_ms", sqlite_where=text("soothing IS NOT NULL")),
    sqlite_with_rowid=False,
)

quarter = Table(
    "quarter",
    metadata,
    Column("quarter", Integer, primary_key=True),
    Column("worn_s", Integer, nullable=False),
    Column("still_s", Integer, nullable=False),
    Column("moving_s", Integer, nullable=False),
    Column("strap_off_s", Integer, nullable=False),
    Column("poor_signal_s", Integer, nullable=False),
    Column("below_s", Integer, nullable=False),
    Column("minutes", LargeBinary),
)

# Triggers of `window` fill it: whoever writes there, and whatever ends in the middle.
stale_quarter = Table("stale_quarter", metadata, Column("quarter", Integer, primary_key=True))

prompt = Table(
    "prompt",
    metadata,
    Column("id", Text, primary_key=True),
    Column("session", Text, ForeignKey("session.id"), nullable=False),
    Column("t_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("wording", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("answered_ms", BigInteger),
    Column("again_ms", BigInteger),
    Column("reason", Text, nullable=False),
    Index("prompt_time", "t_ms"),
)

decision = Table(
    "decision",
    metadata,
    _in_session(),
    Column("t_ms", BigInteger, primary_key=True),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("prompt_id", Text, ForeignKey("prompt.id")),
    Column("learnt_ms", BigInteger),
    Column("learnt_percent", Integer, nullable=False),
    Column("z_hr", Float),
    Column("z_rmssd", Float),
    Column("route", Text),
    Column("held_s", Integer, nullable=False),
    Column("rise_ms", BigInteger),
    Column("wording", Text, nullable=False),
    Column("usual", Text),
    Column("gates", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("rule_version", Text, nullable=False),
    Column("since_ms", BigInteger),
    Column("needed_s", Integer, nullable=False, server_default="45"),
    Column("percentile", Integer, nullable=False, server_default="95"),
    Column("eligible", Boolean, nullable=False, server_default="0"),
    Column("stance", Text),
    Column("stance_ms", BigInteger),
    Index("decision_time", "t_ms"),
    Index("decision_eligible", "t_ms", sqlite_where=text("eligible")),
    Index("decision_rise", "t_ms", sqlite_where=text("rise_ms IS NOT NULL")),
    sqlite_with_rowid=False,
)

occasion = Table(
    "occasion",
    metadata,
    Column("id", Text, primary_key=True),
    Column("session", Text, ForeignKey("session.id"), nullable=False),
    Column("t_ms", BigInteger, nullable=False),
    Column("rise_ms", BigInteger, nullable=False),
    Column("offered", Boolean, nullable=False),
    Column("p", Float, nullable=False),
    Column("draw", Float, nullable=False),
    Column("strength", Float, nullable=False),
    Column("wording", Text, nullable=False),
    Column("outcome", Text),
    Index("occasion_time", "t_ms"),
)

pause = Table(
    "pause",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("prompt_id", Text, ForeignKey("prompt.id")),
    Column("session", Text, ForeignKey("session.id")),
    Column("started_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger),
    Column("lasted_s", Integer),
    Column("result", Text),
    Index("pause_time", "started_ms"),
)

journal = Table(
    "journal",
    metadata,
    Column("id", Text, primary_key=True),
    Column("t_ms", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("pause_id", Text, ForeignKey("pause.id"), unique=True),
    Column("practice_id", Text),
    Column("question", Text),
    Index("journal_time", "t_ms"),
    Index("journal_practice", "practice_id", "question"),
)

practice = Table(
    "practice",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("session", Text, ForeignKey("session.id")),
    Column("invitation_id", Text),
    Column("started_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger),
    Column("lasted_s", Integer),
    Column("said", Text),
    Column("around", Text),
    Index("practice_time", "started_ms"),
)

invitation = Table(
    "invitation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("date", Text, nullable=False),
    Column("t_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("answered_ms", BigInteger),
    UniqueConstraint("kind", "date"),
)

noticed = Table(
    "noticed",
    metadata,
    Column("id", Text, primary_key=True),
    Column("t_ms", BigInteger, nullable=False),
    Index("noticed_time", "t_ms"),
)

state = Table(
    "state",
    metadata,
    Column("name", Text, primary_key=True),
    Column("body", Text, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
)

SUMMED_UP = (quarter.name, stale_quarter.name)
"""What is made of other tables whenever it is asked for: nothing is lost with it."""
