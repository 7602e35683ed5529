"""What the routes speak to: one diary, one bus, one session with its replies."""

from dataclasses import dataclass, field
from importlib.metadata import version

from softfront_sensors.remote import RemoteStrap

from .agenda import Agenda
from .diary import Diary
from .exchange.desk import Desk
from .notify import Bus
from .preview import Previews
from .replies import Replies
from .session import Session

VERSION = version("softfront")


@dataclass(frozen=True, slots=True)
class House:
    """All that stands behind the door."""

    diary: Diary
    bus: Bus
    session: Session
    replies: Replies
    remote: RemoteStrap | None = None
    """Where packets from other senders go; `None` where none are taken."""
    desk: Desk | None = None
    """Where files come in; `None` where none are taken."""
    previews: Previews = field(default_factory=Previews)
    agenda: Agenda = field(default_factory=Agenda)
