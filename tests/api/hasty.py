"""The negative control: a server that shows things before it has stored them. Never shipped."""

import asyncio

from softfront_api import session
from softfront_api.__main__ import main


async def store_late(self: session.Session) -> None:
    """Publish first, and commit after a while."""
    entry = self.day.pending
    await self.publish(entry)
    await asyncio.sleep(0.25)
    await asyncio.to_thread(self.diary.commit, entry)
    self.day.stored()
    await self.source.ack(entry.session, self._seqs[entry.session])


def heard(self: session.Session, session: str) -> int:
    """Take what was heard for stored."""
    return self._seqs.get(session, 0)


if __name__ == "__main__":
    session.Session.store = store_late  # type: ignore[method-assign]  # that is the control
    session.Session._stored_seq = heard  # type: ignore[method-assign]  # and so is that
    main()
