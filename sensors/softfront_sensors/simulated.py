"""A simulated caregiver, and a simulated strap that speaks real 0x2A37 bytes."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from math import exp, pi, sin, tau
from random import Random

from .heart_rate import TICKS_PER_S, Contact, encode
from .packet import Motion, Packet, Reading
from .source import Batch, SessionInfo, StrapState, StrapStatus

_PACKET_S = 1.0
_STEPS_EVERY_S = 15.0
# What a strap's radio and a laptop's stack add, at most.
_LATENCY_S = 0.12
_RAMP_S = 12.0
_PAUSE_BREATH_HZ = 0.1
REST_BREATH_HZ = 0.24
"""Breaths at a desk, fourteen a minute."""


class Kind(Enum):
    """What can happen to a simulated person."""

    WALK = "walk"
    STRAIN = "strain"
    """The heart rises about 20 bpm and RMSSD falls, without a step."""
    SLIP = "slip"
    """The strap loses the skin."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One happening, in seconds from the beginning of the recording."""

    kind: Kind
    start_s: float
    length_s: float

    def weight(self, t_s: float, ramp_s: float = _RAMP_S) -> float:
        """Say how strongly it holds at `t_s`, 0…1, rising and fading over `ramp_s`."""
        rise = (t_s - self.start_s) / ramp_s
        fade = (self.start_s + self.length_s + 3 * ramp_s - t_s) / (3 * ramp_s)
        return max(0.0, min(1.0, rise, fade))


@dataclass
class Person:
    """A heart with breathing, slow drift and a few episodes; the same seed, the same heart.

    Rates and amplitudes are a middle-aged adult's at a desk: 68 bpm, RMSSD about 35 ms.
    """

    seed: int
    episodes: tuple[Episode, ...] = ()
    rest_bpm: float = 68.0
    rsa_ms: float = 34.0
    pauses: list[tuple[float, float]] = field(default_factory=list)
    """Stretches (start, end in seconds) in which the person breathes with the circle."""

    def __post_init__(self) -> None:
        """Draw what the seed decides."""
        self._random = Random(self.seed)
        self._drift = [(self._random.uniform(0, tau), period) for period in (1380.0, 2340.0)]
        self._breath = 0.0
        self._wander = 0.0

    def beats(self) -> Iterator[tuple[float, int]]:
        """Yield for every beat its time in seconds and its RR interval in ticks, for ever."""
        t_s = 0.0
        while True:
            rr_ms = self._next_rr_ms(t_s)
            ticks = max(1, round(rr_ms * TICKS_PER_S / 1000))
            t_s += ticks / TICKS_PER_S
            yield t_s, ticks

    def steps_per_min(self, t_s: float) -> int:
        """Count the steps of the minute before `t_s`."""
        walked = sum(
            min(
                max(t_s - e.start_s, 0.0),
                60.0,
                e.length_s,
                max(e.start_s + e.length_s - t_s + 60, 0),
            )
            for e in self.episodes
            if e.kind is Kind.WALK
        )
        return round(min(walked, 60.0) * 1.7)

    def move_mg(self, t_s: float) -> int:
        """Shake as a chest does in the second before `t_s`, in 1/1000 g."""
        walks = (e for e in self.episodes if e.kind is Kind.WALK)
        walking = any(e.start_s < t_s <= e.start_s + e.length_s for e in walks)
        return round(280 + 60 * sin(1.7 * t_s) if walking else 9 + 5 * sin(0.3 * t_s))

    def off_skin(self, t_s: float) -> bool:
        """Say whether the strap has slipped."""
        return any(
            e.start_s <= t_s < e.start_s + e.length_s for e in self.episodes if e.kind is Kind.SLIP
        )

    def _next_rr_ms(self, t_s: float) -> float:
        walk, strain = self._weight(Kind.WALK, t_s), self._weight(Kind.STRAIN, t_s)
        calm = max((_calm(t_s, start, end) for start, end in self.pauses), default=0.0)
        strain *= 1 - 0.75 * calm
        self._wander = 0.97 * self._wander + self._random.gauss(0, 0.25)
        drift = sum(1.1 * sin(tau * t_s / period + phase) for phase, period in self._drift)
        rate = self.rest_bpm + drift + self._wander + 26 * walk + 21 * strain - 3 * calm
        rr_ms = 60_000 / rate
        breath_hz = REST_BREATH_HZ + 0.08 * walk + 0.05 * strain
        breath_hz += calm * (_PAUSE_BREATH_HZ - breath_hz)
        self._breath += tau * breath_hz * rr_ms / 1000
        swing = self.rsa_ms * (1 - 0.65 * walk) * (1 - 0.6 * strain) * (1 + 0.9 * calm)
        return rr_ms + swing * sin(self._breath) + self._random.gauss(0, 6)

    def _weight(self, kind: Kind, t_s: float) -> float:
        return max((e.weight(t_s) for e in self.episodes if e.kind is kind), default=0.0)


