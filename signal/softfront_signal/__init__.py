"""What the beats mean: arithmetic without clocks, networks, threads or disks.

As a library: `softfront_signal.analyse(ticks)` gives a table of all measures with their errors.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .batch.table import Table, analyse

__all__ = ["Table", "analyse"]


def __getattr__(name: str) -> Any:
    """Import the library's door when it is asked for: who decides live needs none of it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .batch import table

    return getattr(table, name)
