"""Fixtures for the MQTT client: each test runs against every kind of broker."""

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
