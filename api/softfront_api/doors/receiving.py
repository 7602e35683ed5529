"""What comes from other machines: to our own door by HTTP, and from a broker by MQTT."""

import asyncio
from collections.abc import Callable

from softfront_sensors.address import trust
from softfront_sensors.envelope import Envelope, Pending
from softfront_sensors.phones import Phones
from softfront_sensors.remote import Known, RemoteStrap

from ..clock import Clock
from ..diary import Diary
from .beyond import Broker


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
        from softfront_sensors.link import Subscriber, broker  # only where there is a broker

        where, ca = broker(self._broker.url), self._broker.ca
        await Subscriber(
            where,
            self.remote.deliver,
            pending,
            trusted=trust(ca) if where.secure else None,
            on_other=Phones(self.remote.deliver, self.remote.now_ms).hear,
        ).run()

    async def _recall(self, session: str) -> Known | None:
        stored = await asyncio.to_thread(self._diary.session, session)
        return Known(stored.last_seq, stored.offset_ms) if stored else None
