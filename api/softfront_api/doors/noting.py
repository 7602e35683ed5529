"""A practice of a terminal, told to the server on this machine; without one nothing is lost."""

import json
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from typing import Any
from uuid import uuid4

from .guiding import Course

_HOST = "127.0.0.1"
# It is on this machine: what takes longer is busy, and nobody waits for it.
_WITHIN_S = 2.0


class Note:
    """Tells a server of one practice, beside the clock that leads it."""

    def __init__(self, kind: str, port: int) -> None:
        """Tell that it begins."""
        self._place = "pauses" if kind == "pause" else f"practices/{kind}/sessions"
        self._port, self._key = port, uuid4().hex
        self._one = ThreadPoolExecutor(max_workers=1)
        self._begun: Future[str | None] = self._one.submit(self._begin, 0)

    def finish(self, course: Course) -> bool:
        """Tell how it went, just now; say whether a server knows of it."""
        with self._one as one:
            return one.submit(self._finish, course).result()

    def _begin(self, ago_s: int) -> str | None:
        told = self._post(self._place, {"started_ago_s": ago_s})
        name = told.get("id") if told else None
        return name if isinstance(name, str) else None

    def _finish(self, course: Course) -> bool:
        # One that was started meanwhile may still hear of it; the key makes it one practice.
        name = self._begun.result() or self._begin(course.lasted_s + course.ago_s)
        if name is None:
            return False
        body: dict[str, Any] = {"lasted_s": course.lasted_s, "ended_ago_s": course.ago_s}
        if course.choice is not None:
            body["choice"] = course.choice
        return self._post(f"{self._place}/{name}/finish", body) is not None

    def _post(self, place: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        line = HTTPConnection(_HOST, self._port, timeout=_WITHIN_S)
        headers = {
            "Content-Type": "application/json",
            "Origin": f"http://{_HOST}:{self._port}",
            "Idempotency-Key": self._key,
        }
        try:
            line.request("POST", f"/api/v1/{place}", json.dumps(body), headers)
            answer = line.getresponse()
            told = json.loads(answer.read())
        except (OSError, HTTPException, ValueError):
            return None
        finally:
            line.close()
        return told if answer.status < 300 and isinstance(told, dict) else None
