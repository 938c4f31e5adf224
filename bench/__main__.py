"""`make bench`: run every measurement and print one table; `--keep` also writes docs/performance.md."""

import argparse
import importlib
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

MEASUREMENTS = (
    "local_store",
    "influx",
    "forwarding",
    "seals",
    "records",
    "guard",
    "audit",
    "sign_in",
    "signing",
    "levels",
    "alerts",
    "replay",
    "ingest",
    "production",
    "alarm_latency",
    "notify_latency",
    "alarm_flood",
    "kills",
    "steady_memory",
    "points_memory",
    "demo_memory",
    "soak",
    "trend",
    "live_browser",
    "viewers",
    "first_paint",
)
KEPT = Path(__file__).parents[1] / "docs" / "performance.md"
MARK = "<!-- make bench -->"


def machine() -> str:
    """The machine in one line: processor, cores, memory, system, Python."""
    info = Path("/proc/cpuinfo")
    names = [line.split(":", 1)[1].strip() for line in _lines(info) if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def main() -> None:
    """Run the named measurements, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*MEASUREMENTS, []], help="which measurements; all by default")
    parser.add_argument("--keep", action="store_true", help="write the table to docs/performance.md")
    chosen = parser.parse_args()

    lines = [
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {machine()}.",
        "",
        "| what | measured | aim |",
        "|---|---|---|",
    ]
    print("\n".join(lines), flush=True)
    for name in chosen.names or MEASUREMENTS:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        for what, measured, aim in importlib.import_module(f"bench.{name}").run():
            lines.append(f"| {what} | {measured} | {aim} |")
            print(lines[-1], flush=True)
    if chosen.keep:
        before = KEPT.read_text().split(MARK)[0]
        KEPT.write_text("\n".join([f"{before}{MARK}", "", *lines, ""]))


main()
