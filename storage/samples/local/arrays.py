"""One column of readings as bytes: a codec byte, a checksum, the compressed numbers. Lossless.

The codec byte is what makes a column readable for good: should pcodec ever be replaced, what it wrote stays known.
"""

import zlib

import numpy as np
import pcodec
from pcodec import standalone

from storage.samples.columns import Array

CONSTANT = 0
"""One number, repeated."""
PCODEC = 1

HEADER = 5
LEVEL = pcodec.ChunkConfig(compression_level=8)


class DamagedChunkError(Exception):
    """Stored bytes are not those that were written."""


def pack(numbers: Array) -> bytes:
    """The bytes of a contiguous column; at least one number."""
    bits = numbers.view(f"u{numbers.itemsize}")  # compared as bits, NaN equals itself
    if np.all(bits == bits[0]):
        return framed(CONSTANT, numbers[:1].tobytes())
    return framed(PCODEC, standalone.simple_compress(numbers, LEVEL))


def unpack(stored: bytes, n: int, kind: type[np.generic]) -> Array:
    """The `n` numbers of a column; raises DamagedChunkError where the checksum or the length does not fit."""
    codec, body = unframed(stored)
    numbers: Array | None = None
    try:
        if codec == CONSTANT:
            return np.full(n, np.frombuffer(body, kind)[0])
        if codec == PCODEC:
            numbers = standalone.simple_decompress(body)
    except (RuntimeError, ValueError, IndexError) as error:
        raise DamagedChunkError(f"a column of codec {codec} cannot be unpacked: {error}") from None
    if numbers is None or len(numbers) != n or numbers.dtype != kind:
        raise DamagedChunkError(f"a column of codec {codec} does not hold {n} numbers of {kind.__name__}")
    return numbers


def framed(codec: int, body: bytes) -> bytes:
    """Bytes with their codec and checksum before them."""
    return bytes([codec]) + zlib.crc32(body).to_bytes(4, "little") + body


def unframed(stored: bytes) -> tuple[int, bytes]:
    """Codec and bytes; raises DamagedChunkError where the checksum does not fit."""
    body = stored[HEADER:]
    if zlib.crc32(body) != int.from_bytes(stored[1:HEADER], "little"):
        raise DamagedChunkError("stored readings fail their checksum; restore the store from a backup")
    return stored[0], body
