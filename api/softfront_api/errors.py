"""What can go wrong between the first number and the person.

ApiError
├── DiaryError               the diary could not be opened, read or written
│   ├── DatabaseNewer        a later version of this program wrote it
│   ├── DatabaseOlder        an earlier version wrote it, and it was to be looked at only
│   ├── DatabaseInUse        another process has it open
│   ├── DatabaseForeign      a demo where a person's own diary belongs, or the reverse, or neither
│   ├── DatabaseMissing      nothing has been stored in this folder
│   ├── DatabaseBusy         another process kept it locked for too long; try again
│   ├── DatabaseUnusable     the disk or the file itself is at fault
│   ├── FolderNotWritable    the operating system does not let this program write there
│   ├── DiaryFull            the disk has no room left
│   ├── DamagedChunk         stored readings are no longer what was written
│   ├── SequenceGap          readings do not follow on the last stored one
│   ├── EntryRefused         an entry contradicts what is stored
│   ├── SettingsConflict     the settings were changed by another hand
│   └── NotInDiary           there is no such prompt or pause
├── FolderError              a folder of recordings cannot be evaluated
│   ├── FolderMissing        there is no such folder
│   ├── NoRecordings         it holds no recording
│   └── DamagedRecording     a file of it breaks off, or a line of it cannot be read
├── CalendarError            the calendar file is not in use, or not all of it
│   ├── CalendarMissing      there is no such file
│   ├── CalendarUnreadable   the operating system does not let this program read it
│   ├── CalendarTooLarge     it asks for more bytes, times or seconds than are read
│   ├── CalendarBreaksOff    from some line on it is no calendar
│   └── CalendarEntriesLeftOut  some of its entries cannot be used
└── AnsweredAlready          an offer was answered in another way before

A message names files, folders and processes, never what a person sent or measured. Where
`key` is set, `say(error.key, values=error.values)` is the same sentence from the catalogue.
"""

from pathlib import Path
from typing import ClassVar

_ROOM = "100 MB"
"""What to free on a full disk: years of shifts, and little to ask for."""


class ApiError(Exception):
    """Something in this wing went wrong."""

    key: ClassVar[str | None] = None
    """Where in the catalogue this sentence stands."""

    def __init__(self, message: str, **values: str) -> None:
        super().__init__(message)
        self.values = values
        """What fills the placeholders of that sentence."""


class DiaryError(ApiError):
    """The diary could not be opened, read or written."""


class _OfFile(DiaryError):
    """Says one sentence of one file."""

    text: ClassVar[str]

    def __init__(self, file: Path, **values: str) -> None:
        super().__init__(self.text.format(file=file, **values), file=str(file), **values)
        self.file = file


class DatabaseNewer(DiaryError):
    """A later version of this program wrote the database; it stays untouched."""

    key = "error.database_newer"

    def __init__(self, file: Path, version: str) -> None:
        super().__init__(
            f"{file} comes from a newer version ({version})."
            " It is untouched; update Softfront to open it.",
            file=str(file),
            version=version,
        )
        self.file, self.version = file, version


class DatabaseOlder(_OfFile):
    """An earlier version wrote the database, and looking alone does not bring it up to date."""

    key = "error.database_older"
    text = "{file} comes from an earlier version. Start `softfront serve` once to update it."


class DatabaseInUse(DiaryError):
    """Another process has the diary open."""

    key = "error.database_in_use"

    def __init__(self, file: Path, pid: int | None) -> None:
        super().__init__(
            f"{file} is open in another Softfront (process {pid or '?'}). Close that one first.",
            file=str(file),
            pid=str(pid or "?"),
        )
        self.file, self.pid = file, pid


class DatabaseForeign(_OfFile):
    """A demo diary where a person's own belongs, or the reverse, or another program's file."""

    key = "error.database_foreign"
    text = (
        "{file} is a diary of another kind: a demo's, or your own."
        " It is untouched; move it, or choose another folder."
    )


class DatabaseMissing(_OfFile):
    """Nothing has been stored in this folder."""

    key = "error.database_missing"
    text = "There is no diary at {file} yet. `softfront serve` starts one."


class DatabaseBusy(_OfFile):
    """Another process kept the database locked; nothing was written, trying again helps."""

    key = "error.database_busy"
    text = "{file} is locked by another program. Nothing was written; try again."


