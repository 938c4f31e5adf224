"""Which TCP ports the demo takes."""

import socket


def is_free(port: int) -> bool:
    """Does nothing listen on this loopback port?"""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def first_free(wanted: int, avoid: frozenset[int] = frozenset()) -> int:
    """The wanted port, or the next free one above it. OSError when a hundred in a row are taken."""
    for port in range(wanted, min(wanted + 100, 65536)):
        if port not in avoid and is_free(port):
            return port
    raise OSError(f"no free port between {wanted} and {wanted + 99} on 127.0.0.1")
