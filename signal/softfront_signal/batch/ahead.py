"""Ask memory for what is needed soon, so that nobody waits for it."""

from typing import Any

from .compiling import FAST


def ask(rows: Any, row: int, place: int) -> None:
    """Ask for the line of memory around a byte of a row of bytes; nothing changes, nobody waits.

    Interpreted it does nothing: there memory is never what is waited for.
    """


if FAST:
    from llvmlite import ir
    from numba.core import cgutils as untyped_cgutils
    from numba.core import types
    from numba.extending import intrinsic, overload

    _cgutils: Any = untyped_cgutils
    # To be written to, to be kept near, and data: the numbers llvm wants.
    _HOW = (1, 3, 1)

    def _prefetching(typing: Any, rows: Any, row: Any, place: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            kind, word = signature.args[0], ir.IntType(32)
            table = context.make_array(kind)(context, builder, values[0])
            where = _cgutils.get_item_pointer(context, builder, kind, table, list(values[1:]))
            takes = ir.FunctionType(ir.VoidType(), [where.type, word, word, word])
            prefetch = builder.module.declare_intrinsic("llvm.prefetch", [where.type], takes)
            builder.call(prefetch, [where, *(ir.Constant(word, number) for number in _HOW)])
            return context.get_dummy_value()

        return types.void(rows, row, place), generate

    _prefetch: Any = intrinsic(_prefetching)

    @overload(ask)
    def _asking(rows: Any, row: Any, place: Any) -> Any:
        def compiled_ask(rows: Any, row: Any, place: Any) -> Any:
            return _prefetch(rows, row, place)

        return compiled_ask
