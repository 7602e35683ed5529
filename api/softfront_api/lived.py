"""What trends are made of: the quarter-hours of some days, and what was practised in them."""

from dataclasses import dataclass
from datetime import tzinfo
from zlib import adler32, crc32

import numpy as np
from numpy.typing import NDArray

from .by_day import GAP, Places, Wear, day_of, wear
from .diary import MINUTES, QUARTER_MS, Deed, Diary, deeds
from .pause import LENGTH_S

# Another one where the same minutes are told otherwise.
_VERSION = 1
_SECONDS = ("worn_s", "still_s", "moving_s", "strap_off_s", "poor_signal_s", "below_s")
_MINUTE_MS, _QUARTER_S = 60_000, QUARTER_MS // 1000
# Breathing by a circle swings the beats. The proxy looks back over five minutes, and until then
# there is a practice in it.
_LOOK_MIN = 5
_AROUND_MS = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Lived:
    """Some days: read, and not yet thought about."""

    from_ms: int
    to_ms: int
    zone: tzinfo | None
    wear: Wear
    deeds: tuple[tuple[int, Deed], ...]
    """Each with its day."""

    @property
    def tag(self) -> str:
        """Name it: whatever has the same name gives the same answer."""
        of = self.wear.of
        days = day_of(self.from_ms, self.zone), day_of(self.to_ms - 1, self.zone)
        # Whole numbers have the same hash wherever they are hashed.
        seconds = [hash(getattr(of, name)) for name in ("numbers", *_SECONDS)]
        said = repr((_VERSION, days, str(self.zone), seconds, self.deeds)).encode()
        return f"{adler32(of.minutes):08x}{crc32(of.minutes):08x}{crc32(said):08x}"

    def dice(self) -> np.random.Generator:
        """Give the dice that fall for these minutes, each time alike."""
        return np.random.default_rng(crc32(self.wear.of.minutes))

    def minutes(self, *, practised: bool = False) -> NDArray[np.float32]:
        """Give `Wear.minutes` without those in which a practice is, or, if need be, with them."""
        if practised:
            return self.wear.minutes
        flat = self.wear.minutes.reshape(-1, self.wear.minutes.shape[-1]).copy()
        ends = self.times_min()
        for _, it in self.deeds:
            begin_min, end_min = span_min(it)
            inside = np.searchsorted(ends, [begin_min, end_min + _LOOK_MIN], side="right")
            flat[slice(*inside.tolist())] = np.nan
        return flat.reshape(self.wear.minutes.shape)

    def times_min(self) -> Places:
        """Say when each of these minutes ends, in minutes since 1970."""
        ends: Places = (self.wear.numbers[:, None] * MINUTES + np.arange(1, MINUTES + 1)).ravel()
        return ends

    def seconds(self, days: Places) -> dict[str, Places]:
        """Add up the seconds of each of these days."""
        places = np.searchsorted(days, self.wear.days)
        sums = {
            name: self.wear.summed(getattr(self.wear.of, name), places, len(days))
            for name in _SECONDS
        }
        # What was not worn of a shift is strap off, whether or not anything was heard of it.
        apart = np.diff(self.wear.numbers) - 1
        within = (np.diff(self.wear.days) == 0) & (apart <= GAP)
        sums["strap_off_s"] += np.bincount(places[1:], within * apart * _QUARTER_S, len(days))
        return {name: found.astype(np.int64) for name, found in sums.items()}


def span_min(it: Deed) -> tuple[int, int]:
    """Say in which minute something began and ended, as far as that is known."""
    ended_ms = it.ended_ms or it.started_ms + 1000 * (it.lasted_s or LENGTH_S)
    return it.started_ms // _MINUTE_MS, -(-ended_ms // _MINUTE_MS)


def lived(diary: Diary, from_ms: int, to_ms: int, zone: tzinfo | None) -> Lived:
    """Read the days that a range touches."""
    found = wear(diary, from_ms, to_ms, zone)
    first, last = day_of(from_ms, zone), day_of(to_ms - 1, zone)
    done = (
        (_day(it, found, zone), it) for it in deeds(diary, from_ms - _AROUND_MS, to_ms + _AROUND_MS)
    )
    return Lived(from_ms, to_ms, zone, found, tuple(one for one in done if first <= one[0] <= last))


def _day(it: Deed, of: Wear, zone: tzinfo | None) -> int:
    """Say to which day something belongs: to that of its shift, or to its date."""
    number = it.started_ms // QUARTER_MS
    at = int(np.searchsorted(of.numbers, number))
    if at < len(of.numbers) and of.numbers[at] == number:
        return int(of.days[at])
    return day_of(it.started_ms, zone)
