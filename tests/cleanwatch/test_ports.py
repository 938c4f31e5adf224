"""The demo's ports: free ones, and one demo's only."""

import socket
from contextlib import ExitStack, closing

import pytest

from cleanwatch import ports
from cleanwatch.ports import claimed_port
from tests.parts import free_port


def test_a_port_on_which_something_listens_is_passed_over() -> None:
    wanted = free_port()
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", wanted))
        taken.listen()
        with claimed_port(wanted) as port:
            assert port > wanted


def test_two_who_ask_at_once_get_two_ports_though_nothing_listens_yet() -> None:
    wanted = free_port()
    with claimed_port(wanted) as first:
        with claimed_port(wanted) as second:
            assert second > first
        with claimed_port(wanted) as again:
            assert again == second
    with claimed_port(wanted) as port:
        assert port == first


def test_who_has_claimed_a_port_listens_on_it() -> None:
    with claimed_port(free_port()) as port, closing(socket.create_server(("127.0.0.1", port))):
        pass


def test_where_none_is_free_it_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "TRIED", 2)
    wanted = free_port()
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(claimed_port(wanted))
        with pytest.raises(OSError, match="no free port between"):
            stack.enter_context(claimed_port(wanted))
