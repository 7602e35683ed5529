"""`make bench`: which figures are measured, and where they go."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from . import exchange, house
from .figure import Figure

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "rr24h"
HOME = ROOT / ".bench"


def run(arguments: Sequence[str]) -> None:
    """Measure what is asked for: a line of JSON for each figure, and a table at the end."""
    asked = _asked(arguments)
    table = Table("figure", "value", "unit", "target", "holds")
    for group in asked.only or GROUPS:
        for figure in GROUPS[group](asked):
            print(figure.line(), flush=True)
            table.add_row(*figure.cells())
    Console(stderr=True).print(table)


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("make bench", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=GROUPS, help="a group of figures; may be repeated"
    )
    parser.add_argument(
        "--peers",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="measure others' packages beside ours, in a Python of their own below .bench/",
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=DATA,
        metavar="DIR",
        help="recordings, laid out as subject_*_rr_ms.csv.gz; a day is simulated without",
    )
    parser.add_argument(
        "--shifts", type=int, default=10, help=f"of 8 h, in and out; a year is {exchange.YEAR}"
    )
    parser.add_argument(
        "--write", action="store_true", help="write the table of results into the README"
    )
    return parser.parse_args(arguments)


def _speed(asked: argparse.Namespace) -> Iterator[Figure]:
    # These load numba, which asks once where it keeps what it compiles: as the tests do.
    from .. import conftest  # noqa: F401  it says where, when it is loaded
    from . import results, speed

    folder = asked.data if asked.data.is_dir() else None
    measured = speed.measure(folder, HOME if asked.peers else None)
    Console(stderr=True).print(results.for_people(measured))
    found = list(speed.figures(measured))
    yield from found
    if asked.write:
        results.write(ROOT / "README.md", measured, found, folder)


def _year(_: argparse.Namespace) -> Iterator[Figure]:
    from . import year

    return year.trends_of_a_year()


def _published(asked: argparse.Namespace) -> Iterator[Figure]:
    """Hold our numbers against the reference windows that lie beside the recordings."""
    from .. import conftest  # noqa: F401  it says where numba keeps what it compiles
    from ..signal.published import toolbox_agreement

    for name, windows in toolbox_agreement(asked.data):
        share = 100 * windows.close / windows.clean if windows.clean else 0.0
        figure = f"physionet_windows_of_{name}_within_a_thousandth"
        yield Figure(figure, share, "%", 93, at_least=True)


def _page(asked: argparse.Namespace) -> Iterator[Figure]:
    from .page import page  # playwright

    yield from page()


def _of(work: Callable[[], Figure]) -> Callable[[argparse.Namespace], Iterator[Figure]]:
    return lambda _: iter([work()])


GROUPS: dict[str, Callable[[argparse.Namespace], Iterator[Figure]]] = {
    "help": _of(house.help_against_python),
    "start": lambda _: house.start_against_bare_app(),
    "page": _page,
    "decode": _of(house.decode_against_struct),
    "hour": lambda _: house.hour_of_beats(),
    "year": _year,
    "strap": lambda _: house.one_strap(),
    "collector": lambda _: house.one_collector(),
    "mqtt": lambda _: house.collector_over_mqtt(),
    "exchange": lambda asked: exchange.in_and_out(asked.shifts),
    "published": _published,
    "speed": _speed,
}
