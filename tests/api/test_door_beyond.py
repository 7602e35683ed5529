"""The door opened to other machines: TLS, a token, and nothing else behind it."""

import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import trustme

from softfront_api.diary import Diary
from softfront_api.tokens import Tokens
from softfront_sensors.recording import dump
from softfront_sensors.simulated import Person, readings

from .killing import HOST, free_port
from .test_doors import asked

OPENED = str(Path(__file__).with_name("opened.py"))
SENT = list(readings(Person(5), 1_781_000_000_000, 300))


@dataclass(frozen=True)
class Ward:
    """A server with its door open, and what a collector needs to know of it."""

    folder: Path
    ca: Path
    port: int

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}"

    def client(self) -> httpx.Client:
        return httpx.Client(verify=ssl.create_default_context(cafile=self.ca), base_url=self.url)


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    folder = tmp_path_factory.mktemp("ward")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    certificate = authority.issue_cert(HOST)
    certificate.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    Tokens(folder / "data").make("somebody", 0)
    ward = Ward(folder / "data", folder / "ca.pem", free_port())
    with serving(ward, folder):
        yield ward


@contextmanager
def serving(ward: Ward, folder: Path) -> Iterator[None]:
    command = [sys.executable, "-P", OPENED, "serve", "--no-strap", "--no-browser"]
    command += ["--port", str(ward.port), "--data", str(ward.folder)]
    command += ["--cert", str(folder / "cert.pem"), "--key", str(folder / "key.pem")]
    program = subprocess.Popen(command)
    try:
        with ward.client() as client:
            until_it_answers(client)
        yield
    finally:
        program.terminate()
        assert program.wait(15) == 0


def until_it_answers(client: httpx.Client) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            if client.get("/api/v1/health").json()["status"] == "ok":
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("it never answered")


def collect(
    ward: Ward, folder: Path, token: str, ca: Path | None = None, within_s: float = 20
) -> tuple[int, str]:
    """Send a recording, as a collector on another machine does; one that waits is ended."""
    (folder / "token").write_text(token)
    with (folder / "worn.jsonl").open("w") as out:
        dump(SENT, "Seeded heart", out)
    command = [sys.executable, "-P", "-m", "softfront_api", "collect", "--to", ward.url]
    command += ["--replay", str(folder / "worn.jsonl"), "--speed", "max"]
    command += ["--token-file", str(folder / "token"), "--ca", str(ca or ward.ca)]
    command += ["--data", str(folder / "spool")]
    program = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        _, err = program.communicate(timeout=within_s)
    except subprocess.TimeoutExpired:
        program.terminate()
        _, err = program.communicate(timeout=10)
        return -1, err
    return program.returncode, err


def test_a_paired_collector_brings_all_it_has(ward: Ward, tmp_path: Path) -> None:
    token = asked("collect", "--pair", "--data", str(ward.folder))[1].strip()
    code, err = collect(ward, tmp_path, token)
    assert (code, token in err) == (0, False)
    with Diary.peek(ward.folder, demo=False) as diary:
        kept = [stored.reading for stored in diary.readings(0, 2**53)]
    assert [(r.seq, r.wall_ms) for r in kept[-len(SENT) :]] == [(r.seq, r.wall_ms) for r in SENT]


def test_a_token_that_was_taken_back_brings_nothing_more(ward: Ward, tmp_path: Path) -> None:
    token = asked("collect", "--pair", "--data", str(ward.folder))[1].strip()
    asked("collect", "--unpair", token.split("_")[1], "--data", str(ward.folder))
    code, err = collect(ward, tmp_path, token, within_s=4)
    assert code != 0
    assert "pair" in err
    assert token not in err


def test_a_certificate_of_somebody_else_is_not_spoken_to(ward: Ward, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    code, err = collect(ward, tmp_path, "sf_00000000_x", tmp_path / "other.pem", 4)
    assert code != 0
    assert "not trusted" in err


def test_without_a_token_packets_are_refused_and_the_page_goes_on(ward: Ward) -> None:
    with ward.client() as client:
        body = {"v": 1, "session": "one", "packets": []}
        assert client.post("/api/v1/packets", json=body).status_code == 401
        ours = {"origin": ward.url}
        assert client.post("/api/v1/packets", json=body, headers=ours).status_code == 401
        assert client.get("/api/v1/now").status_code == 200


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--host", "0.0.0.0"), "--plain-http"),
        (("--host", "0.0.0.0", "--plain-http"), "softfront collect --pair"),
        (("--host", "::", "--cert", "nowhere.pem", "--key", "nowhere.key"), "nowhere.pem"),
        (("--host", "ward"), "an address"),
        (("--cert", __file__), "--cert and --key"),
        (("--cert", __file__, "--key", __file__), "not a certificate and its key"),
        (("--host", "192.0.2.7", "--plain-http", "--data", "paired"), "no address 192.0.2.7"),
        (("--from", "http://ward"), "mqtt"),
    ],
)
def test_a_door_that_cannot_be_guarded_stays_shut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Tokens(tmp_path / "paired").make("somebody", 0)
    code, out, err = asked("serve", "--data", str(tmp_path), *words)
    assert (code, out) == (2, "")
    assert said in err
