"""The time server: a real one on loopback, of our own making."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from cleanwatch.ntp import SINCE_1970, NoTimeError, ask


def answer(question: bytes, ahead: float = 0.0, flags: int = (4 << 3) | 4, stratum: int = 2) -> bytes:
    """What a time server says whose clock is so many seconds ahead."""
    whole, fraction = divmod(time.time() + SINCE_1970 + ahead, 1)
    now = struct.pack("!II", int(whole) % (1 << 32), int(fraction * (1 << 32)))
    return bytes([flags, stratum, 0, 0]) + bytes(20) + question[40:48] + now + now


@contextmanager
def time_server(says: Callable[[bytes], bytes | None]) -> Iterator[str]:
    """Answers one question."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)

        def serve() -> None:
            question, sender = server.recvfrom(512)
            if said := says(question):
                server.sendto(said, sender)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        thread.join()


@pytest.mark.parametrize("ahead", [0.0, 90.0, -3600.0])
def test_the_offset_of_this_machine_is_told_in_milliseconds(ahead: float) -> None:
    with time_server(lambda question: answer(question, ahead)) as address:
        assert ask(address) == pytest.approx(-ahead * 1000, abs=500)


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (lambda question: b"hello", "5 bytes; it is no time server"),
        (lambda question: answer(bytes(48)), "something else than it was asked"),
        (lambda question: question, "something else than it was asked"),
        (lambda question: answer(question, stratum=0), "does not know the time itself"),
        (lambda question: answer(question, flags=(3 << 6) | (4 << 3) | 4), "does not know the time itself"),
        (lambda question: None, "does not answer within 0.2 s"),
    ],
)
def test_what_is_no_time_is_refused_in_words(says: Callable[[bytes], bytes | None], words: str) -> None:
    with time_server(says) as address, pytest.raises(NoTimeError, match=words):
        ask(address, timeout=0.2)


def test_a_name_that_does_not_exist_and_a_port_that_is_none_are_said() -> None:
    with pytest.raises(NoTimeError, match=r"time server nowhere\.invalid: "):
        ask("nowhere.invalid")
    with pytest.raises(NoTimeError, match="time server localhost:high: "):
        ask("localhost:high")
