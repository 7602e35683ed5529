"""The house itself: its size, its walls, and what it may not say."""

import ast
import importlib
import io
import json
import re
import subprocess
import sys
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WINGS = {wing: ROOT / wing / f"softfront_{wing}" for wing in ("sensors", "signal", "api")}
MADE = {"node_modules", "softfront_dashboard", "__pycache__"}
LONGEST_MODULE = 300
LONGEST_FUNCTION = 40
HEAVY = {
    "alembic",
    "bleak",
    "fastapi",
    "icalendar",
    "numpy",
    "paho",
    "scipy",
    "sqlalchemy",
    "uvicorn",
}

# An ignore, whatever it may name in brackets or after a colon, and then what is left: the reason.
IGNORE = re.compile(
    r"(?:noqa|type:\s*ignore|pragma:\s*no cover|fmt:\s*(?:off|skip)|@ts-(?:ignore|expect-error)"
    r"|svelte-ignore\s+[\w-]+)"
    r"(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|\[[\w, -]+\])?(?P<reason>.*)"
)


def written(*suffixes: str) -> Iterator[Path]:
    """Find what people wrote here, leaving out what was made or fetched."""
    for top in ("sensors", "signal", "api", "dashboard", "tests"):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in suffixes and not MADE & set(path.parts):
                yield path


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def long_modules(paths: Iterator[Path], limit: int = LONGEST_MODULE) -> list[str]:
    lines = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    return [f"{where}: {count} lines" for where, count in lines.items() if count > limit]


def long_functions(source: str, limit: int = LONGEST_FUNCTION) -> list[str]:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)]
    lengths = [(node.name, (node.end_lineno or 0) - node.lineno + 1) for node in functions]
    return [f"{which}: {length} lines" for which, length in lengths if length > limit]


def comments(path: Path) -> Iterator[tuple[int, str]]:
    """Give each comment of a Python file, or each line of any other, with its number."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield from enumerate(text.splitlines(), start=1)
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def lacks_reason(comment: str) -> bool:
    found = IGNORE.search(comment)
    return found is not None and not re.search(r"[^\W\d_]{3}", found["reason"])


def named_packages(lock: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))


def wanted_packages(pyproject: dict[str, object]) -> set[str]:
    """Name every package pyproject asks for itself, as the lock file spells it."""
    project, groups = pyproject["project"], pyproject["dependency-groups"]
    assert isinstance(project, dict)
    assert isinstance(groups, dict)
    lines = [*project["dependencies"], *(line for group in groups.values() for line in group)]
    found = (re.match(r"[\w.-]+", line) for line in lines if isinstance(line, str))
    return {re.sub(r"[-_.]+", "-", match[0]).lower() for match in found if match}


def orphans(module: object) -> list[str]:
    """Name the errors of a module that do not descend from its first, the root."""
    errors = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Exception)
        if thing.__module__ == getattr(module, "__name__", None)
    ]
    return [error.__name__ for error in errors if not issubclass(error, errors[0])]


def top_heading(changelog: str) -> str:
    found = re.search(r"^## \[(.+?)\]", changelog, re.MULTILINE)
    return found[1] if found else ""


def loaded_by(code: str) -> set[str]:
    """Run code in a Python of its own; which packages it loaded."""
    tell = "import sys; print('\\n' + ' '.join({name.partition('.')[0] for name in sys.modules}))"
    ran = subprocess.run(
        [sys.executable, "-P", "-c", f"{code}\n{tell}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=ROOT,
    )
    return set(ran.stdout.splitlines()[-1].split())


def test_no_module_is_long() -> None:
    # A room of tests may list as many sentences as its subject needs.
    rooms = (path for path in written(".py", ".ts", ".svelte") if "tests" not in path.parts)
    assert long_modules(rooms) == []


def test_no_function_is_long() -> None:
    found = [(name(path), long_functions(path.read_text("utf-8"))) for path in written(".py")]
    assert [(where, functions) for where, functions in found if functions] == []


def test_only_the_package_of_a_wing_is_a_package() -> None:
    """`signal/__init__.py` would hide the standard library's `signal`."""
    assert [wing for wing in [*WINGS, "dashboard"] if (ROOT / wing / "__init__.py").exists()] == []


def test_tests_are_no_package() -> None:
    assert [name(path) for path in (ROOT / "tests").rglob("__init__.py")] == []


def test_every_ignore_carries_its_reason() -> None:
    assert [
        f"{name(path)}:{line}"
        for path in written(".py", ".ts", ".svelte")
        for line, comment in comments(path)
        if path != Path(__file__) and lacks_reason(comment)
    ] == []


@pytest.mark.parametrize(
    ("comment", "lacks"),
    [
        ("# noqa", True),
        ("# noqa: BLE001, S110", True),
        ("# type: ignore[import-untyped]", True),
        ("<!-- svelte-ignore a11y_autofocus -->", True),
        ("# noqa: BLE001  the one loop that must not die", False),
        ("# type: ignore[import-untyped]  # ships no types", False),
        ("<!-- svelte-ignore a11y_autofocus (the dialog's one button) -->", False),
        ("# nothing is ignored here", False),
    ],
)
def test_a_reason_is_told_from_a_code(comment: str, lacks: bool) -> None:
    assert lacks_reason(comment) is lacks


def test_the_lock_names_no_registry_and_no_folder() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert re.findall(r".*(?:://|--\w*index|--find-links|(?:^|[\s@])/\w+).*", lock) == []


def test_everything_in_the_lock_is_pinned_by_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"^(?=[a-z])", lock, flags=re.MULTILINE)[1:]
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_the_lock_knows_what_pyproject_asks_for() -> None:
    """Where this fails, `make lock` was forgotten."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert wanted_packages(pyproject) - named_packages(lock) == set()


def test_the_lock_of_the_page_names_no_registry() -> None:
    packages = json.loads((ROOT / "dashboard/package-lock.json").read_text(encoding="utf-8"))
    assert [where for where, what in packages["packages"].items() if "resolved" in what] == []


@pytest.mark.parametrize("wing", [w for w in WINGS if (WINGS[w] / "errors.py").exists()])
def test_errors_descend_from_one_root(wing: str) -> None:
    assert orphans(importlib.import_module(f"softfront_{wing}.errors")) == []


def test_the_changelog_begins_with_what_is_to_come_or_with_this_version() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    top = top_heading((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert top in {"Unreleased", pyproject["project"]["version"]}


def test_the_wings_load_nothing_heavy() -> None:
    code = "import softfront_sensors, softfront_signal, softfront_api"
    assert loaded_by(code) & HEAVY == set()


@pytest.mark.skipif(not (WINGS["api"] / "__main__.py").exists(), reason="no command line yet")
def test_help_loads_nothing_heavy() -> None:
    code = (
        "import contextlib, sys\n"
        "from softfront_api.__main__ import main\n"
        "sys.argv = ['softfront', '--help']\n"
        "with contextlib.suppress(SystemExit): main()"
    )
    assert loaded_by(code) & HEAVY == set()
