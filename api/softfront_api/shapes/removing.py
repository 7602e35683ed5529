"""What is asked before all is deleted, and what is told afterwards."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, StringConstraints

from ..diary import Gone
from ..reasons import utc
from ..words import LANGUAGES, catalogue
from .common import In, Out


def _the_word(said: str) -> str:
    if said.lower() not in {catalogue(language)["data.delete.word"] for language in LANGUAGES}:
        raise ValueError("not the word that was asked for")
    return said


class RemoveIn(In):
    """The word, typed by hand."""

    confirm: Annotated[
        str,
        StringConstraints(max_length=40, strip_whitespace=True),
        AfterValidator(_the_word),
    ]


class Removed(Out):
    """What is gone, and what a look through the folder still found: 0 is the proof."""

    deleted_at: str
    records: int
    files: int
    found: int
    folder: str
    left: list[str]
    """Files that could not be removed, or that still hold something."""

    @classmethod
    def of(cls, gone: Gone, folder: Path, at_ms: int) -> Self:
        """Tell what was there, and what became of it."""
        return cls(
            deleted_at=utc(at_ms),
            records=gone.records,
            files=gone.files,
            found=gone.found,
            folder=str(folder),
            left=list(gone.left),
        )
