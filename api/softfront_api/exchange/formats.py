"""The formats that go out and come in, and what each of them cannot hold."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """A format, by the name that a command and the door know it by."""

    name: str
    title: str
    reads: bool
    writes: bool
    loses: str | None = None
    """What it cannot hold, as a text's key; `None` where nothing is lost."""


ALL = Format("all", "Softfront", reads=True, writes=True)
FORMATS = (
    ALL,
    Format("json-lines", "Softfront JSON lines", True, True, "data.loss.json_lines"),
    Format("rr-text", "RR text (Kubios, Elite HRV)", True, True, "data.loss.rr_text"),
    Format("hrv-logger", "HRV Logger", True, True, "data.loss.hrv_logger"),
    Format("openhrv", "OpenHRV", True, True, "data.loss.openhrv"),
    Format("csv", "CSV", False, True, "data.loss.csv"),
    Format("polar-sensor-logger", "Polar Sensor Logger", True, False),
    Format("polar-flow", "Polar Flow", True, False),
    Format("empatica", "Empatica IBI", True, False),
)
WRITES = tuple(each.name for each in FORMATS if each.writes)
