"""A collector of the real parts, hurried, that notes all it has promised. Never shipped.

Its words: url, folder, what to note in, and `acks`, `pubacks` (the control) or `drain`.
"""

import asyncio
import hashlib
import json
import os
import random
import sys
import time
import uuid
from pathlib import Path

from softfront_sensors.collector import Carrier, Clocks, Collector, Timings
from softfront_sensors.envelope import Envelope, Reply, write_envelope
from softfront_sensors.errors import Unreachable
from softfront_sensors.heart_rate import encode
from softfront_sensors.link import MqttCarrier, broker
from softfront_sensors.link import Timings as LinkTimings
from softfront_sensors.outbox import Outbox, Run
from softfront_sensors.packet import Packet, Reading
from softfront_sensors.post import HttpCarrier, server
from softfront_sensors.post import Timings as PostTimings
from softfront_sensors.source import Batch, SessionInfo, SourceEnded, StrapState, StrapStatus

HURRIED = Timings(
    envelope_most=40,
    sign_of_life_s=0.3,
    first_pause_s=0.02,
    last_pause_s=0.1,
    spread_most_s=0.1,
    between_s=0.0,
)
ON_THE_LINK = LinkTimings(
    first_pause_s=0.02,
    last_pause_s=0.1,
    patience_s=1.0,
    answer_s=0.5,
    answer_jitter_s=0.1,
)


def data_of(session: str, seq: int) -> bytes:
    """Make what the strap says a function of where it stands, so that it can be checked."""
    drawn = hashlib.sha256(f"{session} {seq}".encode()).digest()
    ticks = [600 + int.from_bytes(drawn[at : at + 2]) % 800 for at in (1, 3)]
    return encode(40 + drawn[0] % 100, ticks)


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


def mono_ms() -> int:
    return time.monotonic_ns() // 1_000_000


class Counted:
    """A strap that sends some hundred packets a second; each start is another session."""

    def __init__(self, *, ended: bool) -> None:
        self.session = SessionInfo(str(uuid.uuid4()), "counted", wall_ms(), live=True)
        self.status = StrapStatus(StrapState.LIVE, "counted")
        self._seq, self._ended = 0, ended

    def now_ms(self) -> int:
        return wall_ms()

    async def poll(self) -> tuple[Batch, ...]:
        if self._ended:
            raise SourceEnded
        await asyncio.sleep(random.uniform(0, 0.02))
        readings: list[Reading] = []
        for _ in range(random.randint(1, 5)):
            self._seq += 1
            data = data_of(self.session.id, self._seq)
            readings.append(Packet(self._seq, 1, wall_ms(), wall_ms(), data))
        return (Batch(self.session, tuple(readings)),)

    async def ack(self, session: str, seq: int) -> None:
        pass

    async def rewind(self, session: str, seq: int) -> None:
        raise AssertionError

    async def close(self) -> None:
        pass


class Noting:
    """A carrier that notes each acknowledgement before anything is deleted for it."""

    def __init__(self, carrier: Carrier, note: "Note") -> None:
        self._carrier, self._note = carrier, note

    async def send(self, envelope: Envelope) -> Reply:
        reply = await self._carrier.send(envelope)
        self._note("acked", reply.session, reply.acked)
        return reply

    async def close(self) -> None:
        await self._carrier.close()


class Trusting(MqttCarrier):
    """The negative control: takes the broker's own acknowledgement for the other end's."""

    async def send(self, envelope: Envelope) -> Reply:
        await self._line.ready()
        connection = self._line._connection
        if connection is None:
            raise Unreachable("gone")
        body = json.dumps(write_envelope(envelope))
        told = connection._client.publish(self._topics.packets, body, qos=1)
        try:
            await asyncio.to_thread(told.wait_for_publish, 0.5)
        except RuntimeError:
            raise Unreachable("not published") from None
        if not told.is_published():
            raise Unreachable("not acknowledged")
        last = envelope.readings[-1].seq if envelope.readings else 0
        return Reply(envelope.session.id, last)


class Note:
    """A file to which lines are added; what was written stays when the process is killed."""

    def __init__(self, file: Path) -> None:
        self._fd = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def __call__(self, what: str, session: str, seq: int) -> None:
        os.write(self._fd, f"{what} {session} {seq}\n".encode())


class NotingOutbox(Outbox):
    """An outbox that notes what it has kept."""

    note: Note

    def append(self, run: Run, readings: tuple[Reading, ...]) -> int:  # type: ignore[override]  # as called
        last_seq = super().append(run, readings)
        self.note("kept", run.info.id, last_seq)
        return last_seq


def carrier_to(url: str, how: str) -> Carrier:
    if url.startswith("http"):
        return HttpCarrier(server(url), timings=PostTimings(connect_s=1, answer_s=2))
    made = Trusting if how == "pubacks" else MqttCarrier
    return made(broker(url), timings=ON_THE_LINK)


async def carry(url: str, folder: Path, notes: Path, how: str) -> None:
    note = Note(notes)
    with NotingOutbox.open(folder) as outbox:
        outbox.note = note
        carrier = Noting(carrier_to(url, how), note)
        source = Counted(ended=how == "drain")
        clocks = Clocks(wall_ms, mono_ms, "this boot")
        await Collector(source, outbox, carrier, clocks, timings=HURRIED).run()


if __name__ == "__main__":
    asyncio.run(carry(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]))
