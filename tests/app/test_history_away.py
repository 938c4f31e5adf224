"""Pages while history cannot be read: a sentence in place of the picture, and everything live goes on."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.context import AppContext
from app.live.beginning import beginning
from app.live.hub import Hub
from app.server import create_app
from storage.samples.history import Substitute
from storage.samples.store import HistoryAwayError
from tests.app.parts import NOON, NoSamples, Time, site
from tests.people import MOREAU
from tests.records import open_records

WHY = "InfluxDB at http://influx:8086 does not answer (refused)"


class Away(NoSamples):
    """A store that cannot be asked."""

    def __getattribute__(self, name: str) -> Any:
        def refuse(*_: object) -> None:
            raise HistoryAwayError(WHY, NOON)

        return refuse


@pytest.fixture
def context(tmp_path: Path) -> Iterator[AppContext]:
    suite, time = site(), Time()
    records = open_records(tmp_path / "records.db", time)
    yield AppContext(lambda: suite, Away(), records, Hub(lambda: suite, time), lambda: MOREAU, time)
    records.close()


def client_of(context: AppContext) -> FlaskClient:
    client: FlaskClient = create_app(context).server.test_client()
    return client


def call(client: FlaskClient, outputs: str, point: str, span: str = "day") -> dict[str, Any]:
    """What a callback of the trends page answers about a point."""
    listed = client.get("/_dash-dependencies").json
    assert listed is not None
    (callback,) = [one for one in listed if outputs in one["output"] and "trend-url.search" not in one["output"]]
    values = {
        "trend-url.search": f"?points={point}&range={span}",
        "trend-url.pathname": "/trends",
        "trend-tick.n_intervals": 0,
    }
    arguments = {
        kind: [{**one, "value": values.get(f"{one['id']}.{one['property']}")} for one in callback[kind]]
        for kind in ("inputs", "state")
    }
    names = [name.split(".") for name in callback["output"].strip(".").split("...")]
    parts = [{"id": id, "property": property.split("@")[0]} for id, property in names]
    answer = client.post(
        "/_dash-update-component",
        json={
            "output": callback["output"],
            "outputs": parts if callback["output"].startswith("..") else parts[0],
            "changedPropIds": ["trend-url.search"],
            **arguments,
        },
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = json.loads(answer.text)["response"]
    return found


def test_a_trend_is_a_sentence_that_says_since_when_and_why(context: AppContext) -> None:
    point = next(iter(context.site().points))
    drawn = call(client_of(context), "trend-figure.data", point)
    assert drawn["trend-figure"]["data"] is None
    said = json.dumps(drawn["trend-empty"], ensure_ascii=False)
    assert "History cannot be read since 13:00" in said
    assert WHY in said
    assert "No reading is lost" in said


def test_the_controls_of_a_trend_still_answer(context: AppContext) -> None:
    point = next(iter(context.site().points))
    client = client_of(context)
    assert call(client, "trend-ranges.children", point, "all")["trend-from"]["value"]
    assert call(client, "trend-statistics.children", point)["trend-statistics"]["children"] is None


def test_a_substitute_is_named_above_the_picture(context: AppContext) -> None:
    known = replace(context, samples=NoSamples(), substitute=lambda: Substitute(WHY, NOON, NOON))
    said = json.dumps(call(client_of(known), "trend-figure.data", next(iter(context.site().points))))
    assert "History is the local store's since" in said
    assert WHY in said


def test_sparklines_are_empty_and_live_values_begin_with_what_comes_in(context: AppContext) -> None:
    point = next(iter(context.site().points))
    assert client_of(context).get(f"/live/history?points={point}").json == {point: []}
    assert beginning(context.site(), context.samples, context.records, context.clock).newest == {}
