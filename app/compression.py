"""Smaller answers: brotli or gzip for text, never for a stream."""

import gzip
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


def compress(server: Flask) -> None:
    """Compress answers for browsers that understand it."""

    @server.after_request
    def smaller(response: Response) -> Response:
        encoding = request.accept_encodings.best_match(["br", "gzip"])
        if encoding is None or response.status_code != 200 or response.mimetype not in COMPRESSIBLE:
            return response
        response.direct_passthrough = False
        response.vary.add("Accept-Encoding")
        body = response.get_data()
        if len(body) >= WORTH_IT:
            squeeze = _kept if request.path.startswith(UNCHANGING) else _squeezed
            response.set_data(squeeze(body, encoding))
            response.content_encoding = encoding
        return response


def _squeezed(body: bytes, encoding: str) -> bytes:
    squeezed: bytes = brotli.compress(body, quality=5) if encoding == "br" else gzip.compress(body, 6)
    return squeezed


_kept = lru_cache(maxsize=128)(_squeezed)
"""The component libraries are two megabytes, and the same for everybody."""
