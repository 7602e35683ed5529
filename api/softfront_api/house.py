"""What the routes speak to: one diary, one bus, one session with its replies."""

from dataclasses import dataclass, field
from importlib.metadata import version

from softfront_sensors.remote import RemoteStrap

from .agenda import Agenda
from .diary import Diary
from .exchange.desk import Desk
from .home import Home
from .notify import Bus, Phone
from .picking import Picking
from .preview import Previews
from .removing import Removal
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
    phone: Phone | None = None
    home: Home | None = None
    """Where it speaks outside the page; `None` where it keeps to the page."""
    picking: Picking | None = None
    """Which strap is worn; `None` where nobody can choose."""
    removal: Removal | None = None
    desk: Desk | None = None
    """Where files come in; `None` where none are taken."""
    previews: Previews = field(default_factory=Previews)
    agenda: Agenda = field(default_factory=Agenda)
