"""Running InfluxDB for tests: Debian's 1.6 behind nginx, which gives it the newer ways in; or any server of yours.

With CLEANWATCH_TESTS_INFLUX_URL (and _ORG, _TOKEN) set, the same tests run against that server (2.x or 3.x), in
buckets that are made and deleted through its API. Usable outside pytest too: `running_influx(folder)`.
"""

import getpass
import grp
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote
from uuid import uuid4

import urllib3

from storage.samples.influx.address import Influx
from tests.parts import free_port, program
from tests.waiting import wait_until

URL, ORG, TOKEN = (f"CLEANWATCH_TESTS_INFLUX_{name}" for name in ("URL", "ORG", "TOKEN"))

SERVER = """\
reporting-disabled = true
bind-address = "127.0.0.1:{rpc}"
[meta]
  dir = "{folder}/meta"
[data]
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
  index-version = "tsi1"
  wal-fsync-delay = "0s"
  cache-snapshot-memory-size = "8m"
  cache-snapshot-write-cold-duration = "10s"
  cache-max-memory-size = "256m"
  query-log-enabled = false
[http]
  bind-address = "127.0.0.1:{http}"
  log-enabled = false
[monitor]
  store-enabled = false
[continuous_queries]
  enabled = false
"""

FRONT = """\
daemon off;
user {user} {group};
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log error;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_max_body_size 64m;
  client_body_buffer_size 4m;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream influxd {{ server 127.0.0.1:{http}; keepalive 16; }}
  map $arg_precision $prec {{ default $arg_precision; "" ns; us u; }}
  map $arg_bucket $v1db {{ default $arg_bucket; "~*^(?<d>.+?)(%2F|/)(?<r>.+)$" $d; }}
  map $arg_bucket $v1rp {{ default ""; "~*^(?<d2>.+?)(%2F|/)(?<r2>.+)$" "&rp=$r2"; }}
  server {{
    listen 127.0.0.1:{front};
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Authorization "";
    if ($http_authorization !~ "^(Token|Bearer) {token}$") {{
      return 401 '{{"code":"unauthorized","message":"unauthorized access"}}';
    }}
    location = /api/v2/write {{
      rewrite ^ /write?db=$v1db&precision=$prec$v1rp? break;
      proxy_pass http://influxd;
    }}
    location = /query {{ proxy_pass http://influxd; }}
    location = /ping {{ proxy_pass http://influxd; }}
    location = /health {{
      default_type application/json;
      return 200 '{{"name":"influxdb","status":"pass","message":"ready","checks":[],"version":"1.6.7"}}';
    }}
  }}
}}
"""


class InfluxServer(Protocol):
    """A running InfluxDB, and a way to get an empty bucket of it."""

    def new_bucket(self, name: str | None = None) -> Influx:
        """An empty bucket that keeps everything; a name is made up where none is given."""


