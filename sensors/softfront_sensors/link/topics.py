"""Where messages go: the topics of one wearer at a broker."""

from dataclasses import dataclass

from ..address import Address, parse
from ..errors import UnusableAddress

SCHEMES = ("mqtt", "mqtts")
_PREFIX = "softfront/me"
# What a broker takes is 65,535 bytes; what a person writes is shorter.
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Topics:
    """What is published where, below the prefix that the address names."""

    packets: str
    """Envelopes, from whoever reads a strap."""
    acks: str
    """Replies, from whoever stores."""
    phones: str
    """What programs on a phone say in their own words."""


def topics_of(address: Address) -> Topics:
    """Name the topics of an address.

    Raises:
        UnusableAddress: its path cannot begin a topic.
    """
    prefix = address.path or _PREFIX
    if len(prefix) > _LONGEST or not prefix.isprintable() or set(prefix) & {"+", "#", "$"}:
        raise UnusableAddress("The path of the address cannot be the beginning of a topic.")
    return Topics(f"{prefix}/packets", f"{prefix}/acks", f"{prefix}/hr")


def broker(text: str) -> Address:
    """Read the address of a broker.

    Raises:
        UnusableAddress
    """
    address = parse(text, SCHEMES)
    topics_of(address)
    return address
