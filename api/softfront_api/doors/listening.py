"""The port, taken first: whoever comes while the rest is loading waits, and is not refused."""

import errno
import socket
import sys
from pathlib import Path

from ..words import say
from .common import stop

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
            raise
        command = f"{Path(sys.argv[0]).name} {' '.join(sys.argv[1:2])} --port {port + 1}"
        stop(say("error.port_in_use", port=str(port), command=command))
    return listener
