"""How long a broker, and whoever is behind it, may keep us waiting."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timings:
    """In seconds."""

    connect_s: float = 4.0
    """To reach the broker, and again to agree on TLS; `close` may have to wait for it."""
    accept_s: float = 15.0
    """For both, and for the broker to take us: a busy one needs seconds."""
    keepalive_s: int = 15
    """A road that broke without a word is noticed after two of these."""
    first_pause_s: float = 1.0
    last_pause_s: float = 30.0
    """Pauses between tries double up to this."""
    patience_s: float = 30.0
    """What is to be sent waits so long for a connection, and is then told to come again."""
    answer_s: float = 2.0
    """A commit takes a tenth of a second; without a word for so long, it is sent again."""
    answer_jitter_s: float = 1.0
    release_s: float = 6.0
    """Longer than `connect_s`, and shorter than the ten seconds a container has."""
