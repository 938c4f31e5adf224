"""Who asks, and by which scheme: told by trusted proxies and by nobody else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.proxy import RELAYED, behind, networks

PROXIES = networks("172.30.77.0/24, fd00::/64")
FORWARDED = {"HTTP_X_FORWARDED_FOR": "192.0.2.7", "HTTP_X_FORWARDED_PROTO": "https"}


def seen(environ: dict[str, Any], proxies: Any = PROXIES) -> tuple[str, str, set[str]]:
    """Address, scheme, and which headers about them are left, as the application sees them."""
    found: dict[str, Any] = {}

    def application(environ: dict[str, Any], start: Any) -> list[bytes]:
        found.update(environ)
        return []

    behind(application, proxies)({"wsgi.url_scheme": "http", **environ}, lambda *_: None)
    left = {name for name in found if "FORWARDED" in name}
    return found.get("REMOTE_ADDR", ""), found["wsgi.url_scheme"], left


@pytest.mark.parametrize("proxy", ["172.30.77.5", "fd00::5"])
def test_a_trusted_proxy_tells_who_asks_and_how(proxy: str) -> None:
    assert seen({"REMOTE_ADDR": proxy, **FORWARDED})[:2] == ("192.0.2.7", "https")


@pytest.mark.parametrize("address", ["172.30.78.5", "192.0.2.9", "::1", "", "nonsense"])
def test_nobody_else_gives_himself_an_address(address: str) -> None:
    assert seen({"REMOTE_ADDR": address, **FORWARDED}) == (address, "http", set())


def test_without_proxies_nobody_is_believed() -> None:
    assert seen({"REMOTE_ADDR": "127.0.0.1", **FORWARDED}, ()) == ("127.0.0.1", "http", set())


def test_of_several_addresses_the_one_that_the_proxy_has_seen_counts() -> None:
    environ = {"REMOTE_ADDR": "172.30.77.5", "HTTP_X_FORWARDED_FOR": "10.0.0.1, 198.51.100.4, 192.0.2.7"}
    assert seen(environ)[0] == "192.0.2.7"


@pytest.mark.parametrize("name", ["FORWARDED", "VIA", "X_FORWARDED_FOR", "X_FORWARDED_HOST", "X_REAL_IP"])
def test_what_a_proxy_hands_on_that_nobody_has_named_is_known_as_such(name: str) -> None:
    relayed: list[object] = []

    def application(environ: dict[str, Any], start: Any) -> list[bytes]:
        relayed.append(environ.get(RELAYED, False))
        return []

    for environ in ({f"HTTP_{name}": "192.0.2.7"}, {f"HTTP_{name}": ""}, {}):
        behind(application, ())({"REMOTE_ADDR": "127.0.0.1", **environ}, lambda *_: None)
    assert relayed == [True, True, False]


@given(st.text(max_size=100))
def test_no_header_of_a_stranger_is_passed_on(value: str) -> None:
    names = ("FORWARDED", "X_FORWARDED_FOR", "X_FORWARDED_PROTO", "X_FORWARDED_HOST")
    assert seen({"REMOTE_ADDR": "192.0.2.9", **{f"HTTP_{name}": value for name in names}})[2] == set()
