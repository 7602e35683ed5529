"""The port, taken first: whoever comes while the rest is loading waits, and is not refused."""

import errno
import shlex
import socket
import sys

from ..words import say
from .common import Exit, stop

HOST = "127.0.0.1"


def listen(port: int, host: str = HOST) -> socket.socket:
    """Take a port of this machine's own address, or of another; 0 is any that is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as taken:
        listener.close()
        if taken.errno not in (errno.EADDRINUSE, errno.EACCES):
            stop(say("door.no_address", host=host), Exit.USAGE)
        stop(say("error.port_in_use", port=str(port), command=_with_port(port + 1)))
    return listener


def _with_port(port: int) -> str:
    """Write the command that was given, whole, with another port."""
    given = iter(sys.argv[1:])
    kept: list[str] = []
    for word in given:
        if word == "--port":
            next(given, None)
        elif not word.startswith("--port="):
            kept.append(word)
    return shlex.join(["softfront", *kept, "--port", str(port)])
