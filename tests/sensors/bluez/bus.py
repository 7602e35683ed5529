"""A D-Bus daemon of our own, so that no test touches the machine's."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Self

DAEMON = shutil.which("dbus-daemon") if sys.platform == "linux" else None
"""`None` where bleak's way to BlueZ cannot be tested."""

_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>{address}</listen><auth>EXTERNAL</auth>
<policy context="default">
<allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
</policy>
</busconfig>"""


class PrivateBus:
    """A running `dbus-daemon`; `address` is where it listens."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()  # short: a socket's path holds 108 bytes
        self.address = f"unix:path={self._folder.name}/socket"
        self._daemon: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._folder.cleanup()

    def start(self) -> None:
        """Start the daemon and wait until it answers."""
        assert DAEMON is not None
        config = Path(self._folder.name, "bus.conf")
        config.write_text(_CONFIG.format(address=self.address))
        self._daemon = subprocess.Popen(
            [DAEMON, f"--config-file={config}", "--nofork", "--print-address=1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it grumbles about a limit of open files
            text=True,
        )
        assert self._daemon.stdout is not None
        assert self._daemon.stdout.readline(), "dbus-daemon did not start"

    def stop(self) -> None:
        """End the daemon, as a crash would for everyone connected."""
        if self._daemon is not None:
            self._daemon.terminate()
            self._daemon.communicate(timeout=5)
            self._daemon = None
