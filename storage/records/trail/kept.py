"""What each table that stands beside the audit trail says of a row, in the words of the row's audit row."""

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from sqlalchemy import Table

from facility.change_states import Step
from facility.instants import Instant, text_of
from facility.limit import Severity
from storage.records import assessments, closings, identifications, schema
from storage.records.holds import hold_of, told_of
from storage.records.trail.audit import JSON


@dataclass(frozen=True, slots=True)
class Kept:
    """How a table and the trail tell of the same.

    `fields` makes of a row what its audit row says, by the words that are used there: a column, `reason`, the new
    value of a change (`old meaning`: the old one), or what stands in `data`. `key` is the one that keeps a row's
    audit row apart from others. `told_by` says which audit rows tell how a row is: one of its own, or where
    it is brought up to date the newest one, or what all of them changed.
    """

    table: Table
    actions: tuple[str, ...]
    fields: Callable[[Any], Mapping[str, JSON]]
    key: str = "object"
    told_by: Literal["its own", "the newest", "all"] = "its own"


ALARM_ACTIONS = (
    "alarm raised",
    "alarm rose",
    "alarm came back",
    "alarm dated back",
    "alarm returned",
    "alarm closed",
    "alarm acknowledged",
    "alarm found in late readings",
    "alarm completed by late readings",
    "alarm held",
    "alarm hold ended",
    "alarm reset",
    "alarm explained",
    "alarm marked first-out",
    "alarm not first-out",
)
"""Every step that an alarm takes."""


def sha256_of(text: str | None) -> str | None:
    """What an audit row says of a text that is too long for it."""
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()


def _time(at: Instant | None) -> str | None:
    return None if at is None else text_of(at)


def _number(value: float | None) -> float | None:
    """As JSON has it."""
    return value if value is not None and math.isfinite(value) else None


def _alarm(row: Any) -> str:
    """Its id says of which point and condition it is, and from when: see `facility.alarm`."""
    id = f"{row.point}/{row.condition.replace(' ', '-')}/{row.onset}"
    return f"alarm {row.id}" if row.id == id else f"alarm {row.id} as {id}"


def _held(row: Any) -> Mapping[str, JSON] | None:
    if row.held_kind is None:
        return None
    return {
        "kind": row.held_kind,
        "since": text_of(row.held_since),
        "until": _time(row.held_until),
        "by": row.held_by,
        "reason": row.held_reason,
        "hold": row.hold,
    }


