"""A Python of their own for the peers: made once, outside the project's."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
_MAKE_S = 120
# Half a gigabyte of packages, a few of them built here.
_INSTALL_S = 900


class NoPeersHere(Exception):
    """The peers' Python could not be made, or nothing could be installed in it."""


def peers_python(folder: Path, requirements: Path = REQUIREMENTS) -> Path:
    """Return the peers' Python below a folder; what is not there yet is made and installed.

    Where not all can be installed together, each is by itself: one that fails takes no other along.
    """
    wanted = requirements.read_bytes()
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    home = folder / f"peers-{version}-{sha256(wanted).hexdigest()[:12]}"
    python = home / "bin" / "python"
    if not (home / "complete").exists():
        _make(home)
        _install(python, requirements)
        (home / "complete").touch()
    return python


def _make(home: Path) -> None:
    _tell(f"Making a Python for the peers in {home.name}: once, a minute or two.")
    home.parent.mkdir(parents=True, exist_ok=True)
    try:
        command = [sys.executable, "-m", "venv", "--clear", str(home)]
        subprocess.run(command, check=True, capture_output=True, timeout=_MAKE_S)
    except (subprocess.SubprocessError, OSError) as broken:
        raise NoPeersHere("no virtual environment can be made") from broken


def _install(python: Path, requirements: Path) -> None:
    if _pip(python, "-r", str(requirements)):
        return
    lines = (line.partition("#")[0].strip() for line in requirements.read_text().splitlines())
    wanted = [line for line in lines if line]
    # The last are what the others stand on: they go in first.
    refused = [line for line in reversed(wanted) if not _pip(python, line)]
    for line in refused:
        _tell(f"{line} does not install")
    if len(refused) == len(wanted):
        raise NoPeersHere("no package can be installed")


def _pip(python: Path, *what: str) -> bool:
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what]
    try:
        ran = subprocess.run(command, capture_output=True, timeout=_INSTALL_S, check=False)
    except subprocess.TimeoutExpired:
        return False
    return ran.returncode == 0


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)
