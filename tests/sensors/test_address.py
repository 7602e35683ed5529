from pathlib import Path

import pytest

from softfront_sensors.address import Address, parse, trust
from softfront_sensors.errors import UnusableAddress

MQTT = ("mqtt", "mqtts")


def test_an_address_comes_apart() -> None:
    found = parse("mqtt://anna:s%20cret@pi.local:1884/softfront/anna/", MQTT)
    assert found == Address("mqtt", "pi.local", 1884, "softfront/anna", "anna", "s cret")


@pytest.mark.parametrize(
    ("scheme", "port"), [("mqtt", 1883), ("mqtts", 8883), ("http", 80), ("https", 443)]
)
def test_each_scheme_has_its_usual_port(scheme: str, port: int) -> None:
    found = parse(f"{scheme}://pi", (scheme,))
    assert (found.port, str(found)) == (port, f"{scheme}://pi")


def test_no_password_is_ever_shown() -> None:
    found = parse("mqtts://anna:secret@[::1]:9/x", MQTT)
    assert "secret" not in f"{found} {found!r}"
    assert str(found) == "mqtts://[::1]:9"
    assert (found.secure, found.here) == (True, True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pi.local",
        "https://pi",
        "mqtt://",
        "mqtt://:secret@",
        "mqtt://pi:secret",
        "mqtt://pi:99999",
        "mqtt://[pi",
        "mqtt://a..b",
        f"mqtt://{'x' * 70}",
        "mqtt://a b",
        "mqtt://pi/x?secret",
        "mqtt://pi/#",
    ],
)
def test_what_is_no_address_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(UnusableAddress) as refused:
        parse(text, MQTT)
    assert "secret" not in str(refused.value)


def test_a_file_without_a_certificate_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    for name in ("ca.pem", "missing.pem"):
        with pytest.raises(UnusableAddress, match=name):
            trust(tmp_path / name)


def test_the_systems_own_authorities_are_the_usual_ones() -> None:
    context = trust(None)
    assert context.check_hostname
    assert context.verify_mode.name == "CERT_REQUIRED"
