"""The negative control: a server that acknowledges what it has yet to store. Never shipped."""

import asyncio

from softfront_api import session
from softfront_api.__main__ import main
from softfront_sensors.remote import RemoteStrap

_store = session.Session.store


async def store_late(self: session.Session) -> None:
    """Let the disk take its time."""
    await asyncio.sleep(0.25)
    await _store(self)


async def answered(self: RemoteStrap, stored: "asyncio.Future[int]") -> int:
    """Answer for what is still on its way to the disk."""
    return next(last for _, last, each in self._waiting if each is stored)


if __name__ == "__main__":
    session.Session.store = store_late  # type: ignore[method-assign]  # that is the control
    RemoteStrap._answered = answered  # type: ignore[method-assign]  # and so is that
    main()
