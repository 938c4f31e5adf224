"""What the app does while the records' database is away: it says so in words, and goes on showing live values."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.components.acknowledge import send
from app.context import AppContext
from app.live.hub import Hub
from app.server import create_app
from facility.limit import Severity
from tests.app.parts import NoSamples, Time, site
from tests.people import MOREAU
from tests.records import open_records


@pytest.fixture
def context(tmp_path: Path) -> Iterator[AppContext]:
    """The parts of an app whose records have vanished under it."""
    suite, time = site(), Time()
    records = open_records(tmp_path / "gone" / "records.db", time)
    records.close()
    shutil.rmtree(tmp_path / "gone")
    yield AppContext(lambda: suite, NoSamples(), records, Hub(lambda: suite, time), lambda: MOREAU, time)
    records.close()


@pytest.fixture
def client(context: AppContext) -> Iterator[FlaskClient]:
    with create_app(context).server.test_client() as client:
        yield client


def callback(client: FlaskClient, output: str, inputs: list[dict[str, Any]], **more: Any) -> Any:
    """What a callback answers; `output` is how Dash names it."""
    outputs = [dict(zip(("id", "property"), part.split("."), strict=True)) for part in output.strip(".").split("...")]
    changed = [f"{part['id']}.{part['property']}" for part in inputs]
    body = {"output": output, "outputs": outputs, "inputs": inputs, "changedPropIds": changed, **more}
    answer = client.post("/_dash-update-component", json=body)
    assert answer.status_code == 200, answer.text
    return answer.text


def show(client: FlaskClient, path: str) -> Any:
    return callback(
        client,
        "..page.children...navigation.children..",
        [{"id": "url", "property": "pathname", "value": path}],
        state=[{"id": "url", "property": "search", "value": ""}],
    )


def test_a_page_of_records_says_what_is_wrong_and_since_when(client: FlaskClient) -> None:
    answer = show(client, "/alarms")
    assert "The records cannot be used since" in answer
    assert '"data-records":"away"' in answer
    assert "the file that is open is no longer there" in answer


def test_a_room_goes_on_showing_its_points(client: FlaskClient) -> None:
    answer = show(client, "/rooms/B101")
    assert "The records cannot be used since" in answer
    assert "room-points" in answer
    assert "No alarm is standing" not in answer


def test_a_callback_that_fails_leaves_the_page_as_it_is_and_says_why(client: FlaskClient) -> None:
    answer = callback(
        client,
        "..trend-figure.data...trend-empty.children...trend-table.children...trend-table.hidden...trend-drawn.data..",
        [
            {"id": "trend-url", "property": "search", "value": "?points=B101.DP1"},
            {"id": "trend-tick", "property": "n_intervals", "value": 0},
            {"id": "annotated", "property": "data", "value": None},
            {"id": "signed", "property": "data", "value": None},
            {"id": "set-room-done", "property": "data", "value": None},
        ],
        state=[
            {"id": "trend-url", "property": "pathname", "value": "/trends"},
            {"id": "trend-tab", "property": "data", "value": "a tab"},
        ],
    )
    assert "records-away" in answer
    assert "The records cannot be used since" in answer


def test_who_answers_an_alarm_is_told_that_it_is_not_on_record(context: AppContext) -> None:
    told = send(context, {"B101.DP1/high/1": Severity.ACTION}, "On my way")
    assert told is not None
    assert "cannot be used" in told
    assert "Nothing was sent" in told
