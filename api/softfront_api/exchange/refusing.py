"""Why a file is not taken in.

Refused
└── BadZip       what comes out of a zip is damaged, or more than it can hold
"""

from ..errors import ApiError


class Refused(ApiError):
    """A file that is not taken in; nothing of it was stored. `id` names its sentence."""

    def __init__(self, why: str, message: str, **values: str) -> None:
        super().__init__(message, **values)
        self.id = f"data.import.why.{why}"


class BadZip(Refused):
    """A zip that is damaged, or that could do harm."""

    def __init__(self, message: str) -> None:
        super().__init__("zip", f"This zip cannot be used: {message}. Nothing was taken in.")
