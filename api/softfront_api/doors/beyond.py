"""How far the door opens: to this machine alone, or to others, and then not without a guard."""

import ipaddress
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from softfront_sensors.address import Address, trust
from softfront_sensors.errors import UnusableAddress

from ..tokens import Tokens
from ..words import say
from .common import Exit, stop


@dataclass(frozen=True, slots=True)
class Broker:
    """An MQTT broker to hear packets from."""

    address: Address
    trusted: ssl.SSLContext | None = None

    @classmethod
    def at(cls, url: str | None, ca: Path | None) -> "Broker | None":
        """Read an address, where one is given; one that cannot be used ends the command."""
        if url is None:
            return None
        from softfront_sensors.link import broker  # only where there is a broker

        try:
            address = broker(url)
            return cls(address, trust(ca) if address.secure else None)
        except UnusableAddress as unusable:
            stop(str(unusable), Exit.USAGE)


@dataclass(frozen=True, slots=True)
class Opening:
    """Where the server listens, and what it shows to others."""

    host: str
    names: tuple[str, ...] = ()
    cert: Path | None = None
    key: Path | None = None
    plain: bool = False

    @property
    def beyond(self) -> bool:
        """Say whether other machines can reach it."""
        return not ipaddress.ip_address(self.host).is_loopback

    @property
    def tls(self) -> tuple[Path, Path] | None:
        """Certificate and key, where both are given."""
        return (self.cert, self.key) if self.cert and self.key else None

    @property
    def known_as(self) -> Sequence[str]:
        """What others may call this machine: its address, and its name on the network."""
        if not self.beyond:
            return self.names
        own, address = socket.gethostname(), ipaddress.ip_address(self.host)
        bracketed = f"[{self.host}]" if address.version == 6 else self.host
        return (*self.names, *([] if address.is_unspecified else [bracketed]), own, f"{own}.local")


def check(opening: Opening, folder: Path) -> None:
    """Refuse to open the door further than it can be guarded."""
    for file in (opening.cert, opening.key):
        if file is not None and not file.is_file():
            stop(say("door.no_file", file=str(file)), Exit.USAGE)
    if (opening.cert is None) != (opening.key is None):
        stop(say("door.half_pair"), Exit.USAGE)
    if opening.tls is not None and not _fit(*opening.tls):
        stop(say("door.bad_pair", cert=str(opening.cert), key=str(opening.key)), Exit.USAGE)
    if not opening.beyond:
        return
    if opening.tls is None and not opening.plain:
        stop(say("door.needs_tls"), Exit.USAGE)
    if not Tokens(folder).all():
        stop(say("door.needs_token"), Exit.USAGE)


def _fit(cert: Path, key: Path) -> bool:
    """Say whether a certificate and a key can be read, and belong together."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key)
    except (OSError, ssl.SSLError):
        return False
    return True
