"""A demo for the tests of a file that look at it as people do: it is started once."""

from collections.abc import Iterator

import pytest

from cleanwatch.ports import claimed_port
from tests.integration.demo import RunningDemo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    """A demo that does not find the port that it would like to take."""
    with claimed_port(8050), RunningDemo(tmp_path_factory.mktemp("demo")) as running:
        assert running.address
        yield running
