"""The `cleanwatch` command: one subcommand for each process and each task at the shell."""

import importlib
import logging
import sys
from collections.abc import Iterator

import click
from pydantic import ValidationError
from typing_extensions import override

from cleanwatch import file_permissions
from cleanwatch.settings import Settings
from storage.records.errors import RecordsError

SUBCOMMANDS = {
    "account": "account:account",
    "app": "processes:app",
    "audit": "audit:audit_group",
    "archive": "archive:archive_group",
    "backup": "backup:backup",
    "broker": "processes:broker",
    "dead-letters": "dead_letters:dead_letters",
    "demo": "processes:demo",
    "forward": "forward:forward",
    "history": "processes:history",
    "levels": "levels:levels",
    "notify": "notify:notify",
    "on-call": "on_call:on_call",
    "records": "records:records",
    "replay": "replay:replay",
    "restore": "backup:restore",
    "retention": "retention:retention",
    "simulate": "processes:simulate",
    "site": "site:site",
    "source": "source:source",
    "station": "processes:station",
    "status": "status:status",
}
"""Where each subcommand is. It is imported when it is called, so that a small process stays small."""


class Subcommands(click.Group):
    """The table above as a click group."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(SUBCOMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in SUBCOMMANDS:
            return None
        module, name = SUBCOMMANDS[cmd_name].split(":")
        command = getattr(importlib.import_module(f"cleanwatch.commands.{module}"), name)
        assert isinstance(command, click.Command)
        return command

    @override
    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except RecordsError as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=Subcommands)
@click.version_option(package_name="cleanwatch")
def cleanwatch() -> None:
    """Environmental monitoring for cleanrooms. Settings come from the environment: see docs/settings.md."""
    try:
        settings = Settings()
    except ValidationError as error:
        raise click.ClickException("these settings are not right:\n  " + "\n  ".join(_in_words(error))) from None
    logging.basicConfig(
        level=settings.log_level,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _in_words(error: ValidationError) -> Iterator[str]:
    """What is wrong with each setting. What a URL says is not repeated: somebody may have put a password into it."""
    for wrong in error.errors():
        name = str(wrong["loc"][0])
        value = "" if name.endswith("_url") else f" (it is {wrong['input']!r})"
        yield f"CLEANWATCH_{name.upper()}: {wrong['msg'].removeprefix('Value error, ')}{value}"


def main() -> None:
    """The entry point of the installed command."""
    file_permissions.keep_files_private()
    cleanwatch(prog_name="cleanwatch")
