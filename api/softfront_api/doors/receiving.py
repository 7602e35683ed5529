"""What comes from other machines: to our own door by HTTP, and from a broker by MQTT."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from softfront_sensors.envelope import Envelope, Pending
from softfront_sensors.phones import Phones
from softfront_sensors.remote import Known, RemoteStrap

from ..clock import Clock
from ..diary import Diary
from .beyond import Broker
from .common import tell

if TYPE_CHECKING:  # paho is loaded only where there is a broker
    from softfront_sensors.link import Subscriber

# A broker that is only being started again is back by then.
_LOOK_S = 3.0


class Receiving:
    """Takes what others send, and tells each of them up to where it is stored."""

    def __init__(
        self,
        diary: Diary,
        clock: Clock,
        broker: Broker | None,
        on_envelope: Callable[[Envelope], None] = lambda envelope: None,
    ) -> None:
        self._diary, self._broker = diary, broker
        self.remote = RemoteStrap(self._recall, clock.wall_ms, clock.mono_ms, on_envelope)

    async def run(self, pending: Callable[[], Pending | None]) -> None:
        """Hear the broker, where there is one, until cancelled."""
        if self._broker is None:
            return
        from softfront_sensors.link import Subscriber  # only where there is a broker

        subscriber = Subscriber(
            self._broker.address,
            self.remote.deliver,
            pending,
            trusted=self._broker.trusted,
            on_other=Phones(self.remote.deliver, self.remote.now_ms).hear,
        )
        async with asyncio.TaskGroup() as both:
            both.create_task(subscriber.run())
            both.create_task(_tell_of(subscriber))

    async def _recall(self, session: str) -> Known | None:
        stored = await asyncio.to_thread(self._diary.session, session)
        return Known(stored.last_seq, stored.offset_ms) if stored else None


async def _tell_of(subscriber: "Subscriber") -> None:
    """Say what keeps the broker from being heard, each time that changes."""
    told: str | None = None
    while True:
        await asyncio.sleep(_LOOK_S)
        problem = subscriber.problem
        if problem is not None and str(problem) != told:
            tell(str(problem))
        told = str(problem) if problem is not None else None
