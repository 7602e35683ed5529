"""What a strap says of itself: its maker, its model, its battery."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..bluetooth import legible, link_errors

if TYPE_CHECKING:  # see bluetooth.py: bleak is imported when a strap is wanted
    from bleak import BleakClient

_BATTERY = "00002a19-0000-1000-8000-00805f9b34fb"
_MAKER = "00002a29-0000-1000-8000-00805f9b34fb"
_MODEL = "00002a24-0000-1000-8000-00805f9b34fb"
_SERIAL = "00002a25-0000-1000-8000-00805f9b34fb"


@dataclass(frozen=True, slots=True)
class Nameplate:
    """What is written on a strap; none of it need be."""

    maker: str | None
    model: str | None
    serial: str | None


async def nameplate(client: "BleakClient", limit_s: float) -> Nameplate:
    """Ask a connected strap who made it; each answer may be missing and has its own limit."""
    maker, model, serial = [
        await _text(client, each, limit_s) for each in (_MAKER, _MODEL, _SERIAL)
    ]
    return Nameplate(maker, model, serial)


async def battery_percent(client: "BleakClient", limit_s: float) -> int | None:
    """Ask a connected strap once; it need not have a battery service."""
    level = await _read(client, _BATTERY, limit_s)
    return level[0] if level and level[0] <= 100 else None


async def _text(client: "BleakClient", characteristic: str, limit_s: float) -> str | None:
    value = await _read(client, characteristic, limit_s)
    return legible(bytes(value).decode("utf-8", "ignore")) if value else None


async def _read(client: "BleakClient", characteristic: str, limit_s: float) -> bytearray | None:
    try:
        async with asyncio.timeout(limit_s):
            return await client.read_gatt_char(characteristic)
    except link_errors():
        return None
