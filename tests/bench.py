"""What Softfront costs, measured as ratios in one run: `make bench`.

One JSON line a figure on stdout (`name, value, unit, target, at_least, holds`), a table for people
on stderr. Sides that are compared take turns, and the median of each counts. Nothing here fails.
"""

import sys
from pathlib import Path


def main() -> None:
    sys.path.append(str(Path(__file__).parents[1]))  # behind all else: signal/ stays out of the way
    from tests.measuring.command import run

    run(sys.argv[1:])


if __name__ == "__main__":
    main()
