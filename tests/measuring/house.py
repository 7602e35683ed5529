"""What the doors and the road of a heartbeat cost."""

import asyncio
import os
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

from softfront_api.diary import Diary, Entry
from softfront_sensors.heart_rate import Contact, decode, encode
from softfront_sensors.packet import Packet, Reading
from softfront_sensors.recording import dump
from softfront_sensors.simulated import Episode, Kind, Person, readings
from softfront_sensors.source import SessionInfo
from softfront_signal.baseline import Baseline
from softfront_signal.monitor import Monitor

from .figure import Figure

SOFTFRONT = str(Path(sys.executable).with_name("softfront"))
_ROUNDS = 7
_PACKETS = 20_000
"""So many are decoded in about 15 ms: long beside the clock's grain, short beside a neighbour's."""
_U16 = struct.Struct("<H")
_INTERVALS = [struct.Struct(f"<{count}H") for count in range(4)]
_WATCH_S = 30
# As root the broker would change its user, and that one may not read the folder.
_ANYONE = "allow_anonymous true\nuser root\n"
_BARE = """
import sys, uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.get("/api/v1/health")
def health() -> dict[str, str]:
    return {"status": "ok"}
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
"""


def help_against_python() -> Figure:
    ours, bare = _in_turn(
        lambda: _seconds([SOFTFRONT, "--help"]), lambda: _seconds([sys.executable, "-c", "pass"])
    )
    return Figure("help_over_python", ours / bare, "ratio", 15)


def start_against_bare_app() -> Iterator[Figure]:
    """Time the first connection that is taken, and the first answer."""
    with tempfile.TemporaryDirectory() as folder:
        own = [SOFTFRONT, "demo", "--no-browser", "--data", folder, "--port"]
        bare = [sys.executable, "-c", _BARE]
        for name, moment in (("port", _await_port), ("first_answer", _await_answer)):
            ours, other = _in_turn(partial(_until, moment, own), partial(_until, moment, bare))
            yield Figure(f"{name}_over_bare_fastapi", ours / other, "ratio", 2)


def one_strap() -> Iterator[Figure]:
    """Watch a server with one strap at a packet a second and one page listening."""
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        command = [SOFTFRONT, "demo", "--no-browser", "--data", folder, "--port", str(port)]
        server = _start(command)
        try:
            _await_answer(port)
            time.sleep(5)  # the first half hour is heard by then
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/live", timeout=5):
                before = _cpu_s(server.pid)
                time.sleep(_WATCH_S)
                share = 100 * (_cpu_s(server.pid) - before) / _WATCH_S
                memory = _memory_mb(server.pid)
        finally:
            _stop(server)
    yield Figure("one_strap_cpu", share, "% of a core", 2)
    yield Figure("one_strap_memory", memory, "MB", 150)


