"""How a person learns where the page is."""

import webbrowser
from contextlib import suppress

from ..words import say
from .common import print_json, tell
from .serving import OnUrl


def tell_url(url: str) -> None:
    """Say the address, where a page is open already."""
    tell(say("door.open", url=url))


def opener(*, browser: bool, as_json: bool, opened: bool = False) -> OnUrl:
    """Return what says the address, and opens it where that is wanted."""

    def open_page(url: str) -> None:
        if as_json:
            print_json({"url": url})
        tell(say("door.opened" if opened else "door.open", url=url))
        if browser:
            with suppress(webbrowser.Error):
                webbrowser.open(url)

    return open_page
