"""Lines go into a real InfluxDB; one bad line costs only itself; what is wrong with the server is said in words."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from facility.site_file import parse_site
from storage.samples.influx.address import Influx
from storage.samples.influx.problems import InfluxError
from storage.samples.influx.store import InfluxStore
from tests.facility.sites import SMALL
from tests.influx import InfluxServer, InfluxUnderTest, running_influx
from tests.parts import free_port

SITE = parse_site(SMALL, "north.yaml")
GOOD = [f"temperature,point=a value={i}.5 {i}".encode() for i in range(9)]


def store_in(influx: Influx) -> InfluxStore:
    return InfluxStore.open(influx, lambda: SITE, lambda: 0)


@pytest.fixture
def influx(influx_server: InfluxServer) -> Influx:
    return influx_server.new_bucket()


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InfluxUnderTest]:
    """A server that a test may harm; it is started again for the next."""
    with running_influx(tmp_path_factory.mktemp("own")) as server:
        yield server


def count(server: InfluxUnderTest, influx: Influx) -> object:
    (series,) = server.query("SELECT count(value) FROM temperature", influx.bucket)
    return series["values"][0][1]  # type: ignore[index]  # an answer of the server, as it came


def test_all_good_lines_are_written(influx: Influx) -> None:
    assert store_in(influx).write(GOOD) == []


@pytest.mark.parametrize(
    "bad", [b"nonsense", b"temperature,point=a value=3i 99", b"temperature,point=a value=inf 99"]
)
@pytest.mark.parametrize("place", [0, 4, 9])
def test_a_bad_line_is_told_alone_and_the_others_are_written(
    own_server: InfluxUnderTest, bad: bytes, place: int
) -> None:
    influx = own_server.new_bucket()
    store = store_in(influx)
    store.write(GOOD[:1])
    (refused,) = store.write([*GOOD[:place], bad, *GOOD[place:]])
    assert refused.line == bad
    assert refused.reason
    assert count(own_server, influx) == len(GOOD)


def test_a_wrong_token_is_told_with_its_file(influx: Influx, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong")
    with pytest.raises(InfluxError, match=f"refuses a request with the token in {wrong}"):
        store_in(replace(influx, token_file=wrong)).write(GOOD)


def test_a_corrected_token_file_is_read_without_a_restart(influx: Influx, tmp_path: Path) -> None:
    assert influx.token_file is not None
    file = tmp_path / "token"
    file.write_text("wrong")
    store = store_in(replace(influx, token_file=file))
    with pytest.raises(InfluxError):
        store.write(GOOD)
    file.write_text(influx.token_file.read_text())
    assert store.write(GOOD) == []


def test_a_missing_token_file_is_told(influx: Influx, tmp_path: Path) -> None:
    with pytest.raises(InfluxError, match=f"cannot be read from {tmp_path / 'none'}"):
        store_in(replace(influx, token_file=tmp_path / "none")).write(GOOD)


def test_a_token_file_with_several_lines_is_told(influx: Influx, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("one\ntwo")
    with pytest.raises(InfluxError, match="in one line"):
        store_in(replace(influx, token_file=tmp_path / "token")).write(GOOD)


def test_a_missing_bucket_is_told_with_how_to_make_it(influx: Influx) -> None:
    with pytest.raises(InfluxError, match=r"has no bucket nowhere.*influx bucket create --name nowhere"):
        store_in(replace(influx, bucket="nowhere")).write(GOOD)


def test_a_server_that_is_not_there_is_told() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(InfluxError, match=f"{url} does not answer .*refused"):
        store_in(Influx(url, "", "any")).write(GOOD)


def test_a_server_that_hangs_is_told_and_not_waited_for_long(
    own_server: InfluxUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.samples.influx.writing.ANSWER_SECONDS", 0.2)
    store = store_in(own_server.new_bucket())
    own_server.hang()
    try:
        with pytest.raises(InfluxError, match=r"does not answer .*timed out"):
            store.write(GOOD)
    finally:
        own_server.go_on()


def test_lines_that_the_bucket_has_forgotten_already_are_refused_at_once(own_server: InfluxUnderTest) -> None:
    influx = own_server.new_bucket()
    own_server.query(f'ALTER RETENTION POLICY "autogen" ON "{influx.bucket}" DURATION 30d')
    refused = store_in(influx).write(GOOD)
    assert [one.line for one in refused] == GOOD
    assert "retention policy" in refused[0].reason


def test_after_a_kill_the_same_store_goes_on_writing(own_server: InfluxUnderTest) -> None:
    influx = own_server.new_bucket()
    store = store_in(influx)
    store.write(GOOD[:3])
    own_server.kill()
    with pytest.raises(InfluxError, match="does not answer"):
        store.write(GOOD)
    own_server.start()
    assert store.write(GOOD) == []
    assert count(own_server, influx) == len(GOOD)
