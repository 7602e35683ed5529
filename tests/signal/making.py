"""Beats, minutes and shifts made for tests."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from random import Random

from softfront_sensors.heart_rate import TICKS_PER_S, Contact, encode
from softfront_sensors.packet import Motion, Packet, Reading
from softfront_sensors.simulated import Episode, Kind, Person, readings
from softfront_signal.artefacts import Artefact, JudgedBeat
from softfront_signal.baseline import Baseline, StillMinute
from softfront_signal.beats import Beat
from softfront_signal.moments import Decision, State
from softfront_signal.monitor import Event, Monitor, Tick

START = 946_890_000_000
DAY_MS = 86_400_000


def packet(at_s: float, *rr_ticks: int, epoch: int = 1, contact: Contact = Contact.ON) -> Packet:
    t_ms = START + round(1000 * at_s)
    return Packet(1, epoch, t_ms, t_ms, encode(70, rr_ticks, contact))


def report(at_s: float, steps_per_min: int) -> Motion:
    t_ms = START + round(1000 * at_s)
    return Motion(1, 1, t_ms, t_ms, steps_per_min)


def shaking(at_s: float, move_mg: int) -> Motion:
    t_ms = START + round(1000 * at_s)
    return Motion(1, 1, t_ms, t_ms, move_mg=move_mg)


def beats(rr_ticks: Iterable[int], start_ms: int = START, run: int = 1) -> Iterator[Beat]:
    ticks = start_ms * TICKS_PER_S // 1000
    for rr in rr_ticks:
        ticks += rr
        yield Beat(ticks * 1000 // TICKS_PER_S, rr, run, uncertainty_ms=0, age_ms=0)


def judged(
    rr_ticks: Sequence[int], flagged: Iterable[int] = (), start_ms: int = START, run: int = 1
) -> list[JudgedBeat]:
    """Make beats that are NN, save those at the places in `flagged`."""
    away = set(flagged)
    return [
        JudgedBeat(beat, Artefact.ECTOPIC if at in away else None)
        for at, beat in enumerate(beats(rr_ticks, start_ms, run))
    ]


def still_minutes(days: int, each: int = 120, before_ms: int = START, seed: int = 5) -> Baseline:
    """Know two weeks of a person much like the simulated one, around this hour."""
    draw, known = Random(seed), []
    for day in range(days, 0, -1):
        first = before_ms - day * DAY_MS - each * 30_000
        for minute in range(each):
            rate, variation = draw.gauss(68, 2.4), 32 * 2 ** draw.gauss(0, 0.2)
            known.append(StillMinute(first + minute * 60_000, rate, variation))
    return Baseline(known)


def shift(
    *episodes: Episode, length_s: float = 1800, seed: int = 7, accelerometer: bool = False
) -> list[Reading]:
    return list(readings(Person(seed, episodes), START, length_s, accelerometer))


def strain(start_s: float, length_s: float = 180) -> Episode:
    return Episode(Kind.STRAIN, start_s, length_s)


def walk(start_s: float, length_s: float = 120) -> Episode:
    return Episode(Kind.WALK, start_s, length_s)


def slip(start_s: float, length_s: float = 120) -> Episode:
    return Episode(Kind.SLIP, start_s, length_s)


def without_motion(played: Iterable[Reading]) -> list[Packet]:
    return [reading for reading in played if isinstance(reading, Packet)]


def decide(events: Iterable[Event], baseline: Baseline | None = None) -> list[Decision]:
    monitor = Monitor(baseline or still_minutes(14))
    return [decision for event in events for decision in monitor.hear(event)]


def between(decisions: Iterable[Decision], from_s: float, to_s: float) -> list[Decision]:
    return [d for d in decisions if from_s < (d.t_ms - START) / 1000 <= to_s]


def candidates_s(decisions: Iterable[Decision]) -> list[float]:
    return [(d.t_ms - START) / 1000 for d in decisions if d.state is State.CANDIDATE]


@cache
def decided(
    *episodes: Episode, length_s: float = 1800, motion: bool = True, accelerometer: bool = False
) -> list[Decision]:
    played = shift(*episodes, length_s=length_s, accelerometer=accelerometer)
    return decide(played if motion else without_motion(played))


def states(decisions: Sequence[Decision]) -> set[State]:
    return {d.state for d in decisions}


def reasons(decisions: Sequence[Decision]) -> set[str]:
    return {d.reason for d in decisions}


def tick(at_s: float) -> Tick:
    return Tick(START + round(1000 * at_s))


def after(events: Sequence[Event], *added: Event) -> list[Event]:
    return sorted([*events, *added], key=lambda event: event.t_ms)
