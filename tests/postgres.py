"""A running PostgreSQL for tests: real, on loopback, with passwords; killed and started again at the same port."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from tests.parts import free_port, program
from tests.waiting import wait_until

SUPERUSER = "postgres"
OWNER = "cleanwatch"
"""The role that owns the databases; an ordinary one, as a site would make it."""
PASSWORD = "only for tests"
USER = "postgres" if os.getuid() == 0 else None
"""PostgreSQL refuses to run as root: then it runs as the user that Debian's package makes."""

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "max_wal_size": "64MB",
}
QUICK = {
    "autovacuum": "off",
    "full_page_writes": "off",
    # The tests kill the server, never the machine: what a process has written is then there without fsync too.
    "fsync": "off",
}


class PostgresUnderTest:
    """A cluster in a folder of its own, that can be stopped, killed and started again at the same port."""

    def __init__(self, folder: Path, durable: bool = False) -> None:
        self.port = free_port()
        self._settings = {**SETTINGS, **({} if durable else QUICK), "port": str(self.port)}
        self._folder = folder
        self._data = folder / "data"
        self._process: subprocess.Popen[bytes] | None = None

    def create(self) -> None:
        """Lay out the cluster, with its superuser; once, before the first start."""
        password = self._folder / "password"
        password.write_text(PASSWORD)
        self._give_away(self._folder)
        self._give_away(password)
        subprocess.run(
            [
                *(program("initdb"), "--no-sync", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"),
                *(f"--username={SUPERUSER}", f"--pwfile={password}", f"--pgdata={self._data}"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self._folder,
            user=USER,
            group=USER,
        )

    def alive(self) -> bool:
        """Does the server run?"""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it; returns when it answers, after a crash when it has recovered."""
        settings = [f"--{name}={value}" for name, value in self._settings.items()]
        with (self._folder / "log").open("a") as log:
            self._process = subprocess.Popen(
                [program("postgres"), "-D", self._data, *settings],
                stdout=log,
                stderr=log,
                cwd=self._folder,
                user=USER,
                group=USER,
            )
        wait_until(self._answers, what="PostgreSQL")
        self._superuser = psycopg.connect(self.url("postgres", SUPERUSER), autocommit=True)

    def stop(self) -> None:
        """Let it end tidily, hanging up on whoever is connected."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """kill -9, the server and all processes of its connections."""
        assert self._process is not None
        main = psutil.Process(self._process.pid)
        main.suspend()  # so that it begins no new connection
        processes = self._all()
        for process in processes:
            process.kill()
        self._end(signal.SIGKILL)
        psutil.wait_procs(processes, timeout=30)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """For the block: connections stay open and are accepted, and nothing answers."""
        processes = self._all()
        for process in processes:
            process.suspend()
        try:
            yield
        finally:
            for process in processes:
                process.resume()

    def url(self, database: str, role: str = OWNER, port: int | None = None) -> str:
        """Where a database is, with the password that every role of the tests has."""
        return f"postgresql://{role}:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{port or self.port}/{database}"

    def run(self, statement: str, database: str, role: str = SUPERUSER) -> None:
        """Execute SQL in some database, as the superuser or as another role."""
        with psycopg.connect(self.url(database, role), autocommit=True) as connection:
            connection.execute(sql.SQL(statement))

    def create_role(self, name: str) -> None:
        """A role that may log in."""
        self._superuser.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'")

    def create_database(self, name: str, template: str = "template0", owner: str = OWNER) -> None:
        """A database of this owner, empty or a copy of another."""
        self._superuser.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER {owner} STRATEGY file_copy")

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is connected."""
        self._superuser.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _answers(self) -> bool:
        assert self._process is not None and self._process.poll() is None, (
            f"PostgreSQL ended at once: {(self._folder / 'log').read_text()[-500:]}"
        )
        try:
            psycopg.connect(self.url("postgres", SUPERUSER), connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.02)
            return False
        return True

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._superuser.close()
            self._process.send_signal(how)
            self._process.wait(timeout=30)
            self._process = None

    def _all(self) -> list[psutil.Process]:
        assert self._process is not None
        main = psutil.Process(self._process.pid)
        return [main, *main.children(recursive=True)]

    def _give_away(self, path: Path) -> None:
        if USER is not None:
            shutil.chown(path, USER, USER)


@contextmanager
def running_postgres(durable: bool = False) -> Iterator[PostgresUnderTest]:
    """A running cluster on a free port of loopback with the role `OWNER`; stopped and removed afterwards.

    A durable one is on disk and waits for it, as in production; the other would not outlive a power cut.
    """
    # Not in a folder of pytest's: those are closed to other users.
    with tempfile.TemporaryDirectory(prefix="cleanwatch-postgres-", dir=None if durable else _memory()) as folder:
        server = PostgresUnderTest(Path(folder), durable)
        server.create()
        server.start()
        try:
            server.create_role(OWNER)
            yield server
        finally:
            server.stop()


def _memory() -> Path | None:
    """Memory where there is enough of it: a database for each test then costs 0.03 s instead of 0.2 s."""
    memory = Path("/dev/shm")
    return memory if memory.exists() and shutil.disk_usage(memory).free > 1 << 30 else None
