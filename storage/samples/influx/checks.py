"""Is this InfluxDB fit for us? Asked at start, answered in sentences."""

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

import msgspec

from facility.instants import DAY, SECOND, Span
from storage.samples.influx.address import Influx
from storage.samples.influx.influxql import Reader, within
from storage.samples.influx.problems import InfluxError, NoBucketError, refusal
from storage.samples.influx.writing import Writer

SHORT: Span = 365 * DAY
"""A bucket that forgets sooner is warned about."""
CORE = (
    "InfluxDB 3 Core answers for about 72 hours of readings in one question (432 files of 10 minutes). Longer trends "
    "fail where readings are not summed up yet, and single readings of long ago are not found. For production use "
    "InfluxDB 2, or InfluxDB 3 Enterprise"
)

Severity: TypeAlias = Literal["fine", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. With a problem nothing works; with a warning something will be missing."""

    severity: Severity
    words: str


@dataclass(frozen=True, slots=True)
class Product:
    """What `/ping` says of itself: version "2.7.6", build "OSS", "Core", "Enterprise"."""

    version: str
    build: str

    @property
    def number(self) -> tuple[int, ...]:
        """(2, 7, 6); empty where the version is no number."""
        found = _NUMBER.match(self.version)
        return tuple(map(int, found[1].split("."))) if found else ()


_NUMBER = re.compile(r"v?(\d+(?:\.\d+)*)")


def check(influx: Influx, reader: Reader, writer: Writer) -> list[Finding]:
    """Product, rights and bucket, in the order in which they matter; leaves nothing behind in the bucket."""
    try:
        product = _product(influx, reader)
    except InfluxError as error:
        return [Finding("problem", str(error))]
    return [*_of_product(influx, product), *_rights(influx, reader, writer), *_retention(influx, reader, product)]


def _product(influx: Influx, reader: Reader) -> Product:
    status, body, headers = reader.request("/ping", {})
    if status not in (200, 204):
        raise refusal(influx, "read", status, body.decode(errors="replace"), headers)
    if "X-Influxdb-Version" not in headers and "X-Influxdb-Build" not in headers:
        raise InfluxError(f"what answers at {influx.url} does not say that it is InfluxDB; check the address")
    return Product(headers.get("X-Influxdb-Version", "unknown"), headers.get("X-Influxdb-Build", "unknown"))


def _of_product(influx: Influx, product: Product) -> list[Finding]:
    found = [Finding("fine", f"InfluxDB {product.version} ({product.build}) answers at {influx.url}")]
    if () < product.number < (1, 8):
        found.append(Finding("warning", f"InfluxDB {product.version} is older than 1.8; 1.8, 2 and 3 are supported"))
    if product.build.lower() == "core":
        found.append(Finding("warning", CORE))
    return found


def _rights(influx: Influx, reader: Reader, writer: Writer) -> list[Finding]:
    found = []
    try:
        writer.probe()
    except InfluxError as error:
        found.append(Finding("problem", str(error)))
    try:
        reader.ask(f'SELECT "received" FROM "temperature" WHERE {within(0, 1)} LIMIT 1')  # noqa: S608 - constants
    except NoBucketError as error:
        seen = (
            f"bucket {influx.bucket} can be written, but not read, {influx.token_words}: the token needs the right "
            "to read it, and in InfluxDB Cloud the bucket needs a DBRP mapping"
        )
        found.append(Finding("problem", str(error) if found else seen))
    except InfluxError as error:
        found.append(Finding("problem", str(error)))
    return found or [Finding("fine", f"bucket {influx.bucket} can be written and read")]


def _retention(influx: Influx, reader: Reader, product: Product) -> list[Finding]:
    try:
        kept = _kept_by_bucket(influx, reader) if product.number[:1] != (1,) else _kept_by_policy(influx, reader)
    except (InfluxError, msgspec.MsgspecError):
        kept = None
    if kept is None:
        return [
            Finding(
                "fine", f"how long bucket {influx.bucket} keeps readings cannot be asked here; it should be for ever"
            )
        ]
    if kept == 0:
        return [Finding("fine", f"bucket {influx.bucket} keeps readings for ever")]
    return [
        Finding(
            "warning" if kept < SHORT else "fine",
            f"bucket {influx.bucket} forgets readings after {kept / DAY:g} days; records of batches are kept for "
            "years, so set its retention to infinite, or to what the site has decided",
        )
    ]


class _Rule(msgspec.Struct):
    everySeconds: int  # noqa: N815 - the server's name


class _Bucket(msgspec.Struct):
    name: str
    retentionRules: list[_Rule] = []  # noqa: N815 - the server's name


class _Buckets(msgspec.Struct):
    buckets: list[_Bucket]


def _kept_by_bucket(influx: Influx, reader: Reader) -> Span | None:
    """0 for ever; None where nothing is said. InfluxDB 2 says it of a bucket that the token may read."""
    status, body, _ = reader.request("/api/v2/buckets", {"name": influx.bucket, "org": influx.org})
    if status != 200:
        return None
    for bucket in msgspec.json.decode(body, type=_Buckets).buckets:
        if bucket.name == influx.bucket:
            return max((rule.everySeconds for rule in bucket.retentionRules), default=0) * SECOND
    return None


def _kept_by_policy(influx: Influx, reader: Reader) -> Span | None:
    """InfluxDB 1 says it of a database's retention policies, to a user who may see them."""
    _, _, policy = influx.bucket.partition("/")
    ((series,),) = reader.ask("SHOW RETENTION POLICIES")
    for name, duration, default in zip(
        series.column("name"), series.column("duration"), series.column("default"), strict=True
    ):
        if name == policy or (default and not policy):
            return _span(duration)
    return None


def _span(duration: str) -> Span:
    """What InfluxDB 1 writes as 168h0m0s."""
    return int(duration.split("h")[0]) * 3600 * SECOND if "h" in duration else 0
