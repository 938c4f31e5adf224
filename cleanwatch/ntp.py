"""What a time server says: one SNTP question and its answer (RFC 4330)."""

import socket
import struct
import time
from collections.abc import Callable

from facility.language import N_

PORT = 123
SINCE_1970 = 2_208_988_800
"""Seconds from 1900, where NTP begins to count, to 1970."""
PACKET = struct.Struct("!BBbb11I")
QUESTION = (4 << 3) | 3
"""Version 4, mode 3: a client asks."""
NOT_SYNCHRONISED = 3
MODE_SERVER = 4


class NoTimeError(Exception):
    """The time server gave no time that can be used; says why."""


def ask(
    server: str,
    timeout: float = 2.0,
    clock: Callable[[], float] = time.time,
    elapsed: Callable[[], float] = time.monotonic,
) -> float:
    """By how many milliseconds this machine's clock is ahead of a time server's, negative behind.

    Half of the way there and back is taken to be the way there; it is wrong by at most the other half. `server` is a
    host, or host:port. Raises NoTimeError, also where nothing answers within `timeout` seconds.
    """
    host, _, port = server.partition(":")
    try:
        address = socket.getaddrinfo(host, int(port or PORT), type=socket.SOCK_DGRAM)[0]
        with socket.socket(address[0], socket.SOCK_DGRAM) as asking:
            asking.settimeout(timeout)
            asking.connect(address[4])
            asked, began = clock(), elapsed()
            mark = struct.unpack("!II", struct.pack("!d", asked))
            asking.send(PACKET.pack(QUESTION, 0, 0, 0, *([0] * 9), *mark))
            answer = asking.recv(512)
            way = elapsed() - began
    except TimeoutError:
        raise NoTimeError(
            N_("time server {server} does not answer within {seconds} s").format(
                server=server, seconds=f"{timeout:g}"
            )
        ) from None
    except (OSError, ValueError) as error:
        raise NoTimeError(
            N_("time server {server}: {error}").format(server=server, error=getattr(error, "strerror", None) or error)
        ) from None
    received, sent = _times(server, answer, mark)
    return (asked + way / 2 - (received + sent) / 2) * 1000


def _times(server: str, answer: bytes, mark: tuple[int, ...]) -> tuple[float, float]:
    """When the server received the question and sent the answer, in seconds since 1970."""
    if len(answer) < PACKET.size:
        raise NoTimeError(
            N_("time server {server} answers with {n} bytes; it is no time server").format(
                server=server, n=len(answer)
            )
        )
    flags, stratum, _, _, *words = PACKET.unpack(answer[: PACKET.size])
    if flags & 7 != MODE_SERVER or tuple(words[5:7]) != mark:
        raise NoTimeError(
            N_("time server {server} answers something else than it was asked; it is no time server").format(
                server=server
            )
        )
    if flags >> 6 == NOT_SYNCHRONISED or stratum == 0:
        raise NoTimeError(N_("time server {server} says that it does not know the time itself").format(server=server))
    return _seconds(words[7], words[8]), _seconds(words[9], words[10])


def _seconds(whole: int, fraction: int) -> float:
    if whole < SINCE_1970:  # the counter began anew in 2036
        whole += 1 << 32
    return whole - SINCE_1970 + fraction / (1 << 32)
