"""The `cleanwatch` command: one subcommand for each process and each task at the shell."""

import logging
import sys
from pathlib import Path

import click
from pydantic import ValidationError

from cleanwatch.dead_letter_commands import dead_letters
from cleanwatch.lifetime import stop_event
from cleanwatch.process_commands import app, broker, history, simulate, station
from cleanwatch.settings import Settings
from cleanwatch.site_commands import site


@click.group()
@click.version_option(package_name="cleanwatch")
def cleanwatch() -> None:
    """Environmental monitoring for cleanrooms. Settings come from the environment: see docs/settings.md."""
    try:
        settings = Settings()
    except ValidationError as error:
        lines = [f"CLEANWATCH_{str(e['loc'][0]).upper()}: {e['msg']} (it is {e['input']!r})" for e in error.errors()]
        raise click.ClickException("these settings are not right:\n  " + "\n  ".join(lines)) from None
    logging.basicConfig(
        level=settings.log_level,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )


@cleanwatch.command()
@click.option("--data", type=click.Path(path_type=Path), default=Path("demo-data"), show_default=True)
@click.option("--reset", is_flag=True, help="Begin anew: forget what the demo has recorded so far.")
def demo(data: Path, reset: bool) -> None:
    """Run a simulated suite with everything it needs, and say where to look."""
    from cleanwatch.demo import run_demo

    run_demo(data, reset, stop_event())


for command in (app, broker, dead_letters, history, simulate, site, station):
    cleanwatch.add_command(command)


def main() -> None:
    """The entry point of the installed command."""
    cleanwatch(prog_name="cleanwatch")
