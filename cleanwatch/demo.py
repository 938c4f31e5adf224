"""`make demo`: every process of a site on one machine, with a simulated plant and an embedded broker."""

import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from alerts.channels import mailbox
from cleanwatch.demo_files import DEMO_PLANT, DEMO_SCENARIO, DEMO_SITE, PASSWORD, PEOPLE
from cleanwatch.folder import FolderInUseError, claimed
from cleanwatch.ports import claimed_port
from cleanwatch.supervisor import Part, Supervisor
from collectors.simulator.design import load_design
from collectors.simulator.scenario import in_words, load_scenario, upcoming
from facility.instants import system_clock
from facility.language import ENGLISH
from facility.site_file import load_site, site_text

WEB_PORT = 8050
MQTT_PORT = 1883
READY_WITHIN_SECONDS = 60.0
LOOK_SECONDS = 0.5
ANNOUNCED = 5


def run_demo(data: Path, reset: bool, days: int, language: str, stopping: threading.Event) -> None:
    """Run the demo in the folder `data` until `stopping` is set, telling on the terminal what happens. Its pages
    speak the language with this code.
    """
    console = Console(highlight=False, soft_wrap=True)
    try:
        with claimed(data, "demo"):
            _run(console, data, reset, days, language, stopping)
    except FolderInUseError as error:
        raise click.ClickException(str(error)) from None


def _run(console: Console, data: Path, reset: bool, days: int, language: str, stopping: threading.Event) -> None:
    if reset:
        _empty(data)
        console.print(f"The demo begins anew: {data} is empty.")
    logs = data / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        web = _port(stack, console, "the dashboard", WEB_PORT)
        mqtt = _port(stack, console, "MQTT 3.1.1", MQTT_PORT)
        mqtt5 = _port(stack, console, "MQTT 5", MQTT_PORT + 1)
        environment = {
            "CLEANWATCH_DATA": str(data),
            "CLEANWATCH_SITE_FILE": str(site_file(data, language)),
            "CLEANWATCH_BROKER_HOST": "127.0.0.1",
            "CLEANWATCH_BROKER_PORT": str(mqtt5),
            "CLEANWATCH_WEB_PORT": str(web),
            "CLEANWATCH_PUBLIC_URL": f"http://127.0.0.1:{web}",
            "CLEANWATCH_SIGN_IN_NOTE": _note(),
        }
        address = f"http://127.0.0.1:{web}"
        supervisor = Supervisor(environment, logs, console.print)
        stack.callback(console.print, "Stopped. `make demo` goes on where it was; `make demo-reset` begins anew.")
        stack.callback(supervisor.stop)
        _make_accounts(environment)
        console.print("Starting broker, station, dashboard and simulated plant ...")
        supervisor.start(Part("broker", ["broker", "--port", str(mqtt), "--port-mqtt5", str(mqtt5)]))
        supervisor.start(Part("station", ["station"]))
        # Before the app, which takes longest to start: the station wants to hear its instruments soon.
        began = system_clock()
        supervisor.start(Part("simulator", ["simulate"]))
        supervisor.start(Part("app", ["app"]))
        late = f"The dashboard does not answer yet; see the logs in {logs}."
        if _wait_for(address, supervisor, stopping, lambda: console.print(late)):
            _welcome(console, address, mqtt, data)
        with _history_bar(console) as hear:
            past = ["history", "--days", str(days), "--until", str(began)]
            supervisor.start(Part("history", past, may_end=True, hear=hear))
            while supervisor.is_running("history") and not stopping.wait(LOOK_SECONDS):
                supervisor.look_after()
        supervisor.start(Part("people", [], may_end=True, module="cleanwatch.demo_past"))
        while not stopping.wait(LOOK_SECONDS):
            supervisor.look_after()
        console.print("Stopping ...")


def site_file(data: Path, language: str) -> Path:
    """The demo's site file; for another language than its own a copy in `data` that says so. The names of its rooms
    stay as they are.
    """
    if language == ENGLISH:
        return DEMO_SITE
    copy = data / "site.yaml"
    copy.write_text(f"language: {language}\n\n{site_text(DEMO_SITE)}", encoding="utf-8")
    return copy


def _make_accounts(environment: Mapping[str, str]) -> None:
    """Before the app starts: it would make an administrator where there is no account."""
    command = [sys.executable, "-m", "cleanwatch.demo_accounts"]
    made = subprocess.run(
        command, env={**os.environ, **environment}, check=False, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    if made.returncode:
        raise click.ClickException(f"the demo's records cannot be used: {made.stderr.decode().strip()}")


def _note() -> str:
    return (
        f"In this demo {', '.join(f'{account} ({role})' for account, _, role in PEOPLE)} sign in with “{PASSWORD}”."
    )


def _empty(data: Path) -> None:
    """Remove what the demo has recorded, but not the lock that is held."""
    for entry in data.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.suffix != ".lock":
            entry.unlink()


def _port(stack: ExitStack, console: Console, what: str, wanted: int) -> int:
    """A port that is this demo's until the stack ends."""
    port = stack.enter_context(claimed_port(wanted))
    if port != wanted:
        console.print(f"Port {wanted} for {what} is taken; using {port}.")
    return port


def _wait_for(address: str, supervisor: Supervisor, stopping: threading.Event, late: Callable[[], None]) -> bool:
    """Wait until the dashboard answers, calling `late` where that takes long; False where the end comes first."""
    deadline: float | None = time.monotonic() + READY_WITHIN_SECONDS
    while not stopping.wait(0.1):
        supervisor.look_after()
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=1):
                return True
        except (OSError, urllib.error.URLError):
            pass
        if deadline is not None and time.monotonic() > deadline:
            late()
            deadline = None
    return False


def _welcome(console: Console, address: str, mqtt: int, data: Path) -> None:
    site = load_site(DEMO_SITE)
    scenario = load_scenario(DEMO_SCENARIO, site, load_design(DEMO_PLANT, site))
    console.print()
    console.print(f"  The dashboard:  [bold]{address}[/bold]   ({site.name}, simulated data)")
    console.print(f"  Sign in as:     {', '.join(f'[bold]{account}[/bold] ({role})' for account, _, role in PEOPLE)}")
    console.print(f"  Password:       [bold]{PASSWORD}[/bold]   (of all of them, in this demo only)")
    console.print(f"  MQTT broker:    127.0.0.1:{mqtt}   (loopback only)")
    console.print(
        f"  Messages:       {data / mailbox.FOLDER}   (what phones and mail would get, with the link to answer)"
    )
    console.print(f"  Data and logs:  {data}")
    console.print()
    console.print("What will happen:")
    for offset, sentence in upcoming(scenario)[:ANNOUNCED]:
        console.print(f"  after {in_words(offset):>10}  {sentence}")
    console.print("and all of it again and again. Acknowledge an alarm: click its Acknowledge button.")
    console.print("History fills in behind, day by day. [bold]ctrl-C[/bold] stops everything.")
    console.print()


@contextmanager
def _history_bar(console: Console) -> Iterator[Callable[[str], None]]:
    """A progress bar; what it yields is told the lines `done total` that the history prints."""
    columns = (TextColumn("History"), BarColumn(), TaskProgressColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=None)

        def hear(line: str) -> None:
            done, total = (int(word) for word in line.split())
            progress.update(task, completed=done, total=total, description=f"{done} of {total} days")

        yield hear
