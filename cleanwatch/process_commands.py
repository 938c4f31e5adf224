"""`cleanwatch station`, `app`, `broker`, `simulate`, `history`: each runs one process until it is told to end.

What a process needs is imported when it is started, so that `cleanwatch site check` does not wait for a web server.
"""

import click

from cleanwatch.folder import FolderInUseError
from cleanwatch.lifetime import stop_event
from cleanwatch.settings import Settings


@click.command()
def station() -> None:
    """Collect, store, judge, publish: everything but the dashboard."""
    from cleanwatch.station import run_station

    try:
        run_station(Settings(), stop_event())
    except FolderInUseError as error:
        raise click.ClickException(str(error)) from None


@click.command()
def app() -> None:
    """Serve the dashboard on loopback."""
    from cleanwatch.dashboard import run_app

    run_app(Settings(), stop_event())


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
def history() -> None:
    """Fill the local store with a month of the simulated plant's past, in bulk."""
    from cleanwatch.simulation import run_history

    run_history(Settings(), stop_event(), lambda done, of: click.echo(f"{done} {of}"))
