"""An error as it may be logged: by its kinds and places, without what it quotes."""

import traceback

from .errors import ApiError


def shape(error: BaseException) -> str:
    """Tell an error and what led to it by kinds and places, without messages."""
    told: dict[int, str] = {}
    waiting: list[BaseException | None] = [error]
    while waiting:  # errors may lie in each other in a circle
        each = waiting.pop()
        if each is None or id(each) in told:
            continue
        said = f" {each}" if isinstance(each, ApiError) else ""
        places = "".join(traceback.format_tb(each.__traceback__))
        told[id(each)] = f"{places}{type(each).__name__}{said}"
        waiting += (each.__cause__, each.__context__)
        waiting += each.exceptions if isinstance(each, BaseExceptionGroup) else ()
    return "\nwith:\n".join(told.values())
