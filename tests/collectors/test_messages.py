"""docs/messages.md and the schemas say exactly what the code accepts and publishes."""

import json
import re
from pathlib import Path

import jsonschema
import msgspec
import pytest

from bus import messages as clean
from bus import topics
from collectors import messages
from collectors.codecs.cleanwatch_json import Codec
from collectors.messages import Acknowledgement, EventsMessage, Flag, ReadingsMessage, StatusMessage
from facility.instants import HOUR
from facility.limit import RoomState
from tests.collectors.plant import NOW, SITE

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "messages.md").read_text()
SCHEMAS: dict[str, tuple[type[msgspec.Struct], str]] = {
    "readings": (ReadingsMessage, "messages.schema.json"),
    "events": (EventsMessage, "events.schema.json"),
    "status": (StatusMessage, "status.schema.json"),
}
PUBLISHED: dict[str, type[msgspec.Struct]] = {
    "acknowledgement": Acknowledgement,
    "CleanReading": clean.CleanReading,
    "AlarmNotice": clean.AlarmNotice,
    "RoomNotice": clean.RoomNotice,
    "HoldsNotice": clean.HoldsNotice,
    "StationBeat": clean.StationBeat,
}
EXAMPLES = re.findall(r"```json (\w+)\n(.*?)```", TEXT, re.DOTALL)


def schema_of(message: type[msgspec.Struct]) -> bytes:
    """The schema of a type, as its file holds it."""
    return msgspec.json.format(msgspec.json.encode(msgspec.json.schema(message))) + b"\n"


def section(title: str) -> str:
    """The text between a heading and the next one of its level."""
    return TEXT.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def documented(title: str) -> set[str]:
    """The field names in the tables of a section, without the path to them."""
    cells = re.findall(r"^\| (`.*?) \|", section(title), re.MULTILINE)
    return {name.split(".")[-1].removesuffix("[]") for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def fields(*types: type[msgspec.Struct]) -> set[str]:
    return {field.encode_name for type in types for field in msgspec.structs.fields(type)}


@pytest.mark.parametrize("kind", SCHEMAS)
def test_the_committed_schema_is_the_one_of_the_types(kind: str) -> None:
    """Write it anew with: python -m tests.collectors.test_messages"""
    message, name = SCHEMAS[kind]
    assert (DOCS / name).read_bytes() == schema_of(message)


@pytest.mark.parametrize(("kind", "text"), [example for example in EXAMPLES if example[0] in SCHEMAS])
def test_each_example_of_a_message_fits_its_schema_and_is_accepted_whole(kind: str, text: str) -> None:
    _, name = SCHEMAS[kind]
    jsonschema.Draft202012Validator(json.loads((DOCS / name).read_text())).validate(json.loads(text))
    topic = f"instruments/demo/gw1/{kind}"
    intake = Codec(SITE).decode(topic, text.encode(), NOW + 12 * HOUR)
    assert not intake.dead_letters
    assert intake.readings or intake.events


@pytest.mark.parametrize(("kind", "text"), [example for example in EXAMPLES if example[0] in PUBLISHED])
def test_each_example_of_what_we_publish_is_complete(kind: str, text: str) -> None:
    msgspec.json.decode(text.encode(), type=PUBLISHED[kind])
    assert set(json.loads(text)) == fields(PUBLISHED[kind])


def test_every_kind_of_message_has_an_example() -> None:
    assert {kind for kind, _ in EXAMPLES} == SCHEMAS.keys() | PUBLISHED.keys()


@pytest.mark.parametrize(
    ("title", "types"),
    [
        ("Readings", (ReadingsMessage, messages.Value, messages.Sample, messages.Viable)),
        (
            "Events",
            (EventsMessage, messages.RoomStateEvent, messages.BatchStartEvent, messages.BatchEndEvent),
        ),
        ("Status", (StatusMessage,)),
        ("Acknowledgement", (Acknowledgement,)),
        ("A clean reading", (clean.CleanReading,)),
        ("A room", (clean.RoomNotice,)),
        ("What is put aside", (clean.HoldNotice,)),
        ("An alarm", (clean.AlarmNotice,)),
        ("The station", (clean.StationBeat,)),
    ],
)
def test_every_field_is_explained_and_no_other(title: str, types: tuple[type[msgspec.Struct], ...]) -> None:
    flags = set(Flag) if title == "Readings" else set()
    tags = {"event"} if title == "Events" else set()
    assert documented(title) == fields(*types) | flags | tags


def test_every_flag_and_room_state_is_explained() -> None:
    assert {flag.value for flag in Flag} <= documented("Readings")
    assert all(f"`{state.value}`" in section("Events") for state in RoomState)


def test_every_topic_is_listed() -> None:
    listed = set(re.findall(r"^\| `((?:instruments|cleanwatch)/[^`]*)` \|", TEXT, re.MULTILINE))
    assert listed == {
        topics.source_readings("<site>", "<source>"),
        topics.source_events("<site>", "<source>"),
        topics.source_status("<site>", "<source>"),
        topics.source_ack("<site>", "<source>"),
        topics.clean_reading("<site>", "<point>"),
        topics.clean_room("<site>", "<room>"),
        topics.clean_alarm("<site>", "<point>", "<condition>"),
        topics.clean_holds("<site>", "<station>"),
        topics.station("<site>", "<station>"),
    }


if __name__ == "__main__":
    for message, name in SCHEMAS.values():
        (DOCS / name).write_bytes(schema_of(message))
