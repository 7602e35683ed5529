"""What is answered when something cannot be done: RFC 9457, and never what was sent."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, TypeAlias

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from softfront_sensors.errors import FarAhead, NotTaken
from softfront_sensors.wire import Malformed

from .errors import (
    AnsweredAlready,
    ApiError,
    DatabaseBusy,
    DiaryFull,
    NotInDiary,
    SettingsConflict,
)

Field: TypeAlias = dict[str, str]

_STATUS: Mapping[type[ApiError], int] = {
    NotInDiary: 404,
    AnsweredAlready: 409,
    SettingsConflict: 412,
    DatabaseBusy: 503,
    DiaryFull: 507,
}
_FIELDS = "Some fields cannot be used"
_OUR_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_LIMITS = ("ge", "gt", "le", "lt", "min_length", "max_length")
"""What of a validation error's context is ours and not the sender's."""


def problem(
    status: int,
    kind: str,
    title: str,
    *,
    detail: str | None = None,
    instance: str | None = None,
    errors: Sequence[Field] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Answer with a problem of this kind; `errors` name fields and why, not values."""
    told = {
        "type": f"urn:softfront:problem:{kind}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": instance,
        "errors": list(errors) or None,
    }
    body = {name: value for name, value in told.items() if value is not None}
    kept = dict(headers) if headers else None
    return JSONResponse(body, status, kept, media_type="application/problem+json")


def handle_problems(app: FastAPI) -> None:
    """Let every error of an app leave as a problem."""
    app.add_exception_handler(ApiError, _of_ours)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(Malformed, _of_packets)
    app.add_exception_handler(FarAhead, _of_packets)
    app.add_exception_handler(NotTaken, _of_the_untaken)
    app.add_exception_handler(RequestValidationError, _of_fields)
    app.add_exception_handler(Exception, _of_the_unexpected)


def _of_ours(request: Request, error: Exception) -> JSONResponse:
    kind = _snake(type(error).__name__)
    status = next((s for t, s in _STATUS.items() if isinstance(error, t)), 503)
    retry = {"Retry-After": "1"} if isinstance(error, DatabaseBusy) else None
    title = HTTPStatus(status).phrase
    return problem(status, kind, title, detail=str(error), instance=_place(request), headers=retry)


def _of_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    title = HTTPStatus(error.status_code).phrase
    detail = error.detail if error.detail != title else None
    kind = _snake(title.replace(" ", ""))
    return problem(
        error.status_code,
        kind,
        title,
        detail=detail,
        instance=_place(request),
        headers=error.headers,
    )


def _of_fields(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [{"field": _field(each), "why": _why(each)} for each in error.errors()]
    return problem(422, "fields", _FIELDS, instance=_place(request), errors=errors)


def _of_packets(request: Request, error: Exception) -> JSONResponse:
    """Name where in an envelope something is wrong; its text holds no value."""
    field, why = (error.field, error.why) if isinstance(error, Malformed) else ("t_ms", str(error))
    told = [{"field": field, "why": why}]
    return problem(422, "fields", _FIELDS, instance=_place(request), errors=told)


def _of_the_untaken(request: Request, error: Exception) -> JSONResponse:
    title = "Not stored. Send it again; nothing is lost"
    retry = {"Retry-After": "2"}
    return problem(503, "not_taken", title, instance=_place(request), headers=retry)


def _of_the_unexpected(request: Request, error: Exception) -> JSONResponse:
    return problem(500, "unexpected", "Something stopped here", instance=_place(request))


def _place(request: Request) -> str | None:
    """Name the route, not the address: that could hold what was sent."""
    path = getattr(request.scope.get("route"), "path", None)
    return path if isinstance(path, str) else None


def _field(error: Mapping[str, Any]) -> str:
    """Name a field where the name is ours; one the sender made up stays unsaid."""
    *above, last = error["loc"]
    made_up = error["type"] == "extra_forbidden"
    parts = [*above, "?" if made_up else last]
    return ".".join(_part(part) for part in parts[1:] or parts)


def _part(part: object) -> str:
    text = str(part)
    return text if isinstance(part, int) or _OUR_NAME.fullmatch(text) else "?"


def _why(error: Mapping[str, Any]) -> str:
    """Say what is wrong by the kind of error alone: messages may quote the value."""
    limits = error.get("ctx", {})
    told = [f" ({limits[name]})" for name in _LIMITS if isinstance(limits.get(name), int | float)]
    return str(error["type"]).replace("_", " ") + "".join(told)


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
