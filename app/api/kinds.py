"""Kinds of values that the API takes and gives: moments, ids, words."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, StringConstraints, WithJsonSchema

from facility.instants import Instant, instant_of, text_of

_DATE = r"[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_TIME = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?"
_MOMENT = rf"^{_DATE}T{_TIME}(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$"
_SCHEMA: Mapping[str, Any] = {
    "type": "string",
    "format": "date-time",
    "description": "ISO 8601 with time zone; answers are in UTC with milliseconds: 2026-11-22T08:35:00.000Z",
}


def _instant(text: object) -> Instant:
    if isinstance(text, str) and re.match(_MOMENT, text):
        try:
            return instant_of(datetime.fromisoformat(text))
        except (ValueError, OverflowError):
            pass
    raise ValueError("this is no moment; write it with its time zone, like 2026-11-22T08:35:00Z")


Moment = Annotated[
    Instant,
    BeforeValidator(_instant),
    WithJsonSchema({**_SCHEMA, "pattern": _MOMENT}, mode="validation"),
]
"""A moment that is asked for; to us an instant."""

Time = Annotated[
    Instant,
    PlainSerializer(text_of, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]
"""A moment in an answer."""

Word = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
"""An id or a name."""

Sentence = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00]*\S[^\x00]*$")]
"""What a person has to say: not empty."""
