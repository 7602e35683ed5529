"""Speaking to a house by its door, without a socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from softfront_api.app import make_app
from softfront_api.guard import Door
from softfront_api.house import House

from .living import Home

HOST = "127.0.0.1"


def house(home: Home) -> House:
    return House(home.diary, home.bus, home.session, home.replies)


@asynccontextmanager
async def within(home: Home, behind: House | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """Speak to the app without a socket."""
    url = f"http://{HOST}:80"
    transport = httpx.ASGITransport(make_app(behind or house(home), Door.at(80)))
    headers = {"origin": url, "host": f"{HOST}:80"}
    async with httpx.AsyncClient(
        transport=transport, base_url=f"{url}/api/v1/", headers=headers
    ) as door:
        yield door
