"""An app without a browser: whoever a test says is signed in there, and asks for whatever the test wants."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.context import AppContext
from app.live.hub import Hub
from app.server import create_app
from facility.people import Person
from facility.site import Site
from storage.records.database import Records
from storage.records.trail import audit
from storage.records.trail.audit import AuditFilter, AuditRow
from tests.app.parts import NoSamples, Time
from tests.records import open_records


class House:
    """The app of a site, and who is signed in at its one browser."""

    def __init__(self, site: Site, records: Records, time: Time) -> None:
        self.site, self.records, self.time = site, records, time
        self.person: Person | None = None
        self.hub = Hub(lambda: self.site, time)
        self.context = AppContext(lambda: self.site, NoSamples(), records, self.hub, lambda: self.person, time)
        self.app = create_app(self.context)
        self.client = self.app.server.test_client()

    def call(self, output: str, inputs: Sequence[tuple[str, Any]] = (), state: Sequence[tuple[str, Any]] = ()) -> Any:
        """What a callback answers. `output` is its id; inputs and state are `("url.pathname", "/")`."""
        parts = [part.split("@")[0].rsplit(".", 1) for part in output.strip(".").split("...")]
        body = {
            "output": output,
            "outputs": [{"id": id, "property": name} for id, name in parts],
            "inputs": [_value(*pair) for pair in inputs],
            "state": [_value(*pair) for pair in state],
            "changedPropIds": [name for name, _ in inputs],
        }
        return self.client.post("/_dash-update-component", json=body)

    def page(self, path: str, search: str = "") -> str:
        """All that the router draws at an address, as JSON."""
        answer = self.call(
            "..page.children...navigation.children..", [("url.pathname", path)], [("url.search", search)]
        )
        assert answer.status_code == 200, answer.text
        return json.dumps(json.loads(answer.text))

    def refused(self) -> list[AuditRow]:
        """What the trail has of refusals, newest first."""
        with self.records.reading() as connection:
            return audit.rows(connection, AuditFilter(action="refused"))


@contextmanager
def house(folder: Path, site: Site) -> Iterator[House]:
    """An app with records of its own, in which nothing has happened yet."""
    time = Time()
    records = open_records(folder / "records.db", time)
    yield House(site, records, time)
    records.close()


def _value(name: str, value: Any) -> dict[str, Any]:
    id, property = name.rsplit(".", 1)
    return {"id": id, "property": property, "value": value}
