"""Answers that never change: quick for whoever waits, smaller for everybody after."""

import brotli  # type: ignore[import-untyped]  # it has no types

from app.compression import Kept
from tests.waiting import wait_until

BODY = b"".join(b"function f%d() { return %d; }\n" % (n, n * n) for n in range(4000))


def test_the_first_answer_is_quick_and_the_next_ones_are_smaller() -> None:
    kept = Kept()
    first = kept.squeezed(BODY, "br")
    wait_until(lambda: len(kept.squeezed(BODY, "br")) < len(first))
    assert brotli.decompress(first) == brotli.decompress(kept.squeezed(BODY, "br")) == BODY
