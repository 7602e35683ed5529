"""Straps in the room: looked for, one look at a time, and one of them chosen."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol, TypeAlias

from softfront_sensors.bluetooth import FoundStrap, Radio, listen
from softfront_sensors.errors import BluetoothProblem, BluetoothUnavailable, StrapLost
from softfront_sensors.source import SessionInfo, StrapState, StrapStatus
from softfront_sensors.strap import KnownStrap, KnownStraps
from softfront_signal.contact import Contact

LOOK_S = 30
"""A worn strap advertises about once a second; whoever wets the pads meanwhile is heard too."""
# A strap that has just gone is not offered for long: it leaves the air within a minute.
_FRESH_MS = 15_000
_STEP_S = 0.1
# What has not come by then comes another time; the strap's own hint tells why.
_FOLLOW_S = 120
_FOUND = (StrapState.CONNECTING, StrapState.SUBSCRIBED, StrapState.LIVE, StrapState.SILENT)
_LINKED = _FOUND[1:]

Leave: TypeAlias = Callable[[str], Awaitable[None]]
"""Go on elsewhere with a strap: a demo cannot wear one."""
Can: TypeAlias = Literal["here", "leave", "not"]


class Wears(Protocol):
    """A source that reads one strap, and can be told which."""

    @property
    def session(self) -> SessionInfo:
        """The run of readings of the strap in use."""
        ...

    @property
    def status(self) -> StrapStatus:
        """How the link stands now."""
        ...

    async def look(self, seconds: float, hear: Callable[[FoundStrap], None]) -> None:
        """Tell of every strap that is heard."""
        ...

    async def choose(self, strap: str) -> None:
        """Want another strap from here on."""
        ...


@dataclass(frozen=True, slots=True)
class Steps:
    """How far a chosen strap has come, each in seconds since it was chosen."""

    id: str
    name: str | None
    since_s: float = 0.0
    found_s: float | None = None
    connected_s: float | None = None
    skin_s: float | None = None
    beat_s: float | None = None


@dataclass(slots=True)
class _Look:
    began_ms: int
    problem: BluetoothProblem | None = None
    heard: dict[str, tuple[FoundStrap, int]] = field(default_factory=dict)
    task: "asyncio.Task[None] | None" = None

    @property
    def running(self) -> bool:
        return self.task is not None and not self.task.done()


class Picking:
    """Looks for straps on a page's behalf, and follows the one chosen to its first beat."""

    def __init__(
        self,
        mono_ms: Callable[[], int],
        strap: Wears | None = None,
        known: KnownStraps | None = None,
        leave: Leave | None = None,
        contact: Callable[[], Contact | None] = lambda: None,
        radio: Radio | None = None,
    ) -> None:
        self._mono_ms, self._strap, self._known = mono_ms, strap, known
        self._leave, self._contact, self._radio = leave, contact, radio or Radio()
        self._look = _Look(mono_ms())
        self._turn = asyncio.Lock()
        self._following: asyncio.Task[None] | None = None
        self._steps: Steps | None = None
        self._chosen_ms = 0

    @property
    def can(self) -> Can:
        """Say whether a strap can be worn here, or only by leaving, or not."""
        return "here" if self._strap else "leave" if self._leave else "not"

    @property
    def looking_s(self) -> float | None:
        """Say for how long it has been looked; `None` where nobody looks."""
        return (self._mono_ms() - self._look.began_ms) / 1000 if self._look.running else None

    @property
    def looked(self) -> bool:
        """Say whether somebody has looked at all."""
        return self._look.task is not None

    @property
    def problem(self) -> BluetoothProblem | None:
        """Say what kept this machine from looking, the last time."""
        return self._look.problem

    @property
    def known(self) -> tuple[KnownStrap, ...]:
        """The straps that were worn here, the latest first."""
        return self._known.straps if self._known else ()

    @property
    def current(self) -> str | None:
        """The id of the strap that is worn now."""
        linked = self._strap is not None and self._strap.status.state in _LINKED
        return self._strap.session.strap if self._strap and linked else None

    @property
    def steps(self) -> Steps | None:
        """How far the chosen strap has come; `None` where none was chosen."""
        if self._steps is None:
            return None
        return replace(self._steps, since_s=(self._mono_ms() - self._chosen_ms) / 1000)

    def heard(self) -> tuple[FoundStrap, ...]:
        """Give the straps heard, the strongest first; while it is looked, those that are still."""
        now_ms, found = self._mono_ms(), self._look.heard.values()
        still = [it for it, at_ms in found if not self._look.running or now_ms - at_ms < _FRESH_MS]
        return tuple(sorted(still, key=lambda it: -(it.signal_dbm or -200)))

    async def look(self) -> None:
        """Begin to look, unless somebody does."""
        async with self._turn:
            if not self._look.running:
                self._look = _Look(self._mono_ms())
                self._look.task = asyncio.create_task(self._listen(self._look), name="look")

    async def choose(self, strap: str) -> None:
        """Wear a strap from here on. `can` says whether that is possible."""
        async with self._turn:
            await self._end(self._look.task)
            if self._strap is None:
                assert self._leave is not None
                await self._leave(strap)
                return
            await self._end(self._following)
            await self._strap.choose(strap)
            self.follow(strap)

    def follow(self, strap: str) -> None:
        """Follow a strap that was chosen now to its first beat."""
        self._chosen_ms = self._mono_ms()
        self._steps = Steps(strap, self._name(strap))
        self._following = asyncio.create_task(self._follow(), name="follow the strap")

    async def close(self) -> None:
        """Look for nothing any more."""
        await self._end(self._look.task)
        await self._end(self._following)

    async def _listen(self, look: _Look) -> None:
        def hear(found: FoundStrap) -> None:
            look.heard[found.id] = found, self._mono_ms()

        try:
            if self._strap is not None:
                await self._strap.look(LOOK_S, hear)
            else:
                await listen(LOOK_S, hear, self._radio)
        except BluetoothUnavailable as unavailable:
            look.problem = unavailable.problem
        except StrapLost:  # the radio was busy, which passes: nothing was heard
            return

    async def _follow(self) -> None:
        """Note when each step was reached."""
        strap, before = self._strap, self._strap.status.last_beat_ms if self._strap else None
        assert strap is not None
        with suppress(TimeoutError):
            async with asyncio.timeout(_FOLLOW_S):
                while self._steps is not None and self._steps.beat_s is None:
                    self._note(strap.status, before)
                    await asyncio.sleep(_STEP_S)

    def _note(self, status: StrapStatus, before: int | None) -> None:
        steps = self.steps
        assert steps is not None
        beats = status.state in _LINKED and status.last_beat_ms not in (None, before)
        linked, now_s = status.state in _LINKED, steps.since_s
        skin = beats or (linked and self._contact() is Contact.ON)
        self._steps = replace(
            steps,
            found_s=_first(steps.found_s, now_s, reached=status.state in _FOUND),
            connected_s=_first(steps.connected_s, now_s, reached=linked),
            skin_s=_first(steps.skin_s, now_s, reached=skin),
            beat_s=_first(steps.beat_s, now_s, reached=beats),
        )

    def _name(self, strap: str) -> str | None:
        heard = self._look.heard.get(strap)
        known = (it.name for it in self.known if it.id == strap)
        return heard[0].name if heard else next(known, None)

    async def _end(self, task: "asyncio.Task[None] | None") -> None:
        if task is not None and not task.done():
            task.cancel()
            await asyncio.wait({task})


def _first(before_s: float | None, now_s: float, *, reached: bool) -> float | None:
    return now_s if before_s is None and reached else before_s
