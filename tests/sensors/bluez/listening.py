"""A process that listens to a strap until it is told to stop, as a collector does."""

import asyncio
import signal
import sys

from softfront_sensors.source import SourceEnded
from softfront_sensors.strap import Strap


async def listen(how: str) -> None:
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, told.set)
    strap = Strap()
    polling = loop.create_task(poll(strap))
    await told.wait()
    if how == "cancelled":  # as a server ends its session
        polling.cancel()
        await asyncio.wait({polling})
    await strap.close()
    await asyncio.wait({polling})


async def poll(strap: Strap) -> None:
    try:
        while True:
            await strap.poll()
    except SourceEnded:
        return


asyncio.run(listen(sys.argv[1]))
