"""Messages as their makers and users wrote them up; each names where it stands."""

from typing import Any

import pytest

from softfront_sensors.adapters import Heard, read_message
from softfront_sensors.heart_rate import decode
from softfront_sensors.wire import Malformed

# Topic psl/hr of Polar Sensor Logger, as in the README of brugr9/Heartbeat51.
PSL: dict[str, Any] = {
    "clientId": "MyPSL-01",
    "deviceId": "12345678",
    "sessionId": 1234567890,
    "timeStamp": 1234567890123,
    "hr": 64,
    "rr": [833],
}
# HR PUSH, as in the README of Ero-Cat/hr_push.
HR_PUSH = {
    "event": "heartRate",
    "heartRate": 85,
    "percent": 0.42,
    "connected": True,
    "device": "Polar H10",
    "timestamp": "2026-11-24T10:00:00.250Z",
}
# HeartRateMonitorMobile over its web socket, as its code writes it (ccc007ccc).
HRMM = {"heart_rate": 77, "connected": True, "status": "ok", "timestamp": 1234567890123}


def rr_ms(heard: Heard) -> list[int]:
    return [round(ticks * 1000 / 1024) for ticks in decode(heard.data).rr_ticks]


def test_polar_sensor_logger_sends_intervals() -> None:
    heard = read_message(PSL)
    assert (heard.program, heard.device, heard.t_ms) == (
        "Polar Sensor Logger",
        "12345678",
        1234567890123,
    )
    assert (decode(heard.data).hr_bpm, rr_ms(heard)) == (64, [833])


@pytest.mark.parametrize("rr", [[], [833, 790, 801, 640], [0], [63_999]])
def test_it_sends_none_or_several_and_all_are_kept(rr: list[int]) -> None:
    assert rr_ms(read_message({**PSL, "rr": rr})) == rr


@pytest.mark.parametrize(("message", "rate"), [(HR_PUSH, 85), (HRMM, 77)])
def test_who_sends_a_heart_rate_only_has_no_intervals(message: object, rate: int) -> None:
    heard = read_message(message)
    assert (decode(heard.data).hr_bpm, rr_ms(heard)) == (rate, [])


def test_a_time_in_words_is_read_and_without_a_zone_it_is_none() -> None:
    assert read_message(HR_PUSH).t_ms == 1_795_514_400_250
    assert read_message({**HR_PUSH, "timestamp": "2026-11-24T10:00:00"}).t_ms is None
    assert read_message({**HR_PUSH, "timestamp": "soon"}).t_ms is None


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ({**PSL, "rr": [833.5]}, "rr"),
        ({**PSL, "rr": "833"}, "rr"),
        ({**PSL, "rr": [-1]}, "rr"),
        ({**PSL, "rr": [800] * 121}, "rr"),
        ({**PSL, "hr": "64"}, "hr"),
        ({**PSL, "timeStamp": None}, "timeStamp"),
        ({"sampleRate": 130, "ecg": [1, 2]}, "message"),
        ([], "message"),
        (None, "message"),
    ],
)
def test_what_cannot_be_read_is_named(message: object, field: str) -> None:
    with pytest.raises(Malformed) as wrong:
        read_message(message)
    assert wrong.value.field == field


def test_a_name_that_is_no_name_is_not_taken_over() -> None:
    assert read_message({**PSL, "deviceId": "\x1b[2J"}).device == "phone"
