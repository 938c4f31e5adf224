"""Text as every database keeps it: PostgreSQL cannot hold a NUL character, so SQLite's records get none either."""

from typing import Any

from sqlalchemy import Dialect, types
from typing_extensions import override


class Text(types.TypeDecorator[str]):
    """Text of any length without NUL. Raises ValueError where there is one; who takes in text refuses it before."""

    impl = types.Text
    cache_ok = True

    @override
    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is not None and "\x00" in value:
            raise ValueError(f"text with a NUL character cannot be put on record: {value[:80]!r}")
        return value
