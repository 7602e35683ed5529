"""The commands that look back, at one's own days or at other people's, as they are typed."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

_Data = Annotated[
    Path | None, typer.Option("--data", envvar="SOFTFRONT_DATA", help="Folder for the data.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else on stdout.")]


class Evaluated(StrEnum):
    """What can be evaluated."""

    ARTEFACTS = "artefacts"


def import_recordings(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Recordings, folders or zips of them, or a whole export."),
    ] = None,
    start: Annotated[
        str | None, typer.Option(help="When one without a date began: 2026-11-23T14:32.")
    ] = None,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Bring it in, and think it through later.")
    ] = False,
    data: _Data = None,
    json: _Json = False,
) -> None:
    """Take recordings of earlier days into your own diary; nothing is offered from them."""
    from .common import data_folder
    from .importing import import_all

    folder = data_folder(data)
    code = import_all(files or (), folder, start, wait=not no_wait, as_json=json)
    raise typer.Exit(int(code))


def export(
    kind: Annotated[
        str,
        typer.Option("--format", help="all, rr-text, hrv-logger, openhrv, json-lines or csv."),
    ] = "all",
    begins: Annotated[str | None, typer.Option("--from", help="Only from here on.")] = None,
    ends: Annotated[str | None, typer.Option("--to", help="Only up to here.")] = None,
    out: Annotated[
        str | None, typer.Option("-o", "--output", help="File to write, or - for stdout.")
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Of a demo's diary.")] = False,
    data: _Data = None,
    json: _Json = False,
) -> None:
    """Write everything that is yours into one zip, or your beats in a format of others."""
    from .common import data_folder
    from .exporting import export_all

    folder = data_folder(data)
    code = export_all(folder, kind, begins, ends, out, demo=demo, as_json=json)
    raise typer.Exit(int(code))


def rederive(
    begins: Annotated[
        str | None, typer.Option("--from", help="Only shifts from here on: 2026-11-23.")
    ] = None,
    ends: Annotated[str | None, typer.Option("--to", help="Only shifts up to here.")] = None,
    data: _Data = None,
    json: _Json = False,
) -> None:
    """Think the past through anew, where a rule has changed; what happened stays as it was."""
    from .common import data_folder
    from .rederiving import rederive_history

    raise typer.Exit(int(rederive_history(data_folder(data), begins, ends, as_json=json)))


def delete(
    demo: Annotated[bool, typer.Option("--demo", help="A demo's folder.")] = False,
    sure: Annotated[
        bool, typer.Option("--yes-delete-everything", help="Do not ask for the word.")
    ] = False,
    data: _Data = None,
    json: _Json = False,
) -> None:
    """Delete all beats, answers and journal lines in a folder, and look through what is left."""
    from .common import data_folder
    from .deleting import delete as delete_all

    code = delete_all(data_folder(data), demo=demo, sure=sure, as_json=json)
    raise typer.Exit(int(code))


def home(
    blueprint: Annotated[
        bool, typer.Option("--blueprint", help="Print a lamp that breathes, for Home Assistant.")
    ] = False,
    data: _Data = None,
    json: _Json = False,
) -> None:
    """Say how it stands with Home Assistant, or print a lamp that breathes along."""
    from .common import data_folder
    from .reaching import home as run

    raise typer.Exit(int(run(data_folder(data), blueprint=blueprint, as_json=json)))


def evaluate(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder of recordings, of others or your own.")
    ],
    only: Annotated[
        Evaluated | None, typer.Option(help="What is evaluated, where not the rules.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Where chance begins.")] = 1,
    json: _Json = False,
) -> None:
    """Measure the rules on recordings: what is found, what is said for nothing, and how often."""
    if only is None:
        from .detecting import evaluate_rules

        raise typer.Exit(int(evaluate_rules(folder, seed, as_json=json)))
    from .evaluating import evaluate_artefacts

    raise typer.Exit(int(evaluate_artefacts(folder, seed, as_json=json)))
