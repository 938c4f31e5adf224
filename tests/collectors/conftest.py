"""Fixtures for collectors: each test that needs a broker runs against every kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.brokers import BROKER_KINDS, BrokerKind, BrokerUnderTest, running_broker


@pytest.fixture(params=BROKER_KINDS)
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BrokerUnderTest]:
    """A running broker, of each kind in turn."""
    kind: BrokerKind = request.param
    with running_broker(kind, tmp_path) as running:
        yield running
