"""The web app: the door to the world, and the page."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException
from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import ASGIApp, Scope

from .guard import Door, Guard
from .house import VERSION, House
from .problems import handle_problems
from .routers import (
    exchanging,
    live,
    looking,
    practising,
    removing,
    saying,
    taking,
    wearing,
    writing,
)

_A_YEAR = "public, max-age=31536000, immutable"


class _Page(StaticFiles):
    """The built page: hashed files for ever, the entry never without asking."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Serve one file."""
        response = await super().get_response(path, scope)
        hashed = path.startswith("assets")
        response.headers["cache-control"] = _A_YEAR if hashed else "no-cache"
        return response


def make_app(house: House, door: Door) -> ASGIApp:
    """Build the app that serves one house behind one door."""
    app = _doors()
    app.state.house = house
    page = page_folder()
    if page is not None:
        app.mount("/", _Page(directory=page, html=True))
    return Guard(app, door)


def described() -> dict[str, Any]:
    """Describe all doors, as OpenAPI does."""
    return _doors().openapi()


def _doors() -> FastAPI:
    app = FastAPI(title="Softfront", version=VERSION, docs_url=None, redoc_url=None)
    handle_problems(app)
    v1 = APIRouter(prefix="/api/v1")
    rooms = (live, looking, saying, taking, practising, writing, wearing, exchanging, removing)
    for room in rooms:
        v1.include_router(room.router)
    app.include_router(v1)

    @app.get("/api/{anything:path}", include_in_schema=False)
    def nothing_here(anything: str) -> None:
        raise HTTPException(404)

    return app


def page_folder() -> Path | None:
    """Find the built page; `None` where this copy was installed without it."""
    try:
        entry = files("softfront_dashboard").joinpath("index.html")
    except ModuleNotFoundError:
        return None
    # The folder holds no Python; an installed wheel is always unpacked, so a path is what it is.
    return entry.parent if isinstance(entry, Path) and entry.is_file() else None