KEPT = (
    Kept(
        schema.alarms,
        ALARM_ACTIONS,
        lambda row: {
            "object": _alarm(row),
            "severity": Severity(row.severity).name.lower(),
            "state": row.state,
            "onset": text_of(row.onset),
            "raised": text_of(row.raised),
            "returned": _time(row.returned),
            "value": _number(row.value),
            "limit": _number(row.limit),
            "operator": row.operator,
            "room": row.room or None,
            "latched": row.latched or None,
            "first out": row.first_out or None,
            "cause": row.cause,
            "held": _held(row),
        },
        told_by="the newest",
    ),
    Kept(
        schema.alarm_steps,
        ALARM_ACTIONS,
        lambda row: {
            "object": f"alarm {row.alarm}",
            "action": row.step,
            "at": row.at,
            "actor": row.by,
            "severity": Severity(row.severity).name.lower(),
        },
    ),
    Kept(
        schema.holds,
        (
            "shelving asked for",
            "shelving approved",
            "shelving refused",
            "shelving taken back",
            "shelved",
            "unshelved",
            "taken out of service",
            "put back in service",
        ),
        lambda row: {"object": f"hold {row.id}", **told_of(hold_of(row))},
        told_by="the newest",
    ),
    Kept(
        schema.accounts,
        ("account made", "account changed", "account locked", "account unlocked", "account retired"),
        lambda row: {
            "object": f"account {row.account}",
            "name": row.name,
            "role": row.role,
            "areas": "all" if row.areas is None else json.loads(row.areas),
            "state": row.state,
        },
        told_by="all",
    ),
    Kept(
        schema.acknowledgements,
        ("alarm acknowledged",),
        lambda row: {
            "object": f"alarm {row.alarm}",
            "at": row.at,
            "actor": row.by,
            "reason": row.comment,
            "severity": Severity(row.severity).name.lower(),
        },
    ),
    Kept(
        schema.room_states,
        ("room state set",),
        lambda row: {
            "object": f"room {row.room}",
            "at": row.recorded_at,
            "actor": row.by,
            "from": text_of(row.time),
            "state": row.state,
        },
    ),
    Kept(
        schema.batch_events,
        ("batch started", "batch ended"),
        lambda row: {
            "object": f"batch {row.batch}",
            "action": "batch started" if row.kind == "start" else "batch ended",
            "at": row.recorded_at,
            "actor": row.by,
            "room": row.room,
            "time": text_of(row.time),
        },
    ),
    Kept(
        schema.excursion_moves,
        ("alarm joined excursion", "alarm moved to excursion"),
        lambda row: {
            "object": f"excursion {row.excursion}",
            "at": row.at,
            "actor": row.by,
            "alarm": row.alarm,
            "move": row.number,
            "previous": row.previous,
            "reason": row.reason or None,
        },
        key="alarm",
    ),
    Kept(
        schema.commands,
        ("command submitted",),
        lambda row: {
            "id": row.id,
            "at": row.at,
            "actor": row.actor,
            "role": row.role or None,
            "origin": row.origin or None,
            "command": msgspec.json.decode(row.command),
        },
        key="id",
    ),
    Kept(
        schema.command_outcomes,
        ("command applied",),
        lambda row: {"id": row.command, "at": row.at, "outcome": row.outcome},
        key="id",
    ),
    Kept(
        schema.revisions,
        ("site revision added",),
        lambda row: {
            "object": f"site revision {row.number}",
            "author": row.author,
            "reason": row.reason or None,
            "in force from": text_of(row.in_force_from),
            "differences": json.loads(row.differences),
            "SHA-256 of the file": sha256_of(row.text),
        },
    ),
    Kept(
        schema.changes,
        ("change drafted",),
        lambda row: {
            "object": f"change {row.number}",
            "at": row.at,
            "actor": row.author,
            "reason": row.reason or None,
            "base": row.base,
            "rationale": row.rationale,
            "controlled": row.controlled,
            "differences": json.loads(row.differences),
            "wanted from": _time(row.wanted_from),
            "SHA-256 of the file": sha256_of(row.text),
            "SHA-256 of the attachment": sha256_of(row.attachment),
        },
    ),
    Kept(
        schema.change_steps,
        tuple(f"change {step}" for step in Step),
        lambda row: {
            "object": f"change {row.change}",
            "action": f"change {row.step}",
            "at": row.at,
            "actor": row.by,
            "reason": row.comment or None,
            "site revision": row.revision,
        },
    ),
    Kept(
        schema.annotations,
        ("comment added", "correction added"),
        lambda row: {
            "annotation": row.id,
            "action": f"{row.kind} added",
            "object": row.object,
            "at": row.at,
            "actor": row.by,
            "from": text_of(row.start),
            "to": text_of(row.end),
            "old meaning": row.was or None,
            "meaning": row.becomes or None,
            "reason": row.reason,
        },
        key="annotation",
    ),
    Kept(
        schema.refusals,
        ("correction refused", "correction taken back"),
        lambda row: {"annotation": row.annotation, "at": row.at, "actor": row.by, "reason": row.reason},
        key="annotation",
    ),
    Kept(
        schema.rota_overrides,
        ("rota override made",),
        lambda row: {
            "override": row.number,
            "object": f"rota {row.rota}",
            "at": row.at,
            "actor": row.by,
            "account": row.account,
            "from": text_of(row.start),
            "to": text_of(row.end),
            "reason": row.reason,
        },
        key="override",
    ),
    Kept(
        schema.withdrawn_overrides,
        ("rota override withdrawn",),
        lambda row: {"override": row.override, "at": row.at, "actor": row.by, "reason": row.reason},
        key="override",
    ),
    Kept(
        schema.escalation_calls,
        ("escalation called",),
        lambda row: {
            "object": f"escalation {row.escalation}",
            "at": row.at,
            "round": row.round,
            "step": row.step,
            "account": row.account or None,
            "name": row.name,
            "instead": row.instead,
            "message": row.notification or None,
        },
    ),
    Kept(
        schema.assessments,
        (assessments.ACTION,),
        lambda row: {
            "object": f"excursion {row.excursion}",
            "version": row.number,
            "at": row.at,
            "actor": row.by,
            "reason": row.reason or None,
            **assessments.fields_of(row),
        },
    ),
    Kept(
        schema.closings,
        closings.ACTIONS,
        lambda row: {
            "object": f"excursion {row.excursion}",
            "action": f"excursion {row.step}",
            "closing": row.number,
            "at": row.at,
            "actor": row.by,
            "reason": row.reason or None,
            "content": sha256_of(row.content),
        },
    ),
    Kept(
        schema.identifications,
        (identifications.ACTION,),
        lambda row: {
            "object": f"point {row.point}",
            "result": text_of(row.time),
            "word": row.number,
            "at": row.at,
            "actor": row.by,
            "organisms": json.loads(row.organisms),
            "reason": row.reason or None,
        },
    ),
    Kept(
        schema.trail_reviews,
        ("trail reviewed",),
        lambda row: {
            "object": f"review {row.number}",
            "at": row.at,
            "actor": row.by,
            "from": text_of(row.start),
            "to": text_of(row.end),
            "first row": row.first_seq,
            "last row": row.last_seq,
            "hash": row.hash,
            "note": row.note,
        },
    ),
)
"""Every table that is compared."""
