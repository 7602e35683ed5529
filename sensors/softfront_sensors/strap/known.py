"""Which straps this machine remembers, so that a stranger's is not taken for one of them."""

import json
import logging
import os
import tempfile
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KnownStrap:
    """A strap that was worn here."""

    id: str
    """Its address; on a Mac a UUID that holds for that machine only."""
    name: str | None
    model: str | None
    serial: str | None
    seen_ms: int
    """When it was last connected. Unix milliseconds."""


class KnownStraps:
    """A file of straps; without it, or where it cannot be written, nothing else stops."""

    def __init__(self, file: Path) -> None:
        """Read the file; one that is damaged is put aside beside it."""
        self._file = file
        self._one_at_a_time = threading.Lock()
        self._straps = _by_recency(self._read())

    @property
    def straps(self) -> tuple[KnownStrap, ...]:
        """Those remembered, the most recently worn first."""
        return self._straps

    def remember(self, strap: KnownStrap) -> None:
        """Add a strap, or what is new of it; `save` makes it last."""
        others = (each for each in self._straps if not same_id(each.id, strap.id))
        self._straps = _by_recency((strap, *others))

    def save(self) -> None:
        """Write the file whole or not at all; blocks for as long as the disk takes."""
        with self._one_at_a_time:
            try:
                _replace(self._file, json.dumps({"straps": [asdict(s) for s in self._straps]}))
            except OSError as error:
                _log.warning("the straps of this machine could not be noted: %s", error.strerror)

    def _read(self) -> tuple[KnownStrap, ...]:
        try:
            return tuple(_strap(each) for each in json.loads(self._file.read_bytes())["straps"])
        except FileNotFoundError:
            return ()
        except OSError as error:
            _log.warning("the straps of this machine cannot be read: %s", error.strerror)
            return ()
        except (ValueError, KeyError, TypeError, RecursionError):
            aside = self._file.with_name(f"{self._file.name}.damaged")
            _log.warning("%s was damaged, and is now %s", self._file.name, aside.name)
            with suppress(OSError):
                self._file.replace(aside)
            return ()


def same_id(one: str, other: str) -> bool:
    """Compare two ids as Bluetooth does: capitals mean nothing."""
    return one.casefold() == other.casefold()


def _by_recency(straps: "tuple[KnownStrap, ...]") -> tuple[KnownStrap, ...]:
    return tuple(sorted(straps, key=lambda strap: -strap.seen_ms))


def _strap(body: dict[str, object]) -> KnownStrap:
    """Read one entry. Raises `TypeError` or `KeyError` where it is none."""
    name, seen_ms = body["id"], body["seen_ms"]
    if not isinstance(name, str) or type(seen_ms) is not int:
        raise TypeError("not a strap")
    told = {key: body.get(key) for key in ("name", "model", "serial")}
    texts = {key: said if isinstance(said, str) else None for key, said in told.items()}
    return KnownStrap(id=name, seen_ms=seen_ms, **texts)


def _replace(file: Path, text: str) -> None:
    """Write beside it, then rename: a power cut leaves the old file or the new one."""
    handle, made = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)  # 0600 by itself
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as new:
            new.write(text)
            new.flush()
            os.fsync(new.fileno())
        Path(made).replace(file)
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise
