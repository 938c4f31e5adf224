import subprocess
import sys
from pathlib import Path

import pytest

from cleanwatch.supervisor import Part, Supervisor
from tests.waiting import wait_until


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    return tmp_path


def test_a_part_that_ends_well_and_may_end_is_not_started_again(logs: Path) -> None:
    lines: list[str] = []
    supervisor = Supervisor({}, logs, lines.append)
    supervisor.start(Part("help", ["--help"], may_end=True))
    wait_until(lambda: not supervisor.is_running("help"))
    supervisor.look_after()
    assert not supervisor.is_running("help")
    assert lines == []
    assert "Usage" in (logs / "help.log").read_text()


def test_a_part_that_dies_is_said_in_words_and_started_again(logs: Path) -> None:
    lines: list[str] = []
    supervisor = Supervisor({}, logs, lines.append)
    supervisor.start(Part("broken", ["no-such-command"]))

    def said_twice() -> bool:
        supervisor.look_after()
        return len(lines) == 2

    wait_until(said_twice)
    assert "broken ended unexpectedly" in lines[0]
    assert "broken.log" in lines[0]
    supervisor.stop()


def test_a_part_is_heard_line_by_line(logs: Path) -> None:
    heard: list[str] = []
    supervisor = Supervisor({}, logs, print)
    supervisor.start(Part("help", ["--help"], may_end=True, hear=heard.append))
    wait_until(lambda: any("Usage" in line for line in heard))
    wait_until(lambda: not supervisor.is_running("help"))
    supervisor.look_after()


def test_parts_end_when_their_supervisor_is_killed() -> None:
    child = (
        "import sys, cleanwatch.lifetime as l; e = l.stop_event(); print('up', flush=True); "
        "sys.exit(0 if e.wait(60) else 1)"
    )
    parent = (
        "import os, subprocess, sys, time\n"
        f"c = subprocess.Popen([sys.executable, '-c', {child!r}], stdin=subprocess.PIPE, stdout=subprocess.PIPE,\n"
        "    env={**os.environ, 'CLEANWATCH_SUPERVISED': '1'})\n"
        "c.stdout.readline(); print(c.pid, flush=True); time.sleep(60)\n"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout
    pid = int(supervisor.stdout.readline())
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    wait_until(lambda: not _is_alive(pid))


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
