"""The command that guides a practice, as it is typed."""

from enum import StrEnum
from typing import Annotated

import typer


class Guided(StrEnum):
    """What a terminal can guide."""

    PAUSE = "pause"
    MORNING = "morning"
    MIDDAY = "midday"
    EVENING = "evening"
    WEEKLY_TONGLEN = "weekly_tonglen"
    WEEKLY_METTA = "weekly_metta"
    WEEKLY_JOURNAL = "weekly_journal"
    BREATH = "breath"
    KINDNESS = "kindness"


def pause(
    kind: Annotated[Guided, typer.Option(help="Which practice.")] = Guided.PAUSE,
    quiet: Annotated[bool, typer.Option("--quiet", help="Without the bell.")] = False,
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Of a server here, that is to know of it.")
    ] = 8420,
    json: Annotated[
        bool, typer.Option("--json", help="Print JSON lines, and nothing else on stdout.")
    ] = False,
) -> None:
    """Guide a pause, or another practice, in this terminal; no server and no strap are needed."""
    from .pausing import practise

    raise typer.Exit(int(practise(kind.value, port, quiet=quiet, as_json=json)))
