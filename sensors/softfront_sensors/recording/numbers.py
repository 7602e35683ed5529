"""Numbers in a table, where they are numbers."""

# The longest value a file may claim for one interval: a day. More is another unit.
_LONGEST_MS = 86_400_000.0


def interval(text: str) -> float | None:
    """Read an interval in ms; `None` where it cannot be one."""
    value = finite(text)
    return value if value is not None and 0 < value <= _LONGEST_MS else None


def number(row: list[str], at: int) -> float | None:
    """Read a cell of a row; `None` where there is none."""
    return finite(row[at]) if at < len(row) else None


def finite(text: str) -> float | None:
    """Read a number that could be a time or an interval."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e12 else None
