"""The door at which people sign in; what needs another one makes its own."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.app.door import Door
from tests.signing_in import RULES


@pytest.fixture
def make_door(tmp_path: Path) -> Iterator[Callable[..., Door]]:
    made: list[Door] = []

    def make(**rules: Any) -> Door:
        made.append(Door(tmp_path, replace(RULES, **rules)))
        return made[-1]

    yield make
    for door in made:
        door.records.close()


@pytest.fixture
def door(make_door: Callable[..., Door]) -> Door:
    door = make_door()
    door.account()
    return door