class InfluxUnderTest:
    """influxd 1.6 behind nginx that can be stopped, killed and started again at the same address."""

    token = "test-token"

    def __init__(self, folder: Path) -> None:
        self.token_file = folder / "token"
        self.token_file.touch(0o600)
        self.token_file.write_text(f"{self.token}\n")
        self._folder = folder
        self._ports = {name: free_port() for name in ("front", "http", "rpc")}
        self._configuration("influx.conf", SERVER)
        self._configuration("nginx.conf", FRONT)
        self._server: subprocess.Popen[bytes] | None = None
        self._front: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address that is like an InfluxDB 1.8's."""
        return f"http://127.0.0.1:{self._ports['front']}"

    @property
    def pid(self) -> int:
        """The process id of influxd."""
        assert self._server is not None, "influxd does not run"
        return self._server.pid

    def alive(self) -> bool:
        """Does influxd run?"""
        return self._server is not None and self._server.poll() is None

    def start(self) -> None:
        """Start influxd, and nginx if it does not run; returns when they answer."""
        self._server = self._started("influxd", "-config", self._folder / "influx.conf")
        if self._front is None:
            self._front = self._started("nginx", "-p", self._folder, "-c", self._folder / "nginx.conf")
        wait_until(self._answers, what="influxd's answer")

    def kill(self) -> None:
        """kill -9 influxd; nginx answers 502 from now on."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None

    def hang(self) -> None:
        """Let influxd take connections and not answer, until `go_on`."""
        os.kill(self.pid, 19)

    def go_on(self) -> None:
        """End of `hang`."""
        os.kill(self.pid, 18)

    def stop(self) -> None:
        """End both, however they are."""
        self.kill()
        if self._front is not None:
            self._front.terminate()
            self._front.wait()
            self._front = None

    def new_bucket(self, name: str | None = None) -> Influx:
        """An empty bucket that keeps everything."""
        bucket = name or f"bucket_{uuid4().hex[:12]}"
        self.query(f'CREATE DATABASE "{bucket}"')
        return Influx(self.url, "any", bucket, self.token_file)

    def query(self, statement: str, bucket: str = "") -> list[dict[str, object]]:
        """The series of the first result of any InfluxQL, also what only an administrator may."""
        answer = urllib3.request(
            "POST",
            f"http://127.0.0.1:{self._ports['http']}/query?db={quote(bucket)}&epoch=ms",
            fields={"q": statement},
        )
        (result,) = json.loads(answer.data)["results"]
        assert "error" not in result, result["error"]
        return list(result.get("series", ()))

    def _configuration(self, name: str, text: str) -> None:
        group = grp.getgrgid(os.getgid()).gr_name
        words = {
            "folder": self._folder,
            "token": self.token,
            "user": getpass.getuser(),
            "group": group,
            **self._ports,
        }
        (self._folder / name).write_text(text.format(**words))

    def _started(self, name: str, *arguments: str | Path) -> subprocess.Popen[bytes]:
        with (self._folder / f"{name}.out").open("a") as log:
            return subprocess.Popen([program(name), *arguments], stdout=log, stderr=log)

    def _answers(self) -> bool:
        for process in (self._server, self._front):
            assert process is None or process.poll() is None, f"it ended at once; see {self._folder}"
        try:
            headers = {"Authorization": f"Token {self.token}"}
            return urllib3.request("GET", f"{self.url}/ping", headers=headers, retries=False).status == 204
        except urllib3.exceptions.HTTPError:
            return False


class InfluxOfYours:
    """A server that is there already, told by environment variables; its buckets are made through its API."""

    def __init__(self, folder: Path) -> None:
        self.url = os.environ[URL]
        self.org = os.environ.get(ORG, "")
        self.token_file = folder / "token"
        self.token_file.touch(0o600)
        self.token_file.write_text(os.environ.get(TOKEN, ""))
        self._made: list[str] = []

    def new_bucket(self, name: str | None = None) -> Influx:
        """An empty bucket that keeps everything."""
        bucket = name or f"test_{uuid4().hex[:12]}"
        headers = {"Authorization": f"Token {self.token_file.read_text()}"}
        if urllib3.request("GET", f"{self.url}/api/v2/orgs", headers=headers).status == 404:  # 3.x; not tried
            self._api("POST", "/api/v3/configure/database", {"db": bucket})
            self._made.append(f"/api/v3/configure/database?db={bucket}")
        else:
            (org,) = self._api("GET", f"/api/v2/orgs?org={quote(self.org)}")["orgs"]
            made = self._api("POST", "/api/v2/buckets", {"orgID": org["id"], "name": bucket, "retentionRules": []})
            self._made.append(f"/api/v2/buckets/{made['id']}")
        return Influx(self.url, self.org, bucket, self.token_file)

    def close(self) -> None:
        """Delete the buckets."""
        for path in self._made:
            self._api("DELETE", path)

    def _api(self, method: str, path: str, body: object = None) -> Any:
        headers = {"Authorization": f"Token {self.token_file.read_text()}"}
        answer = urllib3.request(method, self.url + path, json=body, headers=headers)
        assert answer.status < 300, f"{method} {path}: {answer.status} {answer.data.decode()}"
        return json.loads(answer.data) if answer.data else {}


@contextmanager
def running_influx(folder: Path) -> Iterator[InfluxUnderTest]:
    """influxd 1.6 behind nginx, on free ports of loopback, with its files in `folder`."""
    server = InfluxUnderTest(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def any_influx(folder: Path) -> Iterator[InfluxServer]:
    """The server that the environment names, or one of our own."""
    if URL not in os.environ:
        with running_influx(folder) as server:
            yield server
        return
    yours = InfluxOfYours(folder)
    try:
        yield yours
    finally:
        yours.close()
