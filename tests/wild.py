"""Wild input for everything that decodes: any bytes, any JSON, and a good message with something wrong in it."""

import json
from typing import Any

from hypothesis import strategies as st

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        ["", "\x00", "2026-11-22T08:35:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "1e999"]
    )
)
ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


WORDS = ("", "\x00", "2026-11-22T08:35:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "x" * 300)


def _like(value: Any) -> st.SearchStrategy[Any]:
    """Something of the same type: that gets past the first check."""
    if isinstance(value, str):
        return st.sampled_from(WORDS) | st.text(max_size=20)
    if isinstance(value, bool):
        return st.booleans()
    if isinstance(value, int | float):
        return st.integers(-(2**64), 2**64) | st.floats(allow_nan=False, allow_infinity=False)
    return ANY_JSON


@st.composite
def damaged(draw: st.DrawFn, good: dict[str, Any]) -> bytes:
    """A good message in which a few fields, at any depth, are gone or something else; or bytes are."""
    message = json.loads(json.dumps(good))
    for _ in range(draw(st.integers(1, 3))):
        place: Any = message
        while isinstance(place, dict | list) and place:
            key = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else list(range(len(place)))))
            deeper = place[key]
            if isinstance(deeper, dict | list) and deeper and draw(st.booleans()):
                place = deeper
                continue
            if draw(st.integers(0, 3)):
                place[key] = draw(_like(deeper) | ANY_JSON)
            else:
                del place[key]
            break
    payload = json.dumps(message).encode()
    if draw(st.integers(0, 4)) == 0:
        at = draw(st.integers(0, len(payload)))
        payload = payload[:at] + draw(st.binary(max_size=4)) + payload[at + draw(st.integers(0, 3)) :]
    return payload


def wild(good: dict[str, Any]) -> st.SearchStrategy[bytes]:
    """Anything that may come in where `good` is expected; mostly something close to it."""
    return (
        damaged(good)
        | damaged(good)
        | ANY_JSON.map(lambda value: json.dumps(value).encode())
        | st.binary(max_size=60)
    )
