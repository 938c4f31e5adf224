"""Copies: what they say is the same in every format, complete, and can be read by who gets them."""

import csv
import io
import json
import re
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.copies.as_csv import as_csv
from app.copies.as_parquet import as_parquet
from app.copies.as_pdf import MOST_ROWS, as_pdf, number
from app.copies.copy import Column, Copy, Kind, Table
from app.copies.glyphs import REPLACED, printable
from tests.app.parts import NOON

COLUMNS = (Column("Point"), Column("Time", Kind.TIME), Column("Value", Kind.NUMBER), Column("Comment"))
COPY = Copy(
    subject="trend",
    title="Trend of B101.DP1",
    site="Suite B",
    zone="Europe/Zurich",
    made_by="Maria Keller (QA), account m.keller",
    made_at=NOON,
    period=(NOON - 3_600_000, NOON),
    facts=(("Filter", "rooms B101"),),
    tables=(
        Table(
            "Readings",
            COLUMNS,
            [("B101.DP1", NOON - 1500, -1.25, "=2+5"), ("B101.DP1", NOON, 41.0, ""), ("B101.DP1", NOON, None, "Tür")],
        ),
        Table("Batches", (Column("Batch"),), ()),
    ),
)


def commented(text: str) -> Copy:
    return replace(COPY, tables=(Table("Comments", (Column("Comment"),), [(text,)]),))


def lines(copy: Copy) -> list[list[str]]:
    return list(csv.reader(io.StringIO(as_csv(copy).decode("utf-8"))))


def test_csv_begins_with_what_where_when_and_by_whom() -> None:
    head = {line[0]: line[1] for line in lines(COPY) if line and line[0].startswith("# ")}
    assert head["# Copy of"] == "Trend of B101.DP1"
    assert head["# Site"] == "Suite B"
    assert head["# Filter"] == "rooms B101"
    assert head["# Period"] == "22 Nov 2026 12:00:00 CET to 22 Nov 2026 13:00:00 CET"
    assert head["# Made by"] == "Maria Keller (QA), account m.keller"
    assert head["# Time zone"].startswith("Europe/Zurich")
    assert head["# SHA-256 of the content"] == COPY.hash


def test_csv_has_each_table_under_its_title_also_an_empty_one() -> None:
    found = lines(COPY)
    assert ["# Batches", "0 rows"] in found
    at = found.index(["# Readings", "3 rows"])
    assert found[at + 1] == ["Point", "Time", "Value", "Comment"]
    assert found[at + 2] == ["B101.DP1", "2026-11-22T12:59:58.500+01:00", "-1.25", "'=2+5"]
    assert found[at + 4] == ["B101.DP1", "2026-11-22T13:00:00.000+01:00", "", "Tür"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"])
def test_no_text_in_csv_is_taken_for_a_formula_by_a_spreadsheet(text: str) -> None:
    assert lines(commented(text))[-1][0].startswith("'")


@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_every_text_comes_back_from_csv(text: str) -> None:
    file = as_csv(commented(text)).decode("utf-8")
    ((cell,),) = list(csv.reader(io.StringIO(file.split("Comment\r\n", 1)[1], newline=""))) or [[""]]
    assert cell.removeprefix("'") == text.removeprefix("'")


def test_parquet_has_times_in_utc_and_numbers_as_numbers() -> None:
    table = pq.read_table(pa.BufferReader(as_parquet(COPY)))
    assert table.schema.field("Time").type == pa.timestamp("ms", tz="UTC")
    assert table.schema.field("Value").type == pa.float64()
    assert table.column("Value").to_pylist() == [-1.25, 41.0, None]
    assert table.column("Comment").to_pylist()[0] == "=2+5"
    assert table.column("Time").cast(pa.int64()).to_pylist()[0] == NOON - 1500


def test_parquet_says_all_that_the_copy_says() -> None:
    told = json.loads(pq.read_schema(pa.BufferReader(as_parquet(COPY))).metadata[b"cleanwatch"])
    assert told["SHA-256 of the content"] == COPY.hash
    assert told["table"] == "Readings"
    assert told["other tables"] == {"Batches": []}


def test_the_hash_is_of_all_that_the_copy_says() -> None:
    others = [
        replace(COPY, title="Trend of B101.DP2"),
        replace(COPY, made_by="Somebody"),
        replace(COPY, period=None),
        replace(COPY, remarks=("The data are simulated.",)),
        replace(COPY, tables=COPY.tables[:1]),
    ]
    assert len({copy.hash for copy in (COPY, *others)}) == 1 + len(others)


def test_a_document_says_that_it_is_pdf_a_and_accessible() -> None:
    file = as_pdf(COPY)
    assert re.search(rb"<pdfaid:part>3</pdfaid:part>", file)
    assert re.search(rb"<pdfaid:conformance>A</pdfaid:conformance>", file)
    assert re.search(rb"<pdfuaid:part>1</pdfuaid:part>", file)
    assert b"/StructTreeRoot" in file


def test_a_document_is_not_encrypted_and_has_its_fonts_within_it() -> None:
    file = as_pdf(COPY)
    assert b"/Encrypt" not in file
    assert len(re.findall(rb"/Type\s*/FontDescriptor", file)) == len(re.findall(rb"/FontFile[23]?\s", file)) > 0


def test_a_document_has_every_table_attached() -> None:
    file = as_pdf(COPY)
    assert b"readings.csv" in file
    assert b"batches.csv" in file
    assert b"/AFRelationship/Data" in file.replace(b" ", b"")


def test_the_same_copy_is_the_same_file_in_every_format() -> None:
    again = replace(COPY)
    assert as_pdf(COPY) == as_pdf(again)
    assert as_csv(COPY) == as_csv(again)
    assert as_parquet(COPY) == as_parquet(again)


def test_a_document_is_made_at_any_millisecond() -> None:
    assert as_pdf(replace(COPY, made_at=NOON + 417)).startswith(b"%PDF")


def test_what_people_write_is_never_taken_for_the_typesetters_language() -> None:
    assert as_pdf(commented('*bold* #panic() \\ "quoted" $x$ `raw` </script> ]'))


def test_a_character_that_no_font_has_is_replaced_visibly_and_stops_nothing() -> None:
    text = "漢 sterile 🙂 \x07 Ω µ ≥"
    assert printable(text, "Libertinus Serif") == f"{REPLACED} sterile {REPLACED} {REPLACED} Ω µ ≥"
    assert as_pdf(replace(commented(text), title=f"Room {text}"))


@settings(max_examples=15)
@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30))
def test_no_text_stops_a_document(text: str) -> None:
    assert as_pdf(commented(text)).startswith(b"%PDF-")


def test_a_long_table_is_in_the_attached_file_only_and_the_document_says_so() -> None:
    rows = [("B101.DP1", NOON + n, float(n), f"row {n}") for n in range(MOST_ROWS + 1)]
    long = replace(COPY, tables=(Table("Readings", COLUMNS, rows),))
    short = replace(COPY, tables=(Table("Readings", COLUMNS, rows[:50]),))
    assert as_pdf(long).count(b"/Type/Page/") <= as_pdf(short).count(b"/Type/Page/")


@pytest.mark.parametrize(
    ("value", "text"),
    [(-0.5, "\u22120.5"), (352_000.0, "352,000"), (41.28374, "41.2837"), (1_234_567.8, "1,234,568")],
)
def test_numbers_in_a_document_have_six_digits(value: float, text: str) -> None:
    assert number(value) == text
