"""The message centre of this operating system; desktop-notifier lives only here."""

import asyncio
import logging
from collections.abc import Callable, Mapping

from desktop_notifier import Button, DesktopNotifier

_WITHIN_S = 5
"""A message centre answers at once or not at all."""

# It would log each failure with a traceback; one line, said elsewhere, is enough.
logging.getLogger("desktop_notifier").setLevel(logging.CRITICAL)


class SystemDesktop:
    """Shows one message at a time; whatever goes wrong on the way is "not shown"."""

    def __init__(self) -> None:
        self._notifier: DesktopNotifier | None = None
        self._shown: str | None = None

    async def show(
        self, title: str, body: str, buttons: Mapping[str, Callable[[], None]], stands_s: int
    ) -> bool:
        """Show a message; say whether it got there."""
        arrived: list[bool] = []
        pressed = [Button(name, on_pressed=act) for name, act in buttons.items()]
        try:
            self._notifier = self._notifier or DesktopNotifier("Softfront", app_icon=None)
            async with asyncio.timeout(_WITHIN_S):
                self._shown = await self._notifier.send(
                    title,
                    body,
                    buttons=pressed,
                    on_dispatched=lambda: arrived.append(True),
                    timeout=stands_s,
                )
        except Exception:  # each system's back end fails in its own way: no bus, no permission
            return False
        return bool(arrived)

    async def hide(self) -> None:
        """Take the message away, where one stands."""
        if self._notifier is None or self._shown is None:
            return
        shown, self._shown = self._shown, None
        try:
            async with asyncio.timeout(_WITHIN_S):
                await self._notifier.clear(shown)
        except Exception:  # it may be gone already, or the message centre with it
            return

    async def close(self) -> None:
        """Let go of the message centre."""
        # The library keeps its connection for good; without this it outlives the event loop.
        bus = getattr(getattr(self._notifier, "_backend", None), "bus", None)
        if bus is not None:
            bus.disconnect()
            await bus.wait_for_disconnect()
