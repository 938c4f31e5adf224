"""docker-compose.yml and the Dockerfile, as far as they can be tried without an engine for containers."""

import ast
import os
import re
import stat
import subprocess
import sys
import sysconfig
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

from cleanwatch.settings import Settings
from tests.brokers import run_script
from tests.integration.stack import COMPOSE, ROOT, composed, mounts
from tests.parts import program
from tests.waiting import wait_until

DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = ("records", "station", "app")
UNPRIVILEGED = 10001
OWN = {
    "CLEANWATCH_PUBLIC_URL": "https://cw.example.org",
    "CLEANWATCH_HEARTBEAT_URL_FILE": "/run/own/heartbeat-url",
    "CLEANWATCH_MAIL_HOST": "mail.example.org",
    "CLEANWATCH_CHANNELS_KEY_FILE": "/run/own/channels.key",
}
"""What whoever runs it has written into settings.env."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compose")
    run_script("make-secrets", "--folder", folder / "var", "--env", folder / "env")
    with (folder / "var" / "settings.env").open("a") as settings:
        settings.writelines(f"{name}={value}\n" for name, value in OWN.items())
    run_script("make-certificates", "--folder", folder / "var" / "tls", "localhost")
    return folder


@pytest.fixture(scope="module")
def configuration(folder: Path) -> dict[str, Any]:
    return composed(folder / "env")


def test_without_the_scripts_having_run_it_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "env").touch()
    command = (program("docker-compose"), "--env-file", tmp_path / "env", "--file", COMPOSE, "config")
    said = subprocess.run(command, capture_output=True, text=True)
    assert said.returncode != 0
    assert "run deploy/make-secrets first" in said.stderr


def test_every_service_is_contained(configuration: dict[str, Any], folder: Path) -> None:
    for name, service in configuration["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not service["user"].startswith("0:"), name
        assert service["logging"]["options"]["max-size"], name
        assert "healthcheck" in service, name
        assert service["restart"] == ("no" if name == "records" else "unless-stopped"), name
        assert "privileged" not in service, name


def test_every_image_is_pinned(configuration: dict[str, Any]) -> None:
    images = [service["image"] for service in configuration["services"].values()]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert [image for image in images if not re.search(r":\d+\.\d+(\.\d+)?(-[a-z]+)*$", image)] == []


def test_ports_are_open_to_this_machine_only_unless_somebody_says_otherwise(configuration: dict[str, Any]) -> None:
    ports = [port for service in configuration["services"].values() for port in service.get("ports", ())]
    assert len(ports) == 3
    assert all(str(port).startswith("127.0.0.1:") for port in ports)


def test_the_databases_are_on_the_inner_network_only(configuration: dict[str, Any]) -> None:
    assert configuration["networks"]["inside"]["internal"] is True
    for name in ("influxdb", "postgresql", "records"):
        assert list(configuration["services"][name]["networks"]) == ["inside"], name


def test_what_stands_in_settings_env_reaches_station_and_app(configuration: dict[str, Any]) -> None:
    for name in ("station", "app"):
        assert OWN.items() <= configuration["services"][name]["environment"].items(), name


def test_whatever_is_mounted_is_there_and_every_secret_is_made(configuration: dict[str, Any]) -> None:
    """docker-compose would make a folder where a file is missing."""
    missing = [path for name in configuration["services"] for path in mounts(configuration, name).values()]
    assert [path for path in missing if not path.exists()] == []


def test_no_variable_holds_a_secret_and_each_is_a_setting(configuration: dict[str, Any]) -> None:
    for name, service in configuration["services"].items():
        for variable, value in service.get("environment", {}).items():
            if re.search("PASSWORD|TOKEN|SECRET", variable):
                assert variable.endswith("_FILE"), variable
                inside = mounts(configuration, name)
                assert value in inside or str(Path(value).parent) in inside, f"{name}: {value} is not mounted"
            if name in OURS:
                assert variable.removeprefix("CLEANWATCH_").lower() in Settings.model_fields, variable


def test_mosquitto_finds_every_file_that_its_configuration_names(configuration: dict[str, Any]) -> None:
    inside = mounts(configuration, "mosquitto")
    text = inside["/mosquitto/config/mosquitto.conf"].read_text()
    named = "certfile|keyfile|password_file|acl_file|persistence_location"
    for path in re.findall(rf"^(?:{named}) (\S+)$", text, re.MULTILINE):
        assert any(path.startswith(place) for place in inside), path


def test_the_containers_lock_is_part_of_the_whole_one_and_has_all_that_the_program_needs() -> None:
    def pinned(name: str) -> dict[str, str]:
        found = re.findall(r"^([a-z0-9._-]+)(?:\[\w+\])?==([^\s;]+)", (ROOT / name).read_text(), re.MULTILINE)
        return dict(found)

    whole, runtime, build = (pinned(f"requirements{part}.lock") for part in ("", "-runtime", "-build"))
    assert runtime.items() <= whole.items()
    assert build == {"setuptools": whole["setuptools"]}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = {re.split(r"[\[<>=;]", line)[0].lower().replace("_", "-") for line in project["dependencies"]}
    assert needed <= runtime.keys()
    for name in ("requirements-runtime.lock", "requirements-build.lock"):
        assert "http" not in (ROOT / name).read_text()


def test_the_program_imports_nothing_that_is_not_in_the_containers_lock() -> None:
    runtime = set(
        re.findall(r"^([a-z0-9._-]+)(?:\[\w+\])?==", (ROOT / "requirements-runtime.lock").read_text(), re.M)
    )
    packages = [path for path in ROOT.iterdir() if (path / "__init__.py").exists()]
    ours = {path.name for path in packages}
    shipped = [path for path in packages if path.name not in ("tests", "bench")]
    imported = set()
    for module in (module for package in shipped for module in package.rglob("*.py")):
        for node in ast.walk(ast.parse(module.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            imported |= {name.split(".")[0] for name in names}
    distributions = packages_distributions()
    foreign = imported - ours - set(sys.stdlib_module_names)
    unlocked = {n for n in foreign if not {d.lower().replace("_", "-") for d in distributions.get(n, [n])} & runtime}
    assert unlocked == set()


def test_the_image_gets_what_runs_and_nothing_else() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = {name.rstrip("*") for name in project["tool"]["setuptools"]["packages"]["find"]["include"]}
    files = {
        "pyproject.toml",
        "README.md",
        "requirements.lock",
        "requirements-build.lock",
        "requirements-runtime.lock",
    }
    # The demo's site belongs to the program that is installed; an image is given the folder of its own.
    assert allowed == (packages - {"sites"}) | files | {"assets"}
    assert all((ROOT / name).exists() for name in allowed)


def test_the_image_runs_as_nobody_in_particular_and_takes_signals() -> None:
    last = DOCKERFILE.split("FROM ")[-1]
    assert f"USER {UNPRIVILEGED}:{UNPRIVILEGED}" in last
    assert "STOPSIGNAL SIGTERM" in last
    assert 'ENTRYPOINT ["cleanwatch"]' in last


def test_the_token_of_influxdb_is_taken_from_what_its_command_prints(tmp_path: Path) -> None:
    """Stands in for InfluxDB's own command, which is in its image only."""
    influx = tmp_path / "influx"
    printed = '{\n\t"id": "0a",\n\t"token": "se-cret==",\n\t"permissions": ["read:orgs/1/buckets/2"]\n}'
    influx.write_text(f"#!/bin/sh\necho \"$@\" >{tmp_path}/asked\ncat <<'END'\n{printed}\nEND\n")
    influx.chmod(0o755)
    script = (ROOT / "deploy" / "influxdb-init.sh").read_text().replace("/run/influxdb-token", str(tmp_path))
    variables = {"DOCKER_INFLUXDB_INIT_ORG_ID": "1", "DOCKER_INFLUXDB_INIT_BUCKET_ID": "2"}
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    subprocess.run(("bash", "-c", script), check=True, env={**variables, **path})
    token = tmp_path / "token"
    assert token.read_text() == "se-cret==\n"
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    asked = (tmp_path / "asked").read_text()
    assert "--org-id 1 --read-bucket 2 --write-bucket 2" in asked