def collector_over_mqtt() -> Iterator[Figure]:
    """Watch a collector with one strap, a broker and a server at the other end of the road."""
    broker = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if broker is None:
        print("mosquitto is missing: the collector is NOT MEASURED", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder:
        port, page = _free_port(), _free_port()
        Path(folder, "mosquitto.conf").write_text(f"listener {port} 127.0.0.1\n{_ANYONE}")
        road = f"mqtt://127.0.0.1:{port}"
        server = [SOFTFRONT, "serve", "--no-strap", "--no-browser", "--port", str(page)]
        started = [_start([broker, "-c", f"{folder}/mosquitto.conf"])]
        try:
            started.append(_start([*server, "--from", road, "--data", f"{folder}/server"]))
            _await_answer(page)
            watched = [SOFTFRONT, "collect", "--simulated", "--to", road, "--data", folder]
            started.append(_start(watched))
            time.sleep(5)
            before = _cpu_s(started[-1].pid)
            time.sleep(_WATCH_S)
            share = 100 * (_cpu_s(started[-1].pid) - before) / _WATCH_S
            memory = _memory_mb(started[-1].pid)
        finally:
            for process in reversed(started):
                _stop(process)
    yield Figure("collector_mqtt_cpu", share, "% of a core", 1)
    yield Figure("collector_mqtt_memory", memory, "MB", 60)


def one_collector() -> Iterator[Figure]:
    """Watch a collector that reads a strap through bleak, on a bus without a radio, and sends."""
    from tests.sensors.bluez.bus import DAEMON, PrivateBus

    if DAEMON is None:
        return
    with tempfile.TemporaryDirectory() as folder, PrivateBus() as bus:
        port = _free_port()
        to = ["serve", "--no-strap", "--no-browser", "--data", f"{folder}/there", "--port"]
        server = _start([SOFTFRONT, *to, str(port)])
        try:
            _await_answer(port)
            share, memory = asyncio.run(_collected(f"http://127.0.0.1:{port}", folder, bus.address))
        finally:
            _stop(server)
    yield Figure("collector_cpu", share, "% of a core", 1)
    yield Figure("collector_memory", memory, "MB", 60)


async def _collected(url: str, folder: str, bus: str) -> tuple[float, float]:
    from tests.sensors.bluez.fake import FakeBluez

    beats = [r.data for r in readings(Person(3), 0, _WATCH_S + 30) if isinstance(r, Packet)]
    command = [SOFTFRONT, "collect", "--to", url, "--data", f"{folder}/here"]
    async with FakeBluez(bus) as bluez:
        strap = bluez.strap()
        environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": bus}
        quiet = asyncio.subprocess.DEVNULL
        collector = await asyncio.create_subprocess_exec(
            *command, env=environment, stdout=quiet, stderr=quiet
        )
        try:
            while not strap.notifying:  # noqa: ASYNC110  the fake tells it by a flag
                await asyncio.sleep(0.05)
            before = 0.0
            for second, data in enumerate(beats[: _WATCH_S + 5]):
                strap.send(data)
                if second == 5:  # all is loaded by then
                    before = _cpu_s(collector.pid)
                await asyncio.sleep(1)
            share = 100 * (_cpu_s(collector.pid) - before) / _WATCH_S
            return share, _memory_mb(collector.pid)
        finally:
            collector.terminate()
            await collector.wait()


def decode_against_struct() -> Figure:
    """Read what a chest strap sends with all its checks, and by the barest loop there is."""
    packets = _packets(Random(1))
    ours, bare = _in_turn(partial(_cpu, _decode_all, packets), partial(_cpu, _unpack_all, packets))
    return Figure("decode_over_struct", ours / bare, "ratio", 5)


def _packets(chance: Random) -> list[bytes]:
    """Mix packets of none to three beats; now and then energy, seldom a rate of two bytes."""
    return [
        encode(
            300 if chance.random() < 0.02 else chance.randrange(50, 180),
            [
                chance.randrange(400, 1300)
                for _ in range(chance.choices(range(4), (3, 50, 35, 12))[0])
            ],
            chance.choice(list(Contact)),
            chance.randrange(1000) if chance.random() < 0.1 else None,
        )
        for _ in range(_PACKETS)
    ]


def _decode_all(packets: list[bytes]) -> None:
    for data in packets:
        decode(data)


def _unpack_all(packets: list[bytes]) -> None:
    """Read every field of a sound packet, check nothing, keep nothing."""
    for data in packets:
        flags, at = data[0], 2
        if flags & 0x01:
            (_rate,) = _U16.unpack_from(data, 1)
            at = 3
        else:
            _rate = data[1]
        if flags & 0x08:
            (_energy,) = _U16.unpack_from(data, at)
            at += 2
        if flags & 0x10:
            _rr_ticks = _INTERVALS[(len(data) - at) // 2].unpack_from(data, at)


def _cpu(work: Callable[[list[bytes]], None], packets: list[bytes]) -> float:
    began = time.process_time()
    work(packets)
    return time.process_time() - began


def hour_of_beats() -> Iterator[Figure]:
    """Play an hour through the whole road, and through the monitor alone."""
    person = Person(3, (Episode(Kind.WALK, 300, 200), Episode(Kind.STRAIN, 2600, 300)))
    hour = list(readings(person, 1_781_000_000_000, 3600))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "hour.jsonl")
        with file.open("w") as out:
            dump(hour, "bench", out)
        yield Figure("replay_hour", _seconds([SOFTFRONT, "replay", str(file)]), "s", 10)
    monitor, began = Monitor(Baseline()), time.process_time()
    decided = sum(len(monitor.hear(reading)) for reading in hour)
    spent_ms = 1000 * (time.process_time() - began)
    # All that was heard since the last one, and the spectrum, are in it.
    yield Figure("decision", spent_ms / decided, "ms", 1)
    # Of a packet a second, 2 % are 20 ms.
    yield Figure("commit", _commit_ms(hour[:600]), "ms", 20)


def _commit_ms(packets: list[Reading]) -> float:
    """Store one packet after the other for good; the median, the wait for the disk included."""
    spent = []
    info = SessionInfo("bench", "bench", packets[0].t_ms, live=True)
    with tempfile.TemporaryDirectory() as folder, Diary.open(Path(folder), demo=False) as diary:
        diary.begin_session(info)
        for packet in packets:
            began = time.perf_counter()
            diary.commit(Entry(info.id, (packet,)))
            spent.append(1000 * (time.perf_counter() - began))
    return statistics.median(spent)


def _in_turn(ours: Callable[[], float], other: Callable[[], float]) -> tuple[float, float]:
    pairs = [(ours(), other()) for _ in range(_ROUNDS)]
    return statistics.median(p[0] for p in pairs), statistics.median(p[1] for p in pairs)


def _seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def _until(moment: Callable[[int], None], command: list[str]) -> float:
    port = _free_port()
    began = time.perf_counter()
    server = _start([*command, str(port)])
    try:
        moment(port)
        return time.perf_counter() - began
    finally:
        _await_answer(port)
        _stop(server)


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGTERM)
    server.wait(15)


def _await_port(port: int) -> None:
    for _ in range(6000):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except OSError:
            time.sleep(0.005)
    raise TimeoutError("the port was not open within half a minute")


def _await_answer(port: int) -> None:
    for _ in range(6000):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/health", timeout=5).close()
            return
        except OSError:
            time.sleep(0.005)
    raise TimeoutError("the server did not answer within half a minute")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    resident = next(line for line in lines if line.startswith("VmRSS"))
    return int(resident.split()[1]) / 1000
