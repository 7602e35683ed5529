"""Which senders were let in: a random token each, kept here only as what it hashes to."""

import hashlib
import hmac
import json
import os
import re
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from .errors import FolderNotWritable

_TOKEN = re.compile(r"sf_[0-9a-f]{8}_[A-Za-z0-9_\-]{43}")
_SECRET_BYTES = 32
"""256 random bits need no slow hash: nobody can try them out."""


@dataclass(frozen=True, slots=True)
class Paired:
    """A sender that was let in."""

    id: str
    name: str
    sha256: str
    """Of its whole token; the token itself is kept nowhere here."""
    made_ms: int


class Tokens:
    """The senders paired with a folder. What another process adds or removes holds at once."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "paired.json"
        self._seen: tuple[int, int] | None = None
        self._paired: tuple[Paired, ...] = ()

    def all(self) -> tuple[Paired, ...]:
        """Name the senders that are let in, oldest first."""
        try:
            found = self._file.stat()
        except OSError:
            self._seen, self._paired = None, ()
            return ()
        stamp = found.st_mtime_ns, found.st_ino
        if stamp != self._seen:
            self._paired, self._seen = _read(self._file), stamp
        return self._paired

    def make(self, name: str, now_ms: int) -> str:
        """Let a sender in; return its token, which is shown this once.

        Raises:
            FolderNotWritable
        """
        ident = secrets.token_hex(4)
        token = f"sf_{ident}_{secrets.token_urlsafe(_SECRET_BYTES)}"
        self._write((*self.all(), Paired(ident, name, _hash(token), now_ms)))
        return token

    def remove(self, ident: str) -> Paired | None:
        """Let a sender in no more; return it, or `None` where there is none of that id."""
        gone = next((paired for paired in self.all() if paired.id == ident), None)
        if gone is not None:
            self._write(tuple(paired for paired in self.all() if paired.id != ident))
        return gone

    def admits(self, token: str) -> bool:
        """Say whether a token was given out here and not taken back."""
        if not _TOKEN.fullmatch(token):
            return False
        shown = _hash(token)
        return any(hmac.compare_digest(shown, paired.sha256) for paired in self.all())

    def _write(self, paired: tuple[Paired, ...]) -> None:
        partial = self._file.with_suffix(".partial")
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            fd = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(fd, "w", encoding="utf-8") as out:
                json.dump([asdict(each) for each in paired], out, indent=1)
                out.flush()
                os.fsync(out.fileno())
            os.replace(partial, self._file)
        except OSError as error:
            raise FolderNotWritable(self._file.parent) from error


def _read(file: Path) -> tuple[Paired, ...]:
    """Read who is paired; from a file that cannot be read, nobody is."""
    try:
        return tuple(Paired(**each) for each in json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return ()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
