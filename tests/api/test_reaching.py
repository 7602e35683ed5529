"""Whether a phone and a home can be reached, as `softfront doctor` and `softfront home` say it."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from softfront_api.__main__ import app
from softfront_api.diary import Diary
from softfront_api.doors import doctor

from ..sensors.broker import Broker
from .ntfy import NtfyServer, ntfy

SECRET = "s3cret"


@pytest.fixture(autouse=True)
def no_radio(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bluetooth has tests of its own, and takes its seconds."""
    monkeypatch.setattr(doctor, "_bluetooth", lambda: ((), None))


@pytest.fixture
def server() -> Iterator[NtfyServer]:
    with ntfy() as running:
        yield running


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    (tmp_path / "broker").mkdir()
    made = Broker(tmp_path / "broker")
    made.start()
    yield made
    made.kill()


def nobody() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def asked(folder: Path, *words: str, **settings: Any) -> tuple[int, str, str]:
    with Diary.open(folder, demo=False) as diary:
        diary.put_settings(settings, version=diary.settings().version)
    found = CliRunner().invoke(app, [*words, "--data", str(folder)])
    assert SECRET not in found.output + found.stderr
    return found.exit_code, found.stdout, found.stderr


def told(folder: Path, **settings: Any) -> tuple[str, str, str]:
    _, out, err = asked(folder, "doctor", "--json", **settings)
    checks = json.loads(out)
    return checks["phone"], checks["home"], err


def test_what_is_off_is_said_to_be_off(tmp_path: Path) -> None:
    phone, home, err = told(tmp_path)
    assert (phone, home) == ("off", "off")
    assert "broker" not in err


def test_a_phone_that_can_be_reached_is_sent_nothing(tmp_path: Path, server: NtfyServer) -> None:
    phone, _, _ = told(tmp_path, phone_url=server.url("my-topic", f"anna:{SECRET}@"))
    assert phone == "ok"
    assert server.topics.events == []


def test_where_nobody_answers_the_doctor_says_who_and_ends_with_a_fault(tmp_path: Path) -> None:
    url = f"http://anna:{SECRET}@127.0.0.1:{nobody()}/my-topic"
    phone, _, err = told(tmp_path, phone_url=url)
    assert phone == "unreached"
    assert "127.0.0.1 does not answer" in err
    assert asked(tmp_path, "doctor", phone_url=url)[0] == 1


def test_a_messenger_that_apprise_does_not_know_is_told(tmp_path: Path) -> None:
    pytest.importorskip("apprise")
    phone, _, err = told(tmp_path, phone_url=f"nonsense://anna:{SECRET}@there")
    assert phone == "unknown"
    assert "nonsense" in err


@pytest.mark.mosquitto
def test_a_broker_is_reached_or_not(tmp_path: Path, broker: Broker) -> None:
    folder = tmp_path / "diary"
    url = broker.url.replace("mqtt://", f"mqtt://anna:{SECRET}@")
    assert told(folder, home_url=url)[1] == "ok"
    code, out, err = asked(folder, "home", home_url=url)
    assert (code, err) == (0, "")
    assert out.startswith("Connected.\n")
    broker.kill()
    _, home, err = told(folder, home_url=url)
    assert home == "unreached"
    assert "The broker 127.0.0.1 does not answer" in err
    code, out, _ = asked(folder, "home", "--json", home_url=url)
    assert (code, json.loads(out)["home"]) == (1, "unreached")


def test_without_a_broker_nothing_is_found(tmp_path: Path) -> None:
    code, out, err = asked(tmp_path, "home")
    assert (code, out) == (3, "")
    assert err.startswith("No broker is set.")


def test_the_lamp_is_printed_and_nothing_else(tmp_path: Path) -> None:
    code, out, err = asked(tmp_path, "home", "--blueprint")
    assert (code, err) == (0, "")
    assert out.startswith("# A blueprint for Home Assistant")
    code, printed, _ = asked(tmp_path, "home", "--blueprint", "--json")
    assert (code, json.loads(printed)["blueprint"].rstrip()) == (0, out.rstrip())