def may_mount() -> bool:
    """Are we root, and one who may mount? In a container mostly not."""
    return os.geteuid() == 0 and subprocess.run(("unshare", "--mount", "true"), capture_output=True).returncode == 0


@pytest.mark.skipif(not may_mount(), reason="needs a root that may mount, to make a read-only root file system")
def test_the_station_starts_without_an_account_on_a_read_only_root_and_ends_tidily(tmp_path: Path) -> None:
    """As in its container: the root file system read-only, /tmp of its own, no capabilities, data elsewhere."""
    data = tmp_path / "data"
    data.mkdir()
    os.chown(data, UNPRIVILEGED, UNPRIVILEGED)
    # Python and the program may be where only root goes: both are mounted where everybody does.
    script = f"""
        set -e
        mount -t tmpfs tmpfs /mnt
        mkdir /mnt/data /mnt/program /mnt/python
        mount --bind {data} /mnt/data
        mount --bind {ROOT} /mnt/program
        mount --bind {sys.base_prefix} /mnt/python
        mount -t tmpfs -o mode=1777 tmpfs /tmp
        mount -o remount,bind,ro /mnt/program
        mount -o remount,bind,ro /
        cd /
        exec setpriv --reuid {UNPRIVILEGED} --regid {UNPRIVILEGED} --clear-groups \\
          --bounding-set=-all --no-new-privs /mnt/python/bin/python3 -m cleanwatch station
    """
    packages = Path(sysconfig.get_path("purelib")).relative_to(ROOT)
    environment = {
        "PATH": os.environ["PATH"],
        "LD_LIBRARY_PATH": "/mnt/python/lib",
        "PYTHONHOME": "/mnt/python",
        "PYTHONPATH": f"/mnt/program:/mnt/program/{packages}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": "/tmp",
        "USER": "cleanwatch",
        "CLEANWATCH_DATA": "/mnt/data",
        "CLEANWATCH_SITE_FILE": "/mnt/program/sites/demo.yaml",
        "CLEANWATCH_BROKER_PORT": "1",
    }
    log = tmp_path / "log"
    with log.open("w") as writing:
        station = subprocess.Popen(("unshare", "--mount", "sh", "-c", script), stderr=writing, env=environment)
    try:
        wait_until(lambda: "120 points" in log.read_text() or station.poll() is not None, 60, "the station")
        assert station.poll() is None, log.read_text()
        assert {path.stat().st_uid for path in data.iterdir()} == {UNPRIVILEGED}
    finally:
        station.terminate()
        assert station.wait(60) == 0, log.read_text()


def test_only_the_inner_network_may_say_who_asks(configuration: dict[str, Any]) -> None:
    (inside,) = configuration["networks"]["inside"]["ipam"]["config"]
    assert configuration["services"]["app"]["environment"]["CLEANWATCH_TRUSTED_PROXIES"] == inside["subnet"]
