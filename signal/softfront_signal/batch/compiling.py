"""The compiler of the extra `fast`; without it the same functions run as they are written."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

try:
    from numba import njit
    from numba.extending import overload

    FAST = True
except ImportError:
    FAST = False

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function over numbers and arrays, and keep what was compiled on disk.

    Floating point stays as written (no fast maths), so that a compiled function and the same one
    interpreted agree to the last bit. Division by zero gives an infinity, as numpy's does.
    """
    return njit(cache=True, error_model="numpy")(function) if FAST else function


def known(function: Callable[P, R], instead: Callable[P, R] | None = None) -> None:
    """Let compiled functions call one that the live rooms call as it is written.

    `instead` is the same arithmetic, step by step, in the way that compiles better.
    """
    if FAST:
        overload(function, strict=False)(lambda *_, **__: instead or function)
