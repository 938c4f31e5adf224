"""Smaller answers: brotli or gzip for text, never for a stream."""

import gzip
import threading
from functools import lru_cache

import brotli  # type: ignore[import-untyped]  # it has no types
from flask import Flask, Response, request

COMPRESSIBLE = {
    "application/javascript",
    "application/json",
    "image/svg+xml",
    "text/css",
    "text/csv",
    "text/html",
    "text/javascript",
    "text/plain",
}
UNCHANGING = ("/assets/", "/_dash-component-suites/")
WORTH_IT = 1024
"""Bytes below which an answer is sent as it is."""
LARGE = 200_000
"""Bytes from which on an answer is squeezed quickly: a fifth larger, in a third of the time."""


def compress(server: Flask) -> None:
    """Compress answers for browsers that understand it."""
    kept = Kept()

    @server.after_request
    def smaller(response: Response) -> Response:
        encoding = request.accept_encodings.best_match(["br", "gzip"])
        if encoding is None or response.status_code != 200 or response.mimetype not in COMPRESSIBLE:
            return response
        response.direct_passthrough = False
        response.vary.add("Accept-Encoding")
        body = response.get_data()
        if len(body) >= WORTH_IT:
            unchanging = request.path.startswith(UNCHANGING)
            response.set_data(kept.squeezed(body, encoding) if unchanging else _squeezed_for_one(body, encoding))
            response.content_encoding = encoding
        return response


def _squeezed_for_one(body: bytes, encoding: str) -> bytes:
    """For who waits for it: of a large answer, as a trend of a year is, time counts more than the last bytes."""
    return _squeezed(body, encoding, quality=2 if len(body) > LARGE else 5)


class Kept:
    """Squeezes what never changes: quickly for whoever waits first, and meanwhile hard for everybody after."""

    def __init__(self) -> None:
        self._hard: dict[tuple[bytes, str], bytes] = {}
        self._begun: set[tuple[bytes, str]] = set()
        self._lock = threading.Lock()
        self._one_at_a_time = threading.Lock()

    def squeezed(self, body: bytes, encoding: str) -> bytes:
        """The body in this encoding. Any thread may ask."""
        key = body, encoding
        with self._lock:
            if key in self._hard:
                return self._hard[key]
            first = key not in self._begun
            self._begun.add(key)
        if first:
            threading.Thread(target=self._squeeze_hard, args=key, name="compression", daemon=True).start()
        return _quickly(body, encoding)

    def _squeeze_hard(self, body: bytes, encoding: str) -> None:
        with self._one_at_a_time:
            squeezed = _hard(body, encoding)
        with self._lock:
            self._hard[body, encoding] = squeezed


def _squeezed(body: bytes, encoding: str, quality: int = 5) -> bytes:
    squeezed: bytes = brotli.compress(body, quality=quality) if encoding == "br" else gzip.compress(body, 6)
    return squeezed


_quickly = lru_cache(maxsize=128)(_squeezed)


@lru_cache(maxsize=128)
def _hard(body: bytes, encoding: str) -> bytes:
    """A tenth smaller, and a second's work for the component libraries."""
    return _squeezed(body, encoding, quality=10)
