"""How the road stands, told when that is news."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ..outbox import Outbox

# About as many readings as an hour has; every hour that is given up is news.
_AN_HOUR = 3_600


@dataclass(frozen=True, slots=True)
class Standing:
    """How the road stands now."""

    open: bool = False
    """The other end has answered the latest try."""
    waiting: int = 0
    """Readings kept here that are not stored there."""
    lost: int = 0
    """Readings given up since the beginning; gaps tell of them."""
    problem: str | None = None
    """What hinders, in words a person understands."""
    unkept: str | None = None
    """Why nothing can be kept now; what is heard is held in memory meanwhile."""


class Board:
    """Where whoever hears and whoever sends note how things stand."""

    def __init__(self, outbox: Outbox, tell: Callable[[Standing], None], blip: int) -> None:
        self._outbox, self._tell, self._blip = outbox, tell, blip
        self._now = Standing()

    def opened(self) -> None:
        """Note that the other end has answered."""
        self._note(replace(self._now, open=True, problem=None))

    def hindered(self, problem: str) -> None:
        """Note what keeps it from answering."""
        self._note(replace(self._now, open=False, problem=problem))

    def keeps(self, *, unkept: str | None = None) -> None:
        """Note whether what is heard is kept."""
        self._note(replace(self._now, unkept=unkept))

    def _note(self, now: Standing) -> None:
        now = replace(now, waiting=self._outbox.waiting, lost=self._outbox.lost)
        before, self._now = self._now, now
        if self._news(before) != self._news(now):
            self._tell(now)

    def _news(self, standing: Standing) -> tuple[object, ...]:
        hours_lost = -(-standing.lost // _AN_HOUR)
        much = standing.waiting > self._blip
        return standing.open, standing.problem, standing.unkept, hours_lost, much
