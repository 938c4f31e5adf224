"""Every command is documented."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cleanwatch.command import cleanwatch

DOCUMENT = (Path(__file__).parents[2] / "docs" / "commands.md").read_text().splitlines()


def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


@pytest.mark.parametrize(("path", "command"), list(commands(cleanwatch, "cleanwatch")))
def test_every_command_is_documented_with_its_options(path: str, command: click.Command) -> None:
    row = next((line for line in DOCUMENT if line.startswith(f"| `{path}` |")), None)
    assert row is not None, f"docs/commands.md does not explain {path}"
    options = [option for p in command.params if isinstance(p, click.Option) for option in p.opts]
    assert [option for option in options if f"`{option}`" not in row] == []


def test_no_command_is_documented_that_does_not_exist() -> None:
    documented = [line.split("`")[1] for line in DOCUMENT if line.startswith("| `cleanwatch ")]
    assert sorted(documented) == sorted(path for path, _ in commands(cleanwatch, "cleanwatch"))
