"""All that speaks outside the page, as one: an offer goes to each, and each takes it back."""

import asyncio
import logging
from typing import Protocol, runtime_checkable

from ..settings import Settings
from ..traces import shape

_log = logging.getLogger("softfront.api")


class Voice(Protocol):
    """One way to reach a person who does not look at the page."""

    def offer(self, offer_id: str, settings: Settings) -> None:
        """Have an offer told, where the settings want it so; returns at once."""
        ...

    def withdraw(self, offer_id: str) -> None:
        """Have it taken back: it was answered, or has left; returns at once."""
        ...

    async def run(self) -> None:
        """Speak until cancelled; then nothing is left standing."""
        ...


@runtime_checkable
class Leaving(Protocol):
    """A voice whose words would stay elsewhere."""

    def leave_for_good(self) -> None:
        """Take all of it away at the end."""
        ...


class Voices:
    """Lets several voices speak; what happens to one is nothing to the others."""

    def __init__(self, *voices: Voice) -> None:
        self._voices = voices

    def offer(self, offer_id: str, settings: Settings) -> None:
        """Have an offer told by each voice that is wanted."""
        for voice in self._voices:
            voice.offer(offer_id, settings)

    def withdraw(self, offer_id: str) -> None:
        """Have it taken back everywhere."""
        for voice in self._voices:
            voice.withdraw(offer_id)

    def leave_for_good(self) -> None:
        """Let nothing of any voice be left elsewhere once it ends: all is being deleted."""
        for voice in self._voices:
            if isinstance(voice, Leaving):
                voice.leave_for_good()

    async def run(self) -> None:
        """Let all speak until cancelled."""
        await asyncio.gather(*(_run(voice) for voice in self._voices))


async def _run(voice: Voice) -> None:
    try:
        await voice.run()
    except Exception as slip:  # a voice that breaks down is silent; the shift and the others go on
        _log.error("%s fell silent:\n%s", type(voice).__name__, shape(slip))
