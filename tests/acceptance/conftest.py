"""A story for every test of this folder that asks for one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from facility.site import Point
from tests.acceptance.story import Story


@pytest.fixture
def tell(tmp_path: Path) -> Iterator[Callable[..., Story]]:
    """Begin a story about these points."""
    stories: list[Story] = []

    def begin(*points: Point) -> Story:
        folder = tmp_path / str(len(stories))
        folder.mkdir()
        stories.append(Story(folder, *points))
        return stories[-1]

    yield begin
    for story in stories:
        story.close()
