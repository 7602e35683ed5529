"""Where messages for other devices go, read from what a person typed."""

import re
from urllib.parse import urlsplit

from softfront_sensors.address import Address, parse
from softfront_sensors.errors import UnusableAddress

_TOPIC = re.compile(r"[-\w]{1,64}", re.ASCII)  # as ntfy takes it
# ntfy's own links mean https; who wants it without says http.
_NTFY = {"ntfy": "https", "ntfys": "https", "https": "https", "http": "http"}
_OTHER = re.compile(r"[a-z][a-z0-9+.\-]{1,40}://\S+", re.IGNORECASE)
_PREFIX = "softfront"
_LONGEST_PREFIX = 200


def topic(text: str) -> Address | None:
    """Read the address of an ntfy topic; `None` where it is a messenger of another kind.

    Raises:
        UnusableAddress: it is neither.
    """
    scheme, _, rest = text.partition("://")
    known = _NTFY.get(scheme.lower())
    if known is None:
        if not _OTHER.fullmatch(text) or not text.isprintable() or not urlsplit(text).scheme:
            raise UnusableAddress("The address is none that a message can go to.")
        return None
    address = parse(f"{known}://{rest}", ("https", "http"))
    if not _TOPIC.fullmatch(address.path):
        raise UnusableAddress("The address names no topic.")
    return address


def broker(text: str) -> tuple[Address, str]:
    """Read the address of an MQTT broker, and the beginning of all topics there.

    Raises:
        UnusableAddress
    """
    address = parse(text, ("mqtt", "mqtts"))
    prefix = address.path or _PREFIX
    if len(prefix) > _LONGEST_PREFIX or not prefix.isprintable() or set(prefix) & {"+", "#", "$"}:
        raise UnusableAddress("The path of the address cannot be the beginning of a topic.")
    return address, prefix
