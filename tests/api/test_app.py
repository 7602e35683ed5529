"""The door to the world, through a real server on a recording that has been heard to its end."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok

from softfront_sensors.packet import Packet

from .killing import SOFTFRONT, Road, Served, kept_in, make_road


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Road:
    return make_road(tmp_path_factory.mktemp("road"))


@pytest.fixture(scope="module")
def served(road: Road, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(road, tmp_path_factory.mktemp("data"), "max", SOFTFRONT) as served:
        assert served.live_to_the_end()
        yield served


@pytest.fixture
def door(served: Served) -> Iterator[httpx.Client]:
    url = f"http://127.0.0.1:{served.port}"
    with httpx.Client(base_url=f"{url}/api/v1/", headers={"origin": url}) as client:
        yield client


def utc(t_ms: int) -> str:
    return datetime.fromtimestamp(t_ms / 1000, UTC).isoformat().replace("+00:00", "Z")


def prompt_of(door: httpx.Client) -> Any:
    return door.get("prompts").json()["items"][-1]


def test_an_offer_tells_its_reason_whole(door: httpx.Client) -> None:
    reason = prompt_of(door)["reason"]
    assert reason["id"].startswith("prompt.body.")
    assert reason["value"]["hr_bpm"] > reason["band"]["hr_bpm"]["high"]
    assert reason["hold_s"] == 45
    assert all(gate["open"] for gate in reason["gates"])


def test_every_decision_can_be_paged_through_without_a_hole(door: httpx.Client, road: Road) -> None:
    last = road.recording.readings[-1].t_ms
    asked: dict[str, str | int] = {
        "from": utc(road.recording.readings[0].t_ms),
        "to": utc(last + 1),
        "limit": 400,
    }
    ids: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = door.get("decisions", params={**asked, **({"cursor": cursor} if cursor else {})})
        ids += [decision["id"] for decision in page.json()["items"]]
        cursor = page.json()["next"]
    assert ids == [stored.id for stored in road.undisturbed.decisions]


def test_windows_are_down_sampled_and_keep_their_gaps(door: httpx.Client, road: Road) -> None:
    first = road.recording.readings[0].t_ms
    span: dict[str, str | int] = {
        "from": utc(first - 600_000),
        "to": utc(first + 3_600_000),
        "points": 100,
    }
    found = door.get("windows", params=span).json()
    assert len(found["t_s"]) == len(found["hr_bpm"]) == len(found["state"]) <= 100
    assert found["state"][0] == "no_link"
    assert found["hr_bpm"][0] is None
    assert "moving" in found["state"]


def test_times_to_return_are_counted_and_told(door: httpx.Client, road: Road) -> None:
    first = road.recording.readings[0].t_ms
    found = door.get("returns", params={"from": utc(first), "to": utc(first + 86_400_000)}).json()
    assert found["all"]["n"] == sum(day["time"]["n"] for day in found["days"]) > 0
    assert found["all"]["text"]["id"] == "return.not_enough"
    assert found["trend"]["text"]["id"] == "trend.not_enough"
    long = {"from": utc(first), "to": utc(first + 401 * 86_400_000)}
    assert door.get("returns", params=long).status_code == 422


def test_a_moment_that_was_not_measured_has_no_decision(door: httpx.Client) -> None:
    assert door.get("decisions", params={"at": "2001-01-01T00:00:00Z"}).json()["items"] == []


def test_an_answer_stands_and_another_one_afterwards_is_refused(door: httpx.Client) -> None:
    prompt = prompt_of(door)
    said = door.post(f"prompts/{prompt['id']}/answer", json={"answer": "was_moving"})
    assert said.json()["prompt"]["status"] == "was_moving"
    again = door.post(f"prompts/{prompt['id']}/answer", json={"answer": "was_moving"})
    assert again.status_code == 200
    later = door.post(f"prompts/{prompt['id']}/answer", json={"answer": "later"})
    assert later.status_code == 409
    assert door.post("prompts/none/answer", json={"answer": "later"}).status_code == 404


def test_a_pause_begun_twice_with_one_key_is_one(door: httpx.Client) -> None:
    key = {"Idempotency-Key": "11111111-aaaa"}
    first = door.post("pauses", json={"prompt_id": None, "started_ago_s": 200}, headers=key)
    second = door.post("pauses", json={"prompt_id": None, "started_ago_s": 230}, headers=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    place = f"pauses/{first.json()['id']}"
    ended = door.post(f"{place}/finish", json={"lasted_s": 60, "ended_ago_s": 140}).json()
    assert door.post(f"{place}/finish", json={"lasted_s": 90}).json()["lasted_s"] == 60
    assert ended["during"]["heart_rate"]["value"] > 0
    assert ended["after"] is None
    assert ended["ready_at"] is not None
    assert "result.ended_early" in [note["id"] for note in ended["notes"]]


def test_one_line_is_kept_replaced_and_removed(door: httpx.Client) -> None:
    key = {"Idempotency-Key": "22222222-bbbb"}
    pause = door.post("pauses", json={}, headers=key).json()["id"]
    assert door.post("journal", json={"text": "Her hand", "pause_id": pause}).status_code == 201
    door.post("journal", json={"text": "Her hands", "pause_id": pause})
    assert door.get(f"pauses/{pause}").json()["journal"] == "Her hands"
    assert door.post("journal", json={"text": "", "pause_id": pause}).status_code == 204
    assert door.get(f"pauses/{pause}").json()["journal"] is None


def test_settings_change_only_from_what_was_seen(door: httpx.Client) -> None:
    seen = door.get("settings")
    changed = seen.json() | {"max_per_shift": 2}
    tag = {"If-Match": seen.headers["etag"]}
    assert door.put("settings", json=changed).status_code == 428
    assert door.put("settings", json=changed, headers=tag).json()["max_per_shift"] == 2
    assert door.put("settings", json=seen.json(), headers=tag).status_code == 412


def test_settings_are_previewed_and_not_kept(door: httpx.Client) -> None:
    seen = door.get("settings")
    told = door.post("settings/preview", json=seen.json() | {"percentile": 98})
    assert told.status_code == 200
    assert set(told.json()) == {
        *("shifts", "offers_per_shift", "eligible_share", "still_outside_share", "days"),
        *("lines", "missing", "suggestion"),
    }
    assert door.get("settings").headers["etag"] == seen.headers["etag"]
    assert door.post("settings/preview", json={"percentile": 94}).status_code == 422
    assert door.post("settings/preview", json={"unknown": 1}).status_code == 422


def test_nobody_is_with_someone_for_days(door: httpx.Client, road: Road) -> None:
    seen = door.get("settings")
    tag = {"If-Match": seen.headers["etag"]}
    far = seen.json() | {"with_someone_until": "2199-01-01T00:00:00Z"}
    refused = door.put("settings", json=far, headers=tag)
    assert refused.status_code == 422
    assert refused.json()["errors"] == [{"field": "with_someone_until", "why": "too far ahead"}]
    soon = utc(road.recording.readings[-1].t_ms // 1000 * 1000 + 3_600_000)
    kept = door.put("settings", json=seen.json() | {"with_someone_until": soon}, headers=tag)
    assert door.get("now").json()["with_someone_until"] == kept.json()["with_someone_until"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("pauses", b'{"started_ago_s": NaN}'),
        ("pauses", b'{"started_ago_s": "4711"}'),
        ("pauses", b'{"started_ago_s": true}'),
        ("pauses", b'{"started_ago_s": 1e400}'),
        ("journal", b'{"text": "4711\xed\xa0\x80"}'),
        ("journal", b'{"text": 4711}'),
        ("journal", b"[4711"),
    ],
)
def test_nonsense_gets_a_problem_that_does_not_repeat_it(
    door: httpx.Client, path: str, body: bytes
) -> None:
    headers = {"content-type": "application/json", "Idempotency-Key": "33333333-cccc"}
    answer = door.post(path, content=body, headers=headers)
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "4711" not in answer.text


def test_a_stranger_is_refused(door: httpx.Client) -> None:
    assert door.get("now", headers={"host": "evil.example"}).status_code == 421
    assert door.post("pauses", json={}, headers={"origin": "http://evil"}).status_code == 403
    assert door.get("nothing").status_code == 404
    assert door.delete("now").status_code in (403, 405, 415)


def test_all_packets_stand_behind_the_last_seq(served: Served, door: httpx.Client) -> None:
    health = door.get("health").json()
    assert health["last_seq"] == served.seen.last_seq > 5000
    assert health["status"] == "stopped"


def test_no_request_whatever_makes_the_server_fail(served: Served) -> None:
    url = f"http://127.0.0.1:{served.port}"
    with httpx.Client(base_url=url) as client:
        spec = client.get("/openapi.json").json()
    schema = schemathesis.openapi.from_dict(spec)
    schema.config.update(base_url=url)
    failed = []
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        failed += _tried(found.ok().as_strategy(), url)
    assert failed == []


def _tried(strategy: Any, url: str) -> list[str]:
    failed: list[str] = []

    @settings(
        max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=strategy)
    def one(case: Any) -> None:
        if case.operation.path.endswith("/live"):
            return
        answer = case.call(headers={"origin": url}, timeout=5)
        if answer.status_code >= 500:
            failed.append(f"{case.operation.label}: {answer.status_code}")

    one()
    return failed


def test_packets_are_kept_as_they_came(road: Road) -> None:
    kept = kept_in(road.file.parent)
    sent = [r.data for r in road.recording.readings if isinstance(r, Packet)]
    assert [r.data for r in kept.readings if isinstance(r, Packet)] == sent
