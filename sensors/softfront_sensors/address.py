"""Where another machine is, and whose word is taken for its certificate."""

import socket
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from .errors import Refused, SensorError, Unreachable, UnusableAddress

_PORTS = {"mqtt": 1883, "mqtts": 8883, "http": 80, "https": 443}
_SECURE = ("mqtts", "https")
_SPELT = "In a password / ? # and @ are written %2F %3F %23 and %40."
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Address:
    """An address in its parts; shown, it is without user and password."""

    scheme: str
    host: str
    port: int
    path: str = ""
    """Without a slash at either end."""
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        """Name the machine."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @property
    def secure(self) -> bool:
        """Say whether what is sent there is encrypted."""
        return self.scheme in _SECURE

    @property
    def here(self) -> bool:
        """Say whether it is this very machine."""
        return self.host in _LOOPBACK


def parse(text: str, schemes: tuple[str, ...]) -> Address:
    """Take an address apart.

    Raises:
        UnusableAddress: it is none, or of another scheme.
    """
    known = " or ".join(f"{scheme}://…" for scheme in schemes)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise UnusableAddress(f"The address is not one of the form {known}. {_SPELT}") from None
    if parts.scheme not in schemes:
        raise UnusableAddress(f"The address begins with none of {known}.")
    if not parts.hostname or not _resolvable(parts.hostname):
        raise UnusableAddress("The address names no machine.")
    if "?" in text or "#" in text:
        raise UnusableAddress(f"The address holds a ? or #. {_SPELT}")
    user, password = _who(parts)
    path = unquote(parts.path).strip("/")
    return Address(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], path, user, password)


def trust(authority: Path | None) -> ssl.SSLContext:
    """Trust the authorities this system knows, or only the one in a file.

    Raises:
        UnusableAddress: that file holds no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=authority)
    except (OSError, ssl.SSLError):
        raise UnusableAddress(f"{authority} holds no certificate that can be read.") from None
    context.sslsocket_class = _Closing
    return context


def unreached(address: Address, error: Exception) -> SensorError:
    """Say in words why a machine was not reached."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Refused(
            f"The certificate of {address} is not trusted. If it is your own, name its authority"
            " with --ca."
        )
    if isinstance(error, ssl.SSLError):
        return Unreachable(f"{address} is reached and does not speak TLS.")
    if isinstance(error, socket.gaierror):
        return Unreachable(f"There is no machine named {address.host} in this network.")
    return Unreachable(f"{address} does not answer.")


class _Closing(ssl.SSLSocket):
    """Leaves nothing open where the other side is not trusted; whoever wraps it forgets to."""

    def do_handshake(self, block: bool = False) -> None:
        """Agree on TLS, or close."""
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


def _resolvable(host: str) -> bool:
    try:
        return bool(host.encode("idna")) and host.isprintable() and " " not in host
    except UnicodeError:
        return False


def _who(parts: SplitResult) -> tuple[str | None, str | None]:
    user = unquote(parts.username) if parts.username else None
    return user, unquote(parts.password) if parts.password else None
