"""A signature as it is printed: by whom, when and in which meaning (21 CFR 11.50(a)), and whether it still holds."""

from app import formats
from facility.language import N_, _
from storage.records.signatures import Meaning, Signature, holds
from storage.records.trail.audit import JSON

BY = {
    Meaning.AUTHORSHIP: N_("Written"),
    Meaning.REVIEW: N_("Reviewed"),
    Meaning.APPROVAL: N_("Approved"),
    Meaning.RESPONSIBILITY: N_("Responsibility taken"),
}
BROKEN = N_("The content has changed since this was signed.")


def signature_words(signature: Signature) -> str:
    """Approved by Maria Keller (QA), 22 Nov 2026 14:05:12 CET: approval."""
    at, zone = signature.at, signature.zone
    time = f"{formats.date(at, zone)} {formats.with_seconds(at, zone)} {formats.zone_name(at, zone)}"
    return _(
        "{by} by {name} ({role}), {time}: {meaning}",
        by=_(BY[signature.meaning]),
        name=signature.name,
        role=_(signature.role),
        time=time,
        meaning=_(signature.meaning),
    )


def broken(signature: Signature, content: JSON) -> str:
    """What is said loudly beside a signature that does not hold for this content; empty where it does."""
    return "" if holds(signature, content) else _(BROKEN)
