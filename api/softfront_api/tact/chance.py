"""What chance says at a moment, so that a replay hears the same."""

from hashlib import sha256

OFFERED = 0.6
"""Six of ten: near enough to half for a comparison, and more often an offer than not."""
# As many bits as a float between 0 and 1 can tell apart.
_BITS = 53


def draw(seed: bytes, name: str) -> float:
    """Draw a number in [0, 1) for the decision of this name."""
    digest = sha256(seed + name.encode()).digest()
    return (int.from_bytes(digest[:8]) >> (64 - _BITS)) / (1 << _BITS)
