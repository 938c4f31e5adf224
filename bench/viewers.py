"""What a viewer costs the server: processor time for each viewer and update, with 1, 20 and 200 streams."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from facility.instants import system_clock
from tests.browser.running import RunningApp, inside
from tests.people import MOREAU
from tests.signing_in import session_cookie_for

Row = tuple[str, str, str]

VIEWERS = (1, 20, 200)
UPDATES = 100
EACH_SECONDS = 0.25
TOUCHED = 20
"""Points that have a new value in each update: what a suite of 120 points sends in two seconds, and more."""
READERS = """
import selectors, socket, sys
port, viewers, cookie = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
chosen = selectors.DefaultSelector()
for _ in range(viewers):
    one = socket.create_connection(("127.0.0.1", port))
    one.sendall(f"GET /live HTTP/1.1\\r\\nHost: 127.0.0.1:{port}\\r\\nCookie: {cookie}\\r\\n\\r\\n".encode())
    chosen.register(one, selectors.EVENT_READ)
while True:
    for key, _ in chosen.select():
        if not key.fileobj.recv(1 << 20):
            sys.exit()
"""
"""A process of its own that reads so many streams, so that only the server's time is counted here."""


def run() -> list[Row]:
    """What the updates themselves take, without a viewer, is taken off."""
    with tempfile.TemporaryDirectory() as name:
        app = RunningApp(Path(name), most_viewers=max(VIEWERS))
        with app.running():
            app.everything_normal()
            alone = _spent(app, 0)
            rows = []
            for viewers in VIEWERS:
                each = (_spent(app, viewers) - alone) / viewers / UPDATES
                what = f"Live: the server's processor for each viewer and update, {viewers} viewers"
                rows.append((what, f"{each * 1000:.2f} ms", "0.5 ms"))
    return [*rows, ("Live: the same for each update, whoever looks", f"{alone / UPDATES * 1000:.1f} ms", "")]


def _spent(app: RunningApp, viewers: int) -> float:
    """Seconds of the processor that this process takes for the updates."""
    cookie = "=".join(session_cookie_for(app.records, system_clock, MOREAU.account))
    readers = subprocess.Popen([sys.executable, "-c", READERS, str(app.port), str(viewers), cookie])
    try:
        deadline = time.monotonic() + 60
        while app.hub.viewers < viewers and time.monotonic() < deadline:
            time.sleep(0.05)
        assert app.hub.viewers == viewers, f"{app.hub.viewers} of {viewers} streams"
        time.sleep(1)
        before = time.process_time()
        for update in range(UPDATES):
            for point in list(app.site.points.values())[:TOUCHED]:
                app.reading(point.id, inside(point) * (1 + update % 7 / 100))
            time.sleep(EACH_SECONDS)
        return time.process_time() - before
    finally:
        readers.kill()
        readers.wait()
        _until_gone(app)


def _until_gone(app: RunningApp) -> None:
    """A stream whose viewer went away ends when it says the next thing."""
    deadline = time.monotonic() + 60
    while app.hub.viewers and time.monotonic() < deadline:
        time.sleep(0.1)
