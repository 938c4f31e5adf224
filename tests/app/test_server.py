import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.context import AppContext
from app.live.hub import Hub
from app.server import create_app
from facility.instants import SECOND
from tests.app.parts import NOON, NoSamples, Time, publish_beat, publish_reading, site
from tests.people import MOREAU
from tests.records import open_records


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def hub(time: Time) -> Hub:
    suite = site()
    return Hub(lambda: suite, time, most_viewers=2)


@pytest.fixture
def client(hub: Hub, time: Time, tmp_path: Path) -> Iterator[FlaskClient]:
    suite = site()
    records = open_records(tmp_path / "records.db", time)
    app = create_app(AppContext(lambda: suite, NoSamples(), records, hub, lambda: MOREAU, time))
    with app.server.test_client() as client:
        yield client
    records.close()


def test_the_first_page_names_its_language(client: FlaskClient) -> None:
    assert '<html lang="en"' in client.get("/").text


def test_a_page_asks_for_no_script_that_nobody_uses(client: FlaskClient) -> None:
    page = client.get("/").text
    assert "/deps/react-dom@" in page
    assert "/dash_table/" not in page


def test_the_policy_allows_no_foreign_host_no_inline_script_and_no_eval(client: FlaskClient) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["connect-src"] == "'self'"
    assert "unsafe" not in rules["script-src"]
    assert all(word == "'self'" or word.startswith("'sha256-") for word in rules["script-src"].split())


def test_every_answer_carries_the_security_headers(client: FlaskClient) -> None:
    for address in ("/", "/healthz", "/assets/main.js", "/live/full"):
        with client.get(address) as answer:
            headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Content-Security-Policy" in headers


def test_what_a_person_sees_is_kept_in_no_cache(client: FlaskClient) -> None:
    for address in ("/", "/_dash-layout", "/live/full"):
        assert client.get(address).headers["Cache-Control"] == "no-store"


def test_text_goes_out_compressed_to_whom_it_suits(client: FlaskClient) -> None:
    def fetch(encoding: str) -> tuple[str | None, bytes]:
        with client.get("/assets/2-base.css", headers={"Accept-Encoding": encoding}) as answer:
            return answer.headers.get("Content-Encoding"), answer.data

    _, plain = fetch("")
    encoding, small = fetch("gzip")
    assert encoding == "gzip"
    assert gzip.decompress(small) == plain
    assert len(small) < len(plain) / 2
    assert fetch("gzip, br")[0] == "br"


def test_the_server_is_healthy_but_not_ready_before_the_station_is_heard(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "the station has not been heard yet\n")


def test_the_server_is_ready_while_data_are_fresh_and_says_when_they_are_not(
    client: FlaskClient, hub: Hub, time: Time
) -> None:
    publish_beat(hub, NOON)
    publish_reading(hub, "B101.DP1", 44.0, NOON)
    hub.refresh()
    assert client.get("/readyz").status_code == 200
    time.now += 9 * SECOND
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "the station is silent for 9 s\n")


def test_a_station_that_said_good_bye_is_not_ready(client: FlaskClient, hub: Hub) -> None:
    publish_beat(hub, NOON, alive=False)
    hub.refresh()
    assert client.get("/readyz").text == "the station has stopped\n"


def test_the_stream_begins_with_everything_and_is_not_compressed(client: FlaskClient) -> None:
    with client.get("/live", headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.mimetype == "text/event-stream"
        assert "Content-Encoding" not in answer.headers
        events = answer.iter_encoded()
        assert next(events) == b"retry: 2000\n\n"
        assert next(events).startswith(b"event: full\n")


def test_one_viewer_too_many_gets_words_and_a_place_that_is_left_is_free_again(client: FlaskClient) -> None:
    first, second = client.get("/live"), client.get("/live")
    refused = client.get("/live")
    assert refused.status_code == 503
    assert refused.text.startswith("All 2 live places are taken.")
    first.close()
    again = client.get("/live")
    assert again.status_code == 200
    again.close()
    second.close()


def test_history_answers_for_points_of_the_site_only(client: FlaskClient) -> None:
    answer = client.get("/live/history?points=B101.DP1,B999.X1")
    assert json.loads(answer.text) == {"B101.DP1": []}
