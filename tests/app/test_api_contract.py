"""The API keeps to its own description, whatever is sent to it, and whoever sends it."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from app.api.table import OPERATIONS
from app.limits import Allowance, Kind
from facility.roles import Role
from tests.app.api_world import ApiWorld, api_world

WHOLE = ("coverage", "fuzzing")
"""The edges of every parameter, and random requests."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    with api_world(tmp_path_factory.mktemp("api"), dict.fromkeys(Kind, Allowance(100_000, 1))) as world:
        yield world


def configuration(token: str, phases: tuple[str, ...], examples: int) -> SchemathesisConfig:
    settings: dict[str, Any] = {
        "seed": 7,
        "headers": {"Authorization": f"Bearer {token}"},
        "generation": {"max-examples": examples, "deterministic": True, "database": "none", "no-shrink": True},
        "phases": {phase: {"enabled": phase in phases} for phase in ("examples", "coverage", "fuzzing", "stateful")},
        # What is well asked may be of something that is not there, not allowed, or refused by the engine.
        "checks": {"positive_data_acceptance": {"expected-statuses": [200, 400, 403, 404, 409]}},
    }
    return SchemathesisConfig.from_dict(settings)


@pytest.mark.parametrize(
    ("role", "phases", "examples"),
    [(Role.QA, WHOLE, 4), (Role.VIEWER, ("fuzzing",), 2), (Role.ADMINISTRATOR, ("fuzzing",), 2)],
)
def test_the_api_keeps_to_its_description(
    world: ApiWorld, role: Role, phases: tuple[str, ...], examples: int
) -> None:
    token = world.tokens[role]
    address, headers = f"{world.address}/api/v1/openapi.json", {"Authorization": f"Bearer {token}"}
    schema = schemathesis.openapi.from_url(address, config=configuration(token, phases, examples), headers=headers)
    failures: list[str] = []
    tried = set()
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            failures.append(str(event))
        elif isinstance(event, events.ScenarioFinished):
            tried.add(event.label)
            if event.status is not Status.SUCCESS:
                failures += _told(event)
    assert failures == []
    assert len(tried) == len(OPERATIONS)


def _told(event: events.ScenarioFinished) -> Iterator[str]:
    for case, checks in event.recorder.checks.items():
        sent = event.recorder.cases[case].value
        for check in checks:
            if check.failure_info is not None:
                what = f"{sent.method} {sent.formatted_path} {sent.query} {sent.body!r}"
                yield f"{what}: {check.name}: {check.failure_info.failure}"
