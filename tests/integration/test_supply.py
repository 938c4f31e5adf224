"""What the program stands on: audited, listed, and never said to be sound when nobody could be asked."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
RUNTIME = ROOT / "requirements-runtime.lock"
AUDIT = ROOT / "deploy" / "audit-dependencies"
SOUND = {"name": "click", "version": "8.5.0", "vulns": []}
SKIPPED = {"name": "dash", "skip_reason": "Dependency not found"}
BAD = {
    "name": "flask",
    "version": "3.1.0",
    "vulns": [
        {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "fix_versions": ["3.1.1"], "description": "Lets\nthem in."}
    ],
}
ALLOWED = "- {id: CVE-2026-1, reason: we never do that, until: 2026-12-31}"


def test_an_installed_program_has_every_file_that_the_checkout_has(tmp_path: Path) -> None:
    packages = ("alerts", "app", "assets", "bus", "cleanwatch", "collectors", "facility", "sites", "storage")
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name in packages:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--wheel-dir", "wheels", "."], cwd=tmp_path, check=True, timeout=110)
    (wheel,) = (tmp_path / "wheels").iterdir()
    there = {str(file.relative_to(tmp_path)) for name in packages for file in (tmp_path / name).rglob("*.*")}
    assert {name for name in there if (tmp_path / name).is_file()} - set(zipfile.ZipFile(wheel).namelist()) == set()


def audited(folder: Path, *dependencies: Any, allowed: str = "[]", today: str = "2026-11-22") -> tuple[int, str]:
    """What `make audit` makes of a report: exit code, and what it says."""
    (folder / "report.json").write_text(json.dumps({"dependencies": dependencies}))
    (folder / "allowed.yaml").write_text(allowed)
    command = [sys.executable, str(AUDIT), "--report", str(folder / "report.json")]
    done = subprocess.run(
        [*command, "--allowed", str(folder / "allowed.yaml"), "--today", today],
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


def test_packages_against_which_nothing_is_known_pass(tmp_path: Path) -> None:
    assert audited(tmp_path, SOUND) == (0, "1 packages audited, nothing is known against them\n")


def test_a_known_vulnerability_fails_and_says_where_it_is_put_right(tmp_path: Path) -> None:
    assert audited(tmp_path, SOUND, BAD) == (1, "flask 3.1.0: PYSEC-2026-1, put right in: 3.1.1. Lets them in.\n")


def test_one_that_is_allowed_passes_with_its_reason_until_its_day(tmp_path: Path) -> None:
    code, words = audited(tmp_path, BAD, allowed=ALLOWED)
    assert (code, words) == (0, "flask 3.1.0: PYSEC-2026-1 is allowed until 2026-12-31, because we never do that\n")
    code, words = audited(tmp_path, BAD, allowed=ALLOWED, today="2027-01-01")
    assert (code, words) == (
        1,
        "flask 3.1.0: PYSEC-2026-1 was allowed until 2026-12-31 only, because we never do that\n",
    )


def test_an_allowance_that_is_needed_no_more_is_told(tmp_path: Path) -> None:
    assert audited(tmp_path, SOUND, allowed=ALLOWED) == (0, "CVE-2026-1 is allowed, but not found any more\n")


@pytest.mark.parametrize("dependencies", [(SKIPPED,), (SOUND, SKIPPED)])
def test_what_nobody_could_be_asked_about_is_not_called_sound(tmp_path: Path, dependencies: tuple[Any, ...]) -> None:
    code, words = audited(tmp_path, *dependencies)
    assert code == 0
    assert words.startswith(f"NOT AUDITED: of {len(dependencies)} packages the registry told nothing about 1: dash.")
    assert "nothing is known against" not in words


def test_no_report_at_all_is_said_as_loudly(tmp_path: Path) -> None:
    command = [sys.executable, str(AUDIT), "--report", str(tmp_path / "none.json")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert done.stderr.startswith("NOT AUDITED: no report came about:")


def test_the_bill_of_materials_names_every_locked_package_and_is_the_same_each_time(tmp_path: Path) -> None:
    def made(name: str) -> bytes:
        command = [str(Path(sys.executable).with_name("cyclonedx-py")), "requirements", "--output-reproducible"]
        options = [
            "--short-PURLs",
            "--no-validate",
            "--pyproject",
            str(ROOT / "pyproject.toml"),
            "-o",
            str(tmp_path / name),
        ]
        subprocess.run([*command, *options, str(RUNTIME)], check=True, capture_output=True, timeout=60)
        return (tmp_path / name).read_bytes()

    first = made("one.json")
    assert made("two.json") == first
    bill = json.loads(first)
    locked = set(re.findall(r"^([a-z0-9._-]+)(?:\[\w+\])?==([^\s;\\]+)", RUNTIME.read_text(), re.MULTILINE))
    assert len(locked) > 50
    assert {(part["name"], part["version"]) for part in bill["components"]} == locked
    assert bill["metadata"]["component"]["name"] == "cleanwatch"


def test_the_same_bill_is_made_for_whoever_asks_and_for_the_image() -> None:
    options = "requirements --output-reproducible --short-PURLs --pyproject pyproject.toml"
    assert options in (ROOT / "Makefile").read_text()
    assert options in (ROOT / "Dockerfile").read_text()
