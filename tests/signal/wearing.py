"""A strap on a simulated heart, and how its packets arrive: straps.md §0.4 and §2.1."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from softfront_sensors.heart_rate import TICKS_PER_S, Contact, encode
from softfront_sensors.packet import Packet
from softfront_sensors.simulated import Person

from .making import START


@dataclass
class Worn:
    """One packet a second, late by 80 ms in the mean; every interval `latency_s` old or more."""

    seed: int
    bpm: float = 70.0
    rsa_ms: float = 34.0
    length_s: int = 60
    words_per_s: int = TICKS_PER_S
    """1024 as it should be, or 1000 from a strap that sends milliseconds."""
    latency_s: float = 0.0
    delay_s: float = 0.08
    smooth: int = 8
    """Its heart rate is the mean of so many intervals, rounded."""
    lose: float = 0.0
    """Share of the intervals that never arrive."""
    lose_packets: float = 0.0
    lost_s: list[float] = field(default_factory=list)
    """When beats were lost, in arrival time."""

    @classmethod
    def of(cls, seed: int, **given: float) -> "Worn":
        """Draw a heart, a strap's smoothing and its latency."""
        draw = Random(seed)
        return cls(
            seed,
            bpm=given.pop("bpm", draw.uniform(50, 150)),
            rsa_ms=draw.uniform(5, 60),
            latency_s=draw.uniform(0, 3),
            smooth=draw.randint(3, 12),
            **given,  # type: ignore[arg-type]  # whole numbers where they are asked for
        )

    def packets(self) -> Iterator[tuple[Packet, list[float]]]:
        """Yield each packet with the true times of its beats, in seconds from `START`."""
        draw, beats = Random(self.seed * 7919 + 13), Person(self.seed, (), self.bpm, self.rsa_ms)
        beat, phase, arrival = beats.beats(), draw.random(), 0.0
        true_s, rr = next(beat)
        said: list[int] = []
        for second in range(self.length_s):
            held: list[tuple[float, int]] = []
            kept = True
            while true_s + self.latency_s <= second + phase:
                said = [*said, rr][-self.smooth :]
                if draw.random() < self.lose:
                    kept = False
                else:
                    held.append((true_s, round(rr * self.words_per_s / TICKS_PER_S)))
                true_s, rr = next(beat)
            arrival = max(arrival, second + phase + draw.expovariate(1 / self.delay_s))
            if draw.random() < self.lose_packets:
                self.lost_s += [arrival] if held else []
                continue
            self.lost_s += [] if kept else [arrival]
            rate = round(60 * TICKS_PER_S * len(said) / sum(said)) if said else round(self.bpm)
            yield self._packet(arrival, rate, held), [at for at, _ in held]

    def _packet(self, arrival_s: float, rate: int, held: list[tuple[float, int]]) -> Packet:
        t_ms = START + round(1000 * arrival_s)
        return Packet(1, 1, t_ms, t_ms, encode(rate, [w for _, w in held], Contact.UNSUPPORTED))
