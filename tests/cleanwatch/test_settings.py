import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from cleanwatch.command import cleanwatch
from cleanwatch.settings import Settings

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    field = Settings.model_fields[name]
    row = next(
        (line for line in DOCUMENT.read_text().splitlines() if line.startswith(f"| `CLEANWATCH_{name.upper()}`")),
        None,
    )
    assert row is not None, f"docs/settings.md does not explain CLEANWATCH_{name.upper()}"
    default = {None: "none", "": "empty"}.get(field.default, f"`{field.default}`")
    assert default in row


def test_a_setting_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEANWATCH_WEB_PORT", "8111")
    assert Settings().web_port == 8111


def test_an_impossible_port_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEANWATCH_WEB_PORT", "80000")
    with pytest.raises(ValidationError, match="less than or equal to 65535"):
        Settings()


def test_without_an_address_there_is_no_influxdb() -> None:
    assert Settings().influx is None


def test_an_address_of_influxdb_without_http_is_refused() -> None:
    with pytest.raises(ValidationError, match="should match pattern"):
        Settings(influx_url="influx.example:8086")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("records_url", "postgresql://me:geheim@db/x"),
        ("records_url", "postgresql://me:geh/eim@db/x"),
        ("records_url", "postgresql://me@db/x?password=geheim"),
        ("influx_url", "http://me:geheim@influx:8086"),
        ("influx_url", "ftp://me:geheim@influx:8086"),
        ("influx_url", "http://influx:8086?p=geheim"),
    ],
)
def test_a_password_in_an_address_is_refused_and_never_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"CLEANWATCH_{name.upper()}", value)
    said = CliRunner().invoke(cleanwatch, ["status"])
    assert said.exit_code == 1
    assert f"CLEANWATCH_{name.upper()}: " in said.output
    assert "eim" not in said.output


@pytest.mark.parametrize("value", ["postgresql://me@db:5432/x", "postgresql://me@db/x?options=a:b@c"])
def test_an_address_without_a_password_is_taken(value: str) -> None:
    assert Settings(records_url=value).records_url == value


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("cleanwatch.settings", {"influxdb_client", "urllib3", "pandas", "numpy"}),
        ("cleanwatch.station", {"influxdb_client"}),
    ],
)
def test_without_influxdb_its_client_is_not_loaded(module: str, unwanted: set[str]) -> None:
    script = f"import sys, {module}; print(*({unwanted} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_a_trusted_proxy_is_an_address_or_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEANWATCH_TRUSTED_PROXIES", "127.0.0.1, 172.30.77.0/24")
    assert [str(network) for network in Settings().proxies] == ["127.0.0.1/32", "172.30.77.0/24"]
    with pytest.raises(ValidationError, match="'proxy' does not appear to be an IPv4 or IPv6 network"):
        Settings(trusted_proxies="proxy")
