"""Where InfluxDB is, and what opens it."""

from dataclasses import dataclass
from pathlib import Path

from storage.samples.influx.problems import InfluxError


@dataclass(frozen=True, slots=True)
class Influx:
    """One bucket of one InfluxDB: 1.8 (where `bucket` is a database, or database/retention policy), 2.x or 3.x.

    The token is read from a file; for 1.8 it is "user:password". `org` means something to 2.x only.
    """

    url: str
    org: str
    bucket: str
    token_file: Path | None = None
    ca_file: Path | None = None
    """Certificates to trust beside those of the system, for https."""

    def token(self) -> str:
        """What the token file says now; "" without a file. Raises InfluxError where it cannot be read."""
        if self.token_file is None:
            return ""
        try:
            token = self.token_file.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no text"
            raise InfluxError(
                f"the token for InfluxDB at {self.url} cannot be read from {self.token_file}, which "
                f"CLEANWATCH_INFLUX_TOKEN_FILE names: {why}"
            ) from error
        if not token or not token.isprintable() or not token.isascii():
            raise InfluxError(f"{self.token_file} should hold the token for InfluxDB in one line, and does not")
        return token

    @property
    def token_words(self) -> str:
        """What the token is called when people are told about it."""
        return "without a token" if self.token_file is None else f"with the token in {self.token_file}"
