"""A real broker: Mosquitto on a free port of loopback, killed and begun again at will."""

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

HOST = "127.0.0.1"
MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
_PATIENCE_S = 10.0
_REFUSED_VERSION = b"\x20\x02\x00\x01"
"""CONNACK of 3.1.1: "unacceptable protocol version"."""


def free_port() -> int:
    with socket.create_server((HOST, 0)) as found:
        return int(found.getsockname()[1])


class Broker:
    """One Mosquitto, with a configuration of its own and always the same port."""

    def __init__(self, folder: Path, extra: Iterable[str] = ("allow_anonymous true",)) -> None:
        self.port = free_port()
        self._config = folder / "mosquitto.conf"
        # As root it would change its user, and that one may not read our files.
        lines = [f"listener {self.port} {HOST}", "persistence false", "user root", *extra]
        self._config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._log = folder / "mosquitto.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://{HOST}:{self.port}"

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [MOSQUITTO, "-c", str(self._config)], stdout=log, stderr=log
            )
        deadline_s = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline_s:
            with suppress(OSError), socket.create_connection((HOST, self.port), timeout=1):
                return
            time.sleep(0.01)
        raise TimeoutError(self._log.read_text(encoding="utf-8"))

    def kill(self) -> None:
        """Let it die at once, and with it whatever it held."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(_PATIENCE_S)
            self._process = None

    def restart(self) -> None:
        self.kill()
        self.start()


@asynccontextmanager
async def only_311(port: int) -> AsyncIterator[int]:
    """Stand before a broker, and refuse what is newer than 3.1.1 as an old one does."""
    pumps: set[asyncio.Task[None]] = set()

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            hello = await reader.read(1000)
            if hello[hello.index(b"MQTT") + 4] > 4:
                writer.write(_REFUSED_VERSION)
                await writer.drain()
                return
            inner_reader, inner_writer = await asyncio.open_connection(HOST, port)
            inner_writer.write(hello)
            await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(greet(reader, writer))
        pumps.add(task)
        task.add_done_callback(pumps.discard)

    server = await asyncio.start_server(accept, HOST, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.gather(*pumps, return_exceptions=True)
        await server.wait_closed()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()
