"""The one module that loads InfluxDB's client library, a second and 14 MB: imported at the first write."""

from collections.abc import Mapping
from dataclasses import dataclass

from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.rest import ApiException
from influxdb_client.service.write_service import WriteService
from urllib3.exceptions import HTTPError

from storage.samples.influx.address import Influx
from storage.samples.influx.problems import unreachable


@dataclass(frozen=True, slots=True)
class NotWritten:
    """What the server answered to a body that it did not take as it was."""

    status: int
    body: str
    headers: Mapping[str, str]


class Client:
    """A way to write into one bucket. Any thread may use it."""

    def __init__(self, influx: Influx, connect_seconds: float, answer_seconds: float) -> None:
        self._influx = influx
        self._client = InfluxDBClient(
            url=influx.url,
            token=influx.token(),
            org=influx.org,
            timeout=(connect_seconds * 1000, answer_seconds * 1000),
            ssl_ca_cert=None if influx.ca_file is None else str(influx.ca_file),
        )

    def post(self, body: bytes) -> NotWritten | None:
        """Write lines that are compressed; None where all are written. Raises InfluxError where nothing answers."""
        try:
            WriteService(self._client.api_client).post_write(
                org=self._influx.org,
                bucket=self._influx.bucket,
                body=body,
                precision="ms",
                content_encoding="gzip",
                content_type="text/plain; charset=utf-8",
            )
        except ApiException as error:
            if not error.status:  # the client's way to pass on what TLS said
                raise unreachable(self._influx, error) from error
            return NotWritten(error.status, error.body or "", error.headers or {})
        except (HTTPError, OSError) as error:
            raise unreachable(self._influx, error) from error
        return None

    def close(self) -> None:
        """Hang up."""
        self._client.close()
