"""`cleanwatch station`, `app`, `broker`, `simulate`, `history`, `demo`: each runs until it is told to end.

What a process needs is imported when it is started, so that none carries what only another one needs.
"""

from pathlib import Path

import click

from cleanwatch.folder import FolderInUseError
from cleanwatch.lifetime import stop_event
from cleanwatch.settings import Settings
from facility.language import ENGLISH, languages

DAYS = click.IntRange(1, 366)


@click.command()
def station() -> None:
    """Collect, store, judge, publish: everything but the dashboard."""
    from cleanwatch.file_permissions import NotPrivateError
    from cleanwatch.problems import SAID_IN_WORDS
    from cleanwatch.revisions import NoSiteError
    from cleanwatch.station import StationEndedError, run_station
    from facility.site_part import NoSuchStationError

    try:
        run_station(Settings(), stop_event())
    except (
        NotPrivateError,
        FolderInUseError,
        NoSiteError,
        NoSuchStationError,
        StationEndedError,
        *SAID_IN_WORDS,
    ) as error:
        raise click.ClickException(str(error)) from None


@click.command()
def app() -> None:
    """Serve the dashboard on loopback."""
    from cleanwatch.dashboard import run_app
    from cleanwatch.file_permissions import NotPrivateError
    from cleanwatch.problems import SAID_IN_WORDS

    try:
        run_app(Settings(), stop_event())
    except (NotPrivateError, *SAID_IN_WORDS) as error:
        raise click.ClickException(str(error)) from None


@click.command()
@click.option("--port", default=1883, show_default=True, help="Where MQTT 3.1.1 clients connect.")
@click.option("--port-mqtt5", default=1884, show_default=True, help="Where MQTT 5 clients connect.")
def broker(port: int, port_mqtt5: int) -> None:
    """Run the embedded broker, on loopback, for demos and tests: it forgets everything when it ends."""
    from collectors.broker import PortTakenError, embedded_broker

    stopping = stop_event()
    try:
        with embedded_broker(mqtt5_port=port_mqtt5, mqtt311_port=port):
            stopping.wait()
    except PortTakenError as error:
        raise click.ClickException(str(error)) from None


@click.command()
def simulate() -> None:
    """Run the simulated plant: it speaks MQTT to the station like any plant."""
    from cleanwatch.simulation import run_simulation

    run_simulation(Settings(), stop_event())


@click.command()
@click.option("--days", type=DAYS, default=30, show_default=True, help="Length of the generated past.")
@click.option("--until", type=int, help="Where it ends, in milliseconds since 1970 UTC; now, if not given.")
def history(days: int, until: int | None) -> None:
    """Fill the local store with the simulated plant's past, in bulk."""
    from cleanwatch.simulation import run_history
    from facility.instants import system_clock

    end = system_clock() if until is None else until
    run_history(Settings(), days, end, stop_event(), lambda done, of: click.echo(f"{done} {of}"))


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=Path("demo-data"), show_default=True)
@click.option("--reset", is_flag=True, help="Begin anew: forget what the demo has recorded so far.")
@click.option("--days", type=DAYS, default=30, show_default=True, help="Length of the generated past.")
@click.option(
    "--language", type=click.Choice(languages()), default=ENGLISH, show_default=True, help="What its pages speak."
)
def demo(data: Path, reset: bool, days: int, language: str) -> None:
    """Run a simulated suite with everything it needs, and say where to look."""
    from cleanwatch.demo import run_demo

    run_demo(data, reset, days, language, stop_event())
