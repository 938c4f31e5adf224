"""Time-stamps of the audit trail's head from an authority (RFC 3161), and whether they hold."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import requests
from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)
from rfc3161_client.base import HashAlgorithm
from sqlalchemy import Connection

from storage.records.trail import anchors
from storage.records.trail.anchors import Kind

ANSWER_SECONDS = 20
GRANTED = 0
"""PKIStatus (RFC 3161, 2.4.2)."""


class NoTimeStampError(Exception):
    """No time-stamp was given, or none that holds; the message says why, and what would be right."""


def time_stamp(url: str, told: bytes, ca_file: Path | None) -> bytes:
    """The authority's answer about this text, which holds. Raises NoTimeStampError."""
    asked = TimestampRequestBuilder().data(told).hash_algorithm(HashAlgorithm.SHA256).build()
    try:
        answer = requests.post(
            url,
            data=asked.as_bytes(),
            headers={"Content-Type": "application/timestamp-query"},
            timeout=ANSWER_SECONDS,
        )
        answer.raise_for_status()
    except requests.RequestException as error:
        raise NoTimeStampError(
            f"the time-stamp authority at {url} does not answer as it should: {error}. "
            "Name one that does in CLEANWATCH_TIMESTAMP_URL"
        ) from error
    response = _decoded(answer.content, f"the answer of {url}")
    if response.status != GRANTED:
        raise NoTimeStampError(f"the time-stamp authority at {url} refuses: {', '.join(response.status_string)}")
    if response.tst_info.nonce != asked.nonce:
        raise NoTimeStampError(f"the time-stamp authority at {url} has answered another question than ours")
    _hold(response, told, ca_file, f"the time-stamp of {url}")
    return answer.content


def check(connection: Connection, ca_file: Path | None) -> Iterator[str]:
    """Which time-stamps on record do not hold, in words. Without a CA file nobody vouches for the authority."""
    for anchor in anchors.all(connection):
        if anchor.kind is Kind.TIME_STAMP:
            name = f"the time-stamp of anchor {anchor.number}"
            try:
                _hold(_decoded(anchor.proof, name), anchor.statement.encode(), ca_file, name)
            except NoTimeStampError as error:
                yield str(error)


def _decoded(content: bytes, name: str) -> TimeStampResponse:
    try:
        return decode_timestamp_response(content)
    except ValueError as error:
        raise NoTimeStampError(f"{name} is no time-stamp: {error}") from error


def _hold(response: TimeStampResponse, told: bytes, ca_file: Path | None, name: str) -> None:
    if response.tst_info.message_imprint.message != hashlib.sha256(told).digest():
        raise NoTimeStampError(f"{name} is of another text")
    if ca_file is None:
        return
    verifier = VerifierBuilder()
    for certificate in _certificates(ca_file):
        verifier = verifier.add_root_certificate(certificate)
    try:
        verifier.build().verify_message(response, told)
    except VerificationError as error:
        raise NoTimeStampError(
            f"{name} does not hold by {ca_file}, which CLEANWATCH_TIMESTAMP_CA_FILE names: {error}"
        ) from error


def _certificates(ca_file: Path) -> list[Certificate]:
    try:
        return load_pem_x509_certificates(ca_file.read_bytes())
    except (OSError, ValueError) as error:
        raise NoTimeStampError(
            f"{ca_file}, which CLEANWATCH_TIMESTAMP_CA_FILE names, has no certificates that can be read: {error}"
        ) from error
