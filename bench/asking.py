"""How long a question takes."""

import statistics
import time
from collections.abc import Callable


def milliseconds(question: Callable[[], object], times: int = 7) -> float:
    """The median of a few askings."""
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        question()
        spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent)
