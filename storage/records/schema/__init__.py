"""The tables of the records store, as the newest migration leaves them, a file for each subject.

Instants are whole milliseconds, texts are stored exactly as they are hashed or shown. Tables that people and
inspectors rely on are append-only; `append_only` says which and how.
"""

from storage.records.schema.access import device_tokens, external_identities
from storage.records.schema.alarm_steps import alarm_step_followers, alarm_steps
from storage.records.schema.annotations import annotations, refusals
from storage.records.schema.app_beats import app_beats
from storage.records.schema.base import metadata
from storage.records.schema.changes import change_steps, changes
from storage.records.schema.dossiers import assessments, closings, identifications
from storage.records.schema.engine_journal import engine_journal
from storage.records.schema.excursions import excursion_moves, excursion_years, excursions
from storage.records.schema.holds import holds
from storage.records.schema.links import api_tokens, links
from storage.records.schema.monitoring import (
    acknowledgements,
    alarms,
    batch_events,
    blinded_points,
    command_outcomes,
    commands,
    engine_checkpoints,
    engine_memory,
    outbox,
    revisions,
    room_states,
    source_gaps,
    sources,
    station_claims,
    station_reports,
    waiting_commands,
)
from storage.records.schema.notifications import channels, contacts, notifications, told_alarms
from storage.records.schema.on_call import (
    escalation_calls,
    escalations,
    rota_calendars,
    rota_overrides,
    withdrawn_overrides,
)
from storage.records.schema.people import accounts, credentials, earlier_passwords, recovery_codes, sessions
from storage.records.schema.seals import day_digests
from storage.records.schema.signatures import signatures
from storage.records.schema.trail import anchors, audit, audit_head, trail_reviews

__all__ = [
    "accounts",
    "acknowledgements",
    "alarm_step_followers",
    "alarm_steps",
    "alarms",
    "anchors",
    "annotations",
    "api_tokens",
    "app_beats",
    "assessments",
    "audit",
    "audit_head",
    "batch_events",
    "blinded_points",
    "change_steps",
    "changes",
    "channels",
    "closings",
    "command_outcomes",
    "commands",
    "contacts",
    "credentials",
    "day_digests",
    "device_tokens",
    "earlier_passwords",
    "engine_checkpoints",
    "engine_journal",
    "engine_memory",
    "escalation_calls",
    "escalations",
    "excursion_moves",
    "excursion_years",
    "excursions",
    "external_identities",
    "holds",
    "identifications",
    "links",
    "metadata",
    "notifications",
    "outbox",
    "recovery_codes",
    "refusals",
    "revisions",
    "room_states",
    "rota_calendars",
    "rota_overrides",
    "sessions",
    "signatures",
    "source_gaps",
    "sources",
    "station_claims",
    "station_reports",
    "told_alarms",
    "trail_reviews",
    "waiting_commands",
    "withdrawn_overrides",
]
