"""The blueprint of a lamp that breathes, as Home Assistant reads it."""

from importlib.resources import files


def lamp() -> str:
    """Return the blueprint, as YAML."""
    return files(__package__).joinpath("lamp.yaml").read_text(encoding="utf-8")
