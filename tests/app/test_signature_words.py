from dataclasses import replace
from datetime import UTC, datetime

from app.signature_words import BROKEN, broken, signature_words
from facility.instants import instant_of
from storage.records.signatures import Meaning, Signature, content_hash

SIGNED = Signature(
    object="change 12",
    number=1,
    meaning=Meaning.APPROVAL,
    account="m.keller",
    name="Maria Keller",
    role="QA",
    at=instant_of(datetime(2026, 11, 22, 13, 5, 12, tzinfo=UTC)),
    zone="Europe/Zurich",
    content=content_hash({"limit": 8}),
    session=1,
    audit=2,
)


def test_a_signature_is_printed_with_name_date_time_zone_and_meaning() -> None:
    assert signature_words(SIGNED) == "Approved by Maria Keller (QA), 22 Nov 2026 14:05:12 CET: approval"


def test_a_zone_without_a_name_is_printed_by_its_distance_from_utc() -> None:
    dubai = replace(SIGNED, zone="Asia/Dubai", meaning=Meaning.REVIEW)
    assert signature_words(dubai) == "Reviewed by Maria Keller (QA), 22 Nov 2026 17:05:12 UTC+4: review"


def test_a_signature_breaks_visibly_when_the_content_changes() -> None:
    assert broken(SIGNED, {"limit": 8}) == ""
    assert broken(SIGNED, {"limit": 9}) == BROKEN
