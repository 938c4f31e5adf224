"""What comes on clean topics cannot end the app's listening."""

import pytest

from app.live.hub import Hub
from app.stations import Stations
from bus.client import Message
from cleanwatch.dashboard import hear
from tests.app.parts import Time, site


@pytest.mark.parametrize(
    "payload", [b"", b"{", b"[]", b'"\xff"', b'{"station": "\xff"}', b'{"station": 7}', b"\xff\xfe"]
)
def test_a_report_that_cannot_be_understood_is_put_aside(payload: bytes) -> None:
    stations = Stations(Time())
    message = Message("cleanwatch/b/reports/main", payload, qos=1, retain=True, id=1, connection=1)
    hear(message, Hub(site, Time()), stations)
    assert stations.now().stations == ()