def _calm(t_s: float, start_s: float, end_s: float) -> float:
    """Say how far a pause has taken hold: soon within it, fading over minutes after it."""
    if t_s < start_s:
        return 0.0
    within = 1 - exp(-(min(t_s, end_s) - start_s) / 25)
    return within * exp(-max(0.0, t_s - end_s) / 300)


def readings(
    person: Person, start_ms: int, length_s: float | None = None, accelerometer: bool = False
) -> Iterator[Reading]:
    """Yield what strap and step counter send from `start_ms` on, in order, about one a second.

    A strap with an accelerometer tells of movement itself, every second, and there are no steps.
    """
    radio = Random(person.seed ^ 0x2A37)
    beats = person.beats()
    beat = next(beats)
    seq, tick_s, steps_s = 0, 0.0, 0.0
    while length_s is None or tick_s < length_s:
        tick_s += _PACKET_S
        rr = []
        while beat[0] <= tick_s:
            rr.append(beat[1])
            beat = next(beats)
        t_ms = start_ms + round((tick_s + radio.uniform(0.02, _LATENCY_S)) * 1000)
        seq += 1
        yield Packet(seq, 1, t_ms, t_ms, _notification(person, tick_s, rr))
        if accelerometer:
            seq += 1
            yield Motion(seq, 1, t_ms, t_ms, move_mg=person.move_mg(tick_s))
        elif tick_s >= steps_s:
            steps_s += _STEPS_EVERY_S
            seq += 1
            yield Motion(seq, 1, t_ms, t_ms, person.steps_per_min(tick_s))


def _notification(person: Person, t_s: float, rr: list[int]) -> bytes:
    if person.off_skin(t_s):
        return encode(0, (), Contact.LOST)
    mean = sum(rr) / len(rr) if rr else 60 * TICKS_PER_S / person.rest_bpm
    return encode(round(60 * TICKS_PER_S / mean), rr, Contact.ON)


class SimulatedStrap:
    """A `Source` that was put on some time ago and is worn on in real time."""

    def __init__(
        self,
        person: Person,
        info: SessionInfo,
        now_ms: Callable[[], int],
        battery_percent: int = 82,
    ) -> None:
        self.session = info
        self.now_ms = now_ms
        self._person = person
        self._readings = readings(person, info.started_ms)
        self._next = next(self._readings)
        self._battery = battery_percent

    @property
    def status(self) -> StrapStatus:
        """Stand as a good strap does."""
        return StrapStatus(
            StrapState.LIVE, self.session.device, self.session.started_ms, self._battery
        )

    def breathe_with_pause(self, length_s: float) -> None:
        """Let the person take the pause that begins now."""
        start_s = (self.now_ms() - self.session.started_ms) / 1000
        self._person.pauses.append((start_s, start_s + length_s))

    async def poll(self) -> tuple[Batch, ...]:
        """Wait for the next reading; what is due already comes in batches."""
        wait_ms = self._next.t_ms - self.now_ms()
        await asyncio.sleep(max(0, min(wait_ms, 1000)) / 1000)
        due: list[Reading] = []
        while self._next.t_ms <= self.now_ms() and len(due) < 256:
            due.append(self._next)
            self._next = next(self._readings)
        return (Batch(self.session, tuple(due)),) if due else ()

    async def ack(self, session: str, seq: int) -> None:
        """Need nothing: what is lost can be made again."""

    async def rewind(self, session: str, seq: int) -> None:
        """Pass over what the store already holds."""
        while self._next.seq <= seq:
            self._next = next(self._readings)

    async def close(self) -> None:
        """Hold nothing open."""


def still_minute(random: Random, hour: float, person: Person) -> tuple[float, float]:
    """Draw heart rate (bpm) and RMSSD (ms) of one still minute at an hour of a simulated day."""
    day = 1.5 * sin(pi * (hour - 9) / 12)
    rate = person.rest_bpm + day + random.gauss(0, 2.4)
    return rate, 35.0 * exp(random.gauss(0, 0.16) - 0.02 * (rate - person.rest_bpm))
