"""Which TCP ports the demo takes."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager

TRIED = 100


@contextmanager
def claimed_port(wanted: int) -> Iterator[int]:
    """The wanted port of loopback, or the next one above it that is free. OSError when a hundred in a row are taken.

    Until the block ends no other demo is given it, though nothing listens on it yet: the UDP port of the same number
    is held for that, which the system gives back by itself when a process ends, however it does.
    """
    for port in range(wanted, min(wanted + TRIED, 65536)):
        with closing(socket.socket(type=socket.SOCK_DGRAM)) as claim:
            if _binds(claim, port) and _is_free(port):
                yield port
                return
    raise OSError(f"no free port between {wanted} and {wanted + TRIED - 1} on 127.0.0.1")


def _is_free(port: int) -> bool:
    """Does nothing listen on this TCP port?"""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return _binds(probe, port)


def _binds(one: socket.socket, port: int) -> bool:
    try:
        one.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True