class DatabaseUnusable(_OfFile):
    """The file is damaged or the disk under it fails; `why` is SQLite's name for it."""

    key = "error.database_unusable"
    text = "{file} cannot be used ({why}). It is untouched; `softfront doctor` tells more."


class FolderNotWritable(DiaryError):
    """The operating system does not let this program write there."""

    key = "error.folder_readonly"

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"Cannot write to {folder}."
            " Give yourself permission there, or choose another with `--data`.",
            folder=str(folder),
            option="--data",
        )
        self.folder = folder


class DiaryFull(DiaryError):
    """The disk has no room left; what was stored before stays."""

    key = "error.disk_full"

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} has no room left. Nothing stored is lost; free {_ROOM}, and it goes on.",
            folder=str(folder),
            size=_ROOM,
        )
        self.folder = folder


class DamagedChunk(DiaryError):
    """Stored readings are no longer what was written."""

    def __init__(self, session: str, seq0: int) -> None:
        super().__init__(f"The readings of session {session} from number {seq0} on are damaged.")
        self.session, self.seq0 = session, seq0


class SequenceGap(DiaryError):
    """Readings do not follow on the last stored one; nothing was written, the sender rewinds."""

    def __init__(self, expected: int, got: int) -> None:
        super().__init__(f"Reading {got} came where {expected} was due. Nothing was written.")
        self.expected, self.got = expected, got


class EntryRefused(DiaryError):
    """An entry contradicts what is stored; nothing of it was written."""

    def __init__(self, session: str) -> None:
        super().__init__(
            f"An entry of session {session} contradicts the diary. Nothing was written."
        )
        self.session = session


class SettingsConflict(DiaryError):
    """The settings were changed by another hand; `version` is the one that stands."""

    def __init__(self, version: int) -> None:
        super().__init__("Settings were changed on another device. Look again, then save.")
        self.version = version


class NotInDiary(DiaryError):
    """There is no such prompt or pause; `kind` says which."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"There is no such {kind} in the diary.")
        self.kind = kind


class FolderError(ApiError):
    """A folder of recordings cannot be evaluated."""


class FolderMissing(FolderError):
    """There is no such folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"There is no folder {folder}.")
        self.folder = folder


class NoRecordings(FolderError):
    """A folder holds no recording; `pattern` is how one would be named."""

    def __init__(self, folder: Path, pattern: str) -> None:
        super().__init__(f"{folder} holds no recording ({pattern}).")
        self.folder = folder


class DamagedRecording(FolderError):
    """A file breaks off, or a line of it cannot be read; what stands there is not told."""

    def __init__(self, file: Path, line: int) -> None:
        super().__init__(f"{file.name}, line {line}: this cannot be read. Nothing was evaluated.")
        self.file, self.line = file, line


class CalendarError(ApiError):
    """The calendar file is not in use, or not all of it; what was read before still counts."""

    text: ClassVar[str]

    def __init__(self, file: Path, **values: str) -> None:
        super().__init__(self.text.format(file=file.name, **values), file=file.name, **values)


class CalendarMissing(CalendarError):
    """There is no such file."""

    key = "error.calendar.missing"
    text = "{file} is not there. Times read before still count; put it back, or choose another."


class CalendarUnreadable(CalendarError):
    """The operating system does not let this program read it."""

    key = "error.calendar.unreadable"
    text = (
        "{file} cannot be opened. Times read before still count;"
        " allow Softfront to read it, or choose another."
    )


class CalendarTooLarge(CalendarError):
    """It asks for more than is read; `limit` says of what."""

    key = "error.calendar.too_large"
    text = (
        "{file} asks for more than {limit}. Times read before still count;"
        " export fewer years of it."
    )


class CalendarBreaksOff(CalendarError):
    """From this `line` on it is no calendar; what stands there is not told."""

    key = "error.calendar.breaks_off"
    text = (
        "{file} is no calendar from line {line} on. Times read before still count;"
        " export it once more."
    )


class CalendarEntriesLeftOut(CalendarError):
    """Entries that cannot be used, `n` in all; the first begins at `line`."""

    key = "error.calendar.entries"
    text = (
        "{file}, line {line}: this entry cannot be used ({n} in all)."
        " It is left out; the rest counts."
    )


class AnsweredAlready(ApiError):
    """An offer was answered in another way before; `status` is what stands."""

    key = "prompt.gone_elsewhere"

    def __init__(self, status: str) -> None:
        super().__init__("Answered on another device.")
        self.status = status
