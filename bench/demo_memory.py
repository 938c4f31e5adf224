"""What the demo takes: memory of each of its processes over its first minutes, and seconds until it answers."""

import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil

MINUTES = 3
ANSWER_WITHIN_SECONDS = 120


def run() -> list[tuple[str, str, str]]:
    """Start the demo anew, fill in its month of history, and weigh it while it runs."""
    with tempfile.TemporaryDirectory() as name:
        begin = time.monotonic()
        demo = subprocess.Popen(
            [sys.executable, "-m", "cleanwatch", "demo", "--data", str(Path(name) / "data")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            answered = _answers(demo) - begin
            weights = _weigh(psutil.Process(demo.pid))
        finally:
            demo.send_signal(2)
            demo.communicate(timeout=60)
    rows = [
        (f"demo, memory of {part} at the end (highest)", f"{last:.0f} MB ({highest:.0f} MB)", "")
        for part, (last, highest) in weights.items()
    ]
    total, highest = weights["all processes"]
    rows[-1] = ("demo, memory of all processes at the end (highest)", f"{total:.0f} MB ({highest:.0f} MB)", "700 MB")
    return [("demo, start to the dashboard's answer", f"{answered:.0f} s", "30 s"), *rows]


def _answers(demo: subprocess.Popen[str]) -> float:
    assert demo.stdout
    for line in demo.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            with urllib.request.urlopen(found.group() + "/", timeout=ANSWER_WITHIN_SECONDS):
                return time.monotonic()
    raise TimeoutError("the demo has not told its address")


def _weigh(demo: psutil.Process) -> dict[str, tuple[float, float]]:
    """Last and highest weight in MB by part: proportional set sizes, so that what is shared counts once."""
    weights: dict[str, tuple[float, float]] = {}
    deadline = time.monotonic() + MINUTES * 60
    while time.monotonic() < deadline:
        time.sleep(1)
        now: dict[str, float] = {}
        for process in [demo, *demo.children(recursive=True)]:
            try:
                part, megabytes = _part(process.cmdline()), process.memory_full_info().pss / 1e6
            except psutil.Error:
                continue
            now[part] = now.get(part, 0.0) + megabytes
        now["all processes"] = sum(now.values())
        for part, megabytes in now.items():
            weights[part] = (megabytes, max(megabytes, weights.get(part, (0.0, 0.0))[1]))
    return {part: weights[part] for part in sorted(weights, key=lambda part: (part == "all processes", part))}


def _part(command: list[str]) -> str:
    words = [word for word in ("demo", "station", "app", "simulate", "history", "broker") if word in command]
    return words[0] if words else "broker"
