"""Which strap is taken: never by its name."""

from pathlib import Path

from softfront_sensors.source import Hint, StrapState
from softfront_sensors.strap import Strap
from softfront_sensors.strap.known import KnownStrap, KnownStraps

from .bus import DAEMON
from .wearing import NEEDS_DBUS, PATIENT, beat, holds, run, suggested, until

if DAEMON:
    from .fake import FakeBluez

pytestmark = NEEDS_DBUS

MINE, OTHER = "A0:00:00:00:00:01", "A0:00:00:00:00:02"


def remembering(folder: Path, *ids: str, name: str | None = "Fake H10") -> KnownStraps:
    """Remember straps, each worn later than the one before."""
    known = KnownStraps(folder / "straps.json")
    for at, each in enumerate(ids, start=1):
        known.remember(KnownStrap(each, name, None, None, at))
    return known


def test_the_first_strap_found_is_remembered_once_it_has_sent(bus: str, tmp_path: Path) -> None:
    async def wear() -> None:
        known = remembering(tmp_path)
        async with FakeBluez(bus) as bluez:
            fake = bluez.strap(MINE, about={0x2A24: b"H10", 0x2A25: b"C0FFEE\0"})
            async with Strap(known=known, timings=PATIENT, wall_ms=lambda: 7_000) as strap:
                await until(strap, StrapState.SUBSCRIBED)
                assert known.straps == ()
                await beat(fake, strap)
                await holds(lambda: bool(known.straps))

    run(wear())
    mine = KnownStrap(MINE, "Fake H10", "H10", "C0FFEE", 7_000)
    assert KnownStraps(tmp_path / "straps.json").straps == (mine,)


def test_of_those_remembered_the_one_worn_last_is_taken(bus: str, tmp_path: Path) -> None:
    async def wear() -> None:
        async with FakeBluez(bus) as bluez:
            earlier, later = bluez.strap(OTHER), bluez.strap(MINE)
            known = remembering(tmp_path, OTHER, MINE)
            async with Strap(known=known, timings=PATIENT) as strap:
                await beat(later, strap)
            assert earlier.connects == 0

    run(wear())


def test_a_stranger_of_the_same_name_is_told_of_and_never_taken(bus: str, tmp_path: Path) -> None:
    async def meet() -> None:
        async with FakeBluez(bus) as bluez:
            stranger = bluez.strap(OTHER)
            mine = bluez.strap(MINE, in_air=False)
            async with Strap(known=remembering(tmp_path, MINE), timings=PATIENT) as strap:
                status = await suggested(strap, Hint.STRANGER)
                assert status.state is StrapState.ABSENT
                mine.in_air = True
                await beat(mine, strap)
                assert strap.status.hint is None
                mine.in_air = False
                mine.drop()
                status = await suggested(strap, Hint.STRANGER)
                assert status.state is StrapState.LOST
            assert stranger.connects == 0

    run(meet())


def test_without_a_memory_a_stranger_is_known_by_the_strap_in_use(bus: str) -> None:
    async def meet() -> None:
        async with FakeBluez(bus) as bluez:
            mine = bluez.strap(MINE)
            async with Strap(timings=PATIENT) as strap:
                await beat(mine, strap)
                stranger = bluez.strap(OTHER)
                mine.in_air = False
                mine.drop()
                await suggested(strap, Hint.STRANGER)
            assert stranger.connects == 0

    run(meet())


def test_another_name_is_no_stranger_but_nobody(bus: str, tmp_path: Path) -> None:
    async def meet() -> None:
        async with FakeBluez(bus) as bluez:
            bluez.strap(OTHER, name="Somebody else's")
            async with Strap(known=remembering(tmp_path, MINE), timings=PATIENT) as strap:
                await suggested(strap, Hint.WORN_AND_WET)

    run(meet())


def test_asking_for_it_by_its_id_takes_the_stranger_and_remembers_it(
    bus: str, tmp_path: Path
) -> None:
    async def adopt() -> None:
        known = remembering(tmp_path, MINE)
        async with FakeBluez(bus) as bluez:
            mine, other = bluez.strap(MINE), bluez.strap(OTHER)
            async with Strap(OTHER.lower(), known=known, timings=PATIENT) as strap:
                await beat(other, strap)
                await holds(lambda: len(known.straps) == 2)
            assert mine.connects == 0

    run(adopt())
    remembered = KnownStraps(tmp_path / "straps.json").straps
    assert [each.id for each in remembered] == [OTHER, MINE]


def test_one_remembered_is_found_though_it_does_not_tell_its_service(
    bus: str, tmp_path: Path
) -> None:
    async def find_it() -> None:
        async with FakeBluez(bus) as bluez:
            mine = bluez.strap(MINE, advertised=0x1800)
            other = bluez.strap(OTHER, advertised=0x1800)
            async with Strap(known=remembering(tmp_path, MINE), timings=PATIENT) as strap:
                await beat(mine, strap)
            assert other.connects == 0

    run(find_it())


def test_what_is_no_strap_is_no_stranger_whatever_its_name(bus: str, tmp_path: Path) -> None:
    async def meet() -> None:
        async with FakeBluez(bus) as bluez:
            bluez.strap(OTHER, advertised=0x181D)
            async with Strap(known=remembering(tmp_path, MINE), timings=PATIENT) as strap:
                for _ in range(2):  # the second search hears everything
                    await holds(lambda: bluez.discovering)
                    await suggested(strap, Hint.WORN_AND_WET)
                    await holds(lambda: not bluez.discovering)

    run(meet())


def test_what_is_remembered_of_a_strap_is_known_before_it_answers(bus: str, tmp_path: Path) -> None:
    async def wear() -> None:
        known = KnownStraps(tmp_path / "straps.json")
        known.remember(KnownStrap(MINE, "Mine", "H10", "001", 1))
        async with FakeBluez(bus) as bluez:
            bluez.strap(MINE)
            async with Strap(known=known, timings=PATIENT) as strap:
                status = await until(strap, StrapState.SUBSCRIBED)
                assert (status.model, status.serial) == ("H10", "001")

    run(wear())
