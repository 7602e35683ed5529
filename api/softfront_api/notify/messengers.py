"""Every other messenger, by the one address that apprise knows it under; it lives only here."""

import asyncio
import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..reasons import Text
from .calling import NotSent

if TYPE_CHECKING:
    import apprise

_WITHIN_S = 30
"""A mail server takes its time; a message that is later than this is worse than none."""

# They write addresses, and with them passwords, into their logs.
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
logging.getLogger("urllib3").setLevel(logging.WARNING)


class Messenger:
    """One address. There are no buttons, and nothing can be taken back."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def send(self, title: str, body: str) -> None:
        """Send a message, in a thread.

        Raises:
            NotSent
        """
        try:
            async with asyncio.timeout(_WITHIN_S):
                sent = await asyncio.to_thread(_send, self._url, title, body)
        except TimeoutError:
            sent = False
        if not sent:
            raise NotSent(Text("error.phone.unsent"))

    async def reach(self) -> None:
        """Say whether the address is understood; nothing is sent.

        Raises:
            NotSent
        """
        await asyncio.to_thread(_understood, self._url)


def _send(url: str, title: str, body: str) -> bool:
    messenger = _understood(url)
    try:
        return bool(messenger.notify(body=body, title=title))
    except Exception:  # a hundred services, each with errors of its own, which may quote an address
        return False


def _understood(url: str) -> "apprise.Apprise":
    try:
        from apprise import Apprise, AppriseAsset  # slow, and an extra that may not be there
    except ImportError:
        raise NotSent(Text("error.phone.extra")) from None
    try:
        asset = AppriseAsset(app_id="Softfront", app_desc="Softfront", async_mode=False)
        made = Apprise(asset=asset)
        known = made.add(url)
    except Exception:  # it loads all it knows, and anything of that may not load here
        known = False
    if not known:
        raise NotSent(Text("error.phone.unknown", {"scheme": urlsplit(url).scheme}))
    return made
