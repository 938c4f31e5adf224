"""Which provider of single sign-on (OpenID Connect) people may come by, and as what it knows this program."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Provider:
    """`issuer` is its address, as it writes it itself; `name` is what people call it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    ca_file: Path | None = None
