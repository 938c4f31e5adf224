"""Time-stamps from an authority that OpenSSL plays, behind a real HTTP server."""

import subprocess
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from cleanwatch.time_stamps import NoTimeStampError, check, time_stamp
from storage.records.trail import anchors
from storage.records.trail.anchors import Kind
from storage.records.trail.chain import Mark
from tests.certificates import Certificates
from tests.parts import program
from tests.records import open_records

NOON = 1_763_800_060_000
MARK = Mark(12_345, "ab" * 32)
TOLD = anchors.statement("demo", NOON, MARK)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("authority"))


class Authority:
    """A time-stamp authority; `answer` is what it says to a query."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self.answer = answer
        self.status = 200


@pytest.fixture
def authority(certificates: Certificates) -> Iterator[tuple[str, Authority]]:
    authority = Authority(certificates.time_stamp)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            answer = authority.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(authority.status)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *arguments: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", authority
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_time_stamp_holds_for_us_and_for_openssl(
    authority: tuple[str, Authority], certificates: Certificates, tmp_path: Path
) -> None:
    token = time_stamp(authority[0], TOLD.encode(), certificates.authority)
    (tmp_path / "1.txt").write_text(TOLD)
    (tmp_path / "1.tsr").write_bytes(token)
    command = ["ts", "-verify", "-data", "1.txt", "-in", "1.tsr", "-CAfile", str(certificates.authority)]
    done = subprocess.run([program("openssl"), *command], cwd=tmp_path, capture_output=True, check=False)
    assert b"Verification: OK" in done.stdout + done.stderr


def test_an_authority_that_does_not_answer_right_is_told(
    authority: tuple[str, Authority], certificates: Certificates, tmp_path: Path
) -> None:
    url, played = authority
    old = certificates.time_stamp
    first: list[bytes] = []

    def replayed(query: bytes) -> bytes:
        first.append(first[0] if first else old(query))
        return first[0]

    played.answer = replayed
    time_stamp(url, TOLD.encode(), None)
    with pytest.raises(NoTimeStampError, match="has answered another question than ours"):
        time_stamp(url, TOLD.encode(), None)
    played.answer = lambda _: b"no token at all"
    with pytest.raises(NoTimeStampError, match="is no time-stamp"):
        time_stamp(url, TOLD.encode(), None)
    played.status = 503
    with pytest.raises(NoTimeStampError, match="does not answer as it should: 503"):
        time_stamp(url, TOLD.encode(), None)
    with pytest.raises(NoTimeStampError, match="Name one that does in CLEANWATCH_TIMESTAMP_URL"):
        time_stamp("http://127.0.0.1:1/", TOLD.encode(), None)
    played.status, played.answer = 200, old
    other = Certificates(_folder(tmp_path / "other"))
    with pytest.raises(NoTimeStampError, match=r"does not hold by .*authority\.pem"):
        time_stamp(url, TOLD.encode(), other.authority)
    with pytest.raises(NoTimeStampError, match="has no certificates that can be read"):
        time_stamp(url, TOLD.encode(), tmp_path / "none.pem")


def test_a_time_stamp_on_record_is_checked_against_its_statement_and_its_authority(
    authority: tuple[str, Authority], certificates: Certificates, tmp_path: Path
) -> None:
    token = time_stamp(authority[0], TOLD.encode(), certificates.authority)
    other = anchors.statement("demo", NOON + 1, MARK)
    records = open_records(tmp_path / "records.db", lambda: NOON)
    with records.transaction() as connection:
        anchors.add(connection, NOON, Kind.TIME_STAMP, MARK, authority[0], TOLD, token)
        assert list(check(connection, certificates.authority)) == []
        assert list(check(connection, None)) == []
        anchors.add(connection, NOON, Kind.TIME_STAMP, MARK, authority[0], other, token)
        anchors.add(connection, NOON, Kind.TIME_STAMP, MARK, authority[0], TOLD, token[:-3] + b"abc")
        told = list(check(connection, certificates.authority))
    records.close()
    assert told[0] == "the time-stamp of anchor 2 is of another text"
    assert told[1].startswith("the time-stamp of anchor 3 ")


def _folder(path: Path) -> Path:
    path.mkdir()
    return path
