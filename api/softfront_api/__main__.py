"""The `softfront` command."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from .doors import past, resting

app = typer.Typer(
    help="A chest strap reads the heart; outside your own usual range, ninety seconds are offered.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_PORT = 8420
_Data = Annotated[
    Path | None, typer.Option("--data", envvar="SOFTFRONT_DATA", help="Folder for the data.")
]
_Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to listen at.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else on stdout.")]
_Strap = Annotated[
    list[str] | None, typer.Option(help="Id of the strap, from `scan`; again for a spare.")
]
_Ca = Annotated[
    Path | None, typer.Option(help="Certificate (PEM) of whoever vouches for the other machine.")
]
_Broker = Annotated[
    str | None,
    typer.Option(
        "--from", envvar="SOFTFRONT_FROM", help="Broker to hear: mqtt://host/softfront/me."
    ),
]
_Host = Annotated[str, typer.Option(help="Address to listen at, for collectors.")]
_Names = Annotated[list[str] | None, typer.Option(help="What collectors call this machine.")]
_Cert = Annotated[Path | None, typer.Option(help="TLS certificate (PEM).")]
_Key = Annotated[Path | None, typer.Option(help="Its key (PEM).")]
_Plain = Annotated[
    bool, typer.Option("--plain-http", help="No TLS: everyone on the network can read along.")
]
_NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Do not open the page.")]


def _end(code: int) -> NoReturn:
    raise typer.Exit(int(code))


@app.command()
def demo(
    port: _Port = _PORT, data: _Data = None, no_browser: _NoBrowser = False, json: _Json = False
) -> None:
    """Show everything with a simulated heart and the real rules."""
    from .doors.listening import listen

    listener = listen(port)

    from .doors.demo import demo as run
    from .doors.opening import opener

    _end(run(data, listener, on_url=opener(browser=not no_browser, as_json=json)))


@app.command()
def serve(
    port: _Port = _PORT,
    data: _Data = None,
    strap: _Strap = None,
    no_strap: Annotated[bool, typer.Option("--no-strap", help="Read none here.")] = False,
    broker: _Broker = None,
    ca: _Ca = None,
    host: _Host = "127.0.0.1",
    name: _Names = None,
    cert: _Cert = None,
    key: _Key = None,
    plain_http: _Plain = False,
    no_browser: _NoBrowser = False,
    json: _Json = False,
) -> None:
    """Read the strap in the room, take what collectors send, and show the page."""
    from .doors.beyond import Broker, Opening, check
    from .doors.common import data_folder
    from .doors.listening import listen

    folder = data_folder(data)
    opening = Opening(_address(host), tuple(name or ()), cert, key, plain_http)
    hears = Broker.at(broker, ca)
    check(opening, folder)
    listener = listen(port, opening.host)

    from .doors.opening import opener
    from .doors.wearing import wear

    _end(
        wear(
            folder,
            listener,
            opening,
            None if no_strap else tuple(strap or ()),
            hears,
            on_url=opener(browser=not no_browser, as_json=json, opened=opening.beyond),
        )
    )


@app.command()
def scan(
    seconds: Annotated[float, typer.Option(min=1, max=120, help="How long to look.")] = 8.0,
    json: _Json = False,
) -> None:
    """List the straps that answer."""
    from .doors.looking import scan_room

    _end(scan_room(seconds, as_json=json))


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="Packets as JSON lines, CSV t_s,rr_ms, or RR text.")],
    speed: Annotated[str, typer.Option(help="Times real time, or max.")] = "max",
    page: Annotated[bool, typer.Option("--page", help="Show it on the page meanwhile.")] = False,
    port: _Port = _PORT,
    data: _Data = None,
    no_browser: _NoBrowser = False,
    json: _Json = False,
) -> None:
    """Play a recording through the whole road, and say what was decided."""
    from .doors.listening import listen

    pace = _speed(speed)
    listener = listen(port) if page else None

    from .doors.opening import opener
    from .doors.replaying import replay as run
    from .doors.replaying import replay_on_page

    if listener is not None:
        on_url = opener(browser=not no_browser, as_json=json)
        _end(replay_on_page(file, pace, data, listener, on_url=on_url))
    _end(run(file, pace, data, as_json=json))


@app.command()
def collect(
    to: Annotated[
        str | None, typer.Option(envvar="SOFTFRONT_TO", help="https://host:8420 or mqtt://host.")
    ] = None,
    strap: _Strap = None,
    simulated: Annotated[bool, typer.Option("--simulated", help="A simulated heart.")] = False,
    recording: Annotated[Path | None, typer.Option("--replay", help="A recording.")] = None,
    speed: Annotated[str, typer.Option(help="Of the recording: times real time, or max.")] = "1",
    token_file: Annotated[Path | None, typer.Option(help="File with the token.")] = None,
    ca: _Ca = None,
    plain_http: _Plain = False,
    pair: Annotated[bool, typer.Option("--pair", help="Make a token for a collector.")] = False,
    name: Annotated[str, typer.Option(help="What the paired collector is called.")] = "collector",
    unpair: Annotated[str | None, typer.Option(help="Take a token back, by its id.")] = None,
    data: _Data = None,
    json: _Json = False,
) -> None:
    """Read the strap here, and bring what it says to another machine."""
    from .doors.common import data_folder

    folder = data_folder(data)
    if pair and unpair is not None:
        raise typer.BadParameter("one of --pair and --unpair", param_hint="--unpair")
    if pair or unpair is not None:
        from .doors import pairing

        if unpair is not None:
            _end(pairing.unpair(folder, unpair, as_json=json))
        _end(pairing.pair(folder, name, as_json=json))
    if to is None:
        raise typer.BadParameter("https://host:8420 or mqtt://host", param_hint="--to")

    from os import environ

    from .doors.collecting import What, Where, token_in
    from .doors.collecting import collect as run

    what = What(tuple(strap or ()), simulated, recording, _speed(speed))
    token = token_in(token_file, environ.get("SOFTFRONT_TOKEN"))
    _end(run(what, Where(to, token, ca, plain_http), folder, as_json=json))


@app.command()
def why(
    time: Annotated[str, typer.Argument(help="14:32, or 2026-11-23T14:32.")],
    data: _Data = None,
    demo: Annotated[bool, typer.Option("--demo", help="Look into a demo's diary.")] = False,
    json: _Json = False,
) -> None:
    """Say why there was an offer at a time, or why there was none."""
    from .doors.common import data_folder
    from .doors.looking import why as run

    _end(run(time, data_folder(data), demo=demo, as_json=json))


app.command("import")(past.import_recordings)
app.command()(past.export)
app.command()(past.rederive)
app.command()(past.delete)
app.command()(past.evaluate)
app.command()(past.home)
app.command()(resting.pause)


@app.command()
def doctor(
    soak: Annotated[bool, typer.Option("--soak", help="Wear the strap for a while.")] = False,
    phone: Annotated[bool, typer.Option("--phone", help="Wait for phones and collectors.")] = False,
    minutes: Annotated[
        float | None, typer.Option(min=0.05, max=720, help="How long: 10 to soak, 1 for a phone.")
    ] = None,
    strap: _Strap = None,
    capture: Annotated[Path | None, typer.Option(help="Keep what it sent, for `replay`.")] = None,
    broker: _Broker = None,
    ca: _Ca = None,
    host: _Host = "127.0.0.1",
    cert: _Cert = None,
    key: _Key = None,
    plain_http: _Plain = False,
    port: _Port = _PORT,
    data: _Data = None,
    json: _Json = False,
) -> None:
    """Say what is there, what is not, and what to do."""
    from .doors.common import data_folder

    folder = data_folder(data)
    if phone:
        from .doors.beyond import Broker, Opening
        from .doors.phoning import Ears, listen_for_phones

        opening = Opening(_address(host), (), cert, key, plain_http)
        ears = Ears(port, opening, Broker.at(broker, ca))
        _end(listen_for_phones(folder, ears, 60 * (minutes or 1.0), as_json=json))
    if soak or capture is not None:
        from .doors.soaking import Soak
        from .doors.soaking import soak as wear

        how = Soak(tuple(strap or ()), minutes or 10.0, capture)
        _end(wear(folder, how, as_json=json))

    from .doors.doctor import doctor as run

    _end(run(folder, as_json=json))


def _address(host: str) -> str:
    from ipaddress import ip_address

    try:
        return str(ip_address(host))
    except ValueError:
        raise typer.BadParameter("an address, as 0.0.0.0", param_hint="--host") from None


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        pace = float(text.removesuffix("x"))
    except ValueError:
        pace = 0.0
    if not 0.01 <= pace <= 100_000:
        raise typer.BadParameter("a number from 0.01 to 100000, or max", param_hint="--speed")
    return pace


def main() -> None:
    """Run the command, in the terminal's language; an interrupt ends it quietly."""
    from os import environ

    from .words import preferred, speak

    speak(preferred(environ))
    try:
        app()
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
