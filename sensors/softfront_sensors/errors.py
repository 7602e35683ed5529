"""What can go wrong between a body and the first number.

SensorError
├── BluetoothUnavailable   this machine cannot look for a strap; `problem` says which of four things
├── StrapLost              the link to a strap ended or could not be made
├── NotTaken               readings from elsewhere could not be stored now; they may come again
├── FarAhead               a sender's clock is so far ahead that its readings have no place
├── Unreachable            the other machine could not be reached, or did not answer
├── Refused                the other machine answered that it will not take what is sent
├── UnusableAddress        an address, or the certificate that goes with it, cannot be used
├── OutboxError            the spool of a collector could not be opened, read or written
│   ├── OutboxInUse        another process has it open
│   ├── OutboxForeign      the file is no spool, or a newer version's
│   ├── OutboxFull         the disk has no room left; nothing that was kept is lost
│   └── OutboxUnusable     the disk or the file itself is at fault
└── UnreadableRecording    a file is in no format known here, or ends too early
"""

from enum import Enum, StrEnum
from pathlib import Path


class SensorError(Exception):
    """Something between strap and packet went wrong."""


class BluetoothProblem(Enum):
    """The four things that keep a machine from reading a strap."""

    NO_ADAPTER = "none"
    """There is no Bluetooth adapter."""
    SWITCHED_OFF = "off"
    """There is an adapter, and it is off."""
    NOT_PERMITTED = "permission"
    """The operating system does not let this program use Bluetooth."""
    NO_SERVICE = "service"
    """The Bluetooth service does not answer (on Linux: BlueZ over D-Bus)."""


class BluetoothUnavailable(SensorError):
    """A strap cannot be looked for on this machine now."""

    def __init__(self, problem: BluetoothProblem) -> None:
        super().__init__(f"Bluetooth is unavailable: {problem.name.lower().replace('_', ' ')}")
        self.problem = problem


class Loss(StrEnum):
    """Why a link to a strap ended, or was not made though the strap was heard."""

    ENDED = "ended"
    """It was good and ended: out of reach, taken off, or the strap let go."""
    SILENT = "silent"
    """It stood and carried nothing, so it was given up."""
    REFUSED = "refused"
    """Connecting was refused, or broke off."""
    UNANSWERED = "unanswered"
    """Connecting took too long."""
    FORGOTTEN = "forgotten"
    """The Bluetooth service forgot the strap between hearing it and connecting."""
    BLUETOOTH = "bluetooth"
    """Bluetooth went away: switched off, or its service ended."""
    FAULT = "fault"
    """A fault of ours; the log has it."""


class StrapLost(SensorError):
    """The link to a strap ended, or could not be made."""

    def __init__(self, said: str, loss: Loss | None = None) -> None:
        """Take what to say in a log, and what was lost; `None` where there was no link to lose."""
        super().__init__(said)
        self.loss = loss


class NotTaken(SensorError):
    """Readings from elsewhere could not be stored now; nothing of them is lost."""


class FarAhead(SensorError):
    """A sender's clock is so far ahead of this machine's that its readings have no place."""

    def __init__(self) -> None:
        super().__init__(
            "The sender's clock is more than ten minutes ahead. Set it, or send sent_ms."
        )


class Unreachable(SensorError):
    """The other machine could not be reached, or did not answer in time."""


class Refused(SensorError):
    """The other machine will not take what is sent, and trying again does not help."""


class UnusableAddress(SensorError):
    """An address, or the certificate that goes with it, cannot be used; no password is told."""


class OutboxError(SensorError):
    """The spool of a collector could not be opened, read or written."""


class OutboxInUse(OutboxError):
    """Another process has the spool open."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            f"{file} is in use by another program. End that one, or choose another folder."
        )


class OutboxForeign(OutboxError):
    """The file is no spool, or a newer version's; it stays untouched."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            f"{file} is no spool this version knows. It is untouched; move it,"
            " or choose another folder."
        )


class OutboxFull(OutboxError):
    """The disk has no room left; nothing that was kept is lost."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} has no room left. Nothing kept is lost; free some, and it goes on."
        )


class OutboxUnusable(OutboxError):
    """The disk or the file itself is at fault; `why` is the system's name for it."""

    def __init__(self, file: Path, why: str) -> None:
        super().__init__(f"{file} cannot be used ({why}).")
        self.why = why


class UnreadableRecording(SensorError):
    """A recording is in no known format, or nothing in it could be read."""
