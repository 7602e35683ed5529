"""The table of results in the README, written by nobody but the script."""

from pathlib import Path

BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Lay out rows in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def write(readme: Path, results: str) -> None:
    """Put results between the two marks; what stood there goes."""
    before, begin, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{readme.name} has no place for results: {BEGIN} … {END}")
    whole = f"{before}{BEGIN}\n\n{results.strip()}\n\n{END}{after}"
    readme.write_text(whole, encoding="utf-8")
