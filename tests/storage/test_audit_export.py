"""An export of the trail is verified by its own script, which knows nothing of this program."""

import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from cleanwatch.anchor_key import public_pem
from storage.records.database import Records
from storage.records.trail import anchors, audit, audit_export, chain
from storage.records.trail.anchors import Kind
from storage.records.trail.audit import AuditEntry
from storage.records.trail.audit_export import NothingToExportError
from tests.people import ANN
from tests.storage.conftest import NOON

KEY = Ed25519PrivateKey.generate()


def write(records: Records, count: int, at: int = NOON) -> None:
    with records.transaction() as connection:
        entries = [AuditEntry(ANN, "told", "room B101", {}, {"Tür": (n, "\u2028 \x7f\n")}) for n in range(count)]
        audit.append(connection, at, entries)


def anchor(records: Records) -> None:
    with records.transaction() as connection:
        mark = audit.head(connection)
        told = anchors.statement("demo", NOON, mark)
        anchors.key_made(connection, NOON, public_pem(KEY), "here")
        anchors.add(connection, NOON, Kind.MAIL, mark, "qa@site.example", told, KEY.sign(told.encode()))


def exported(records: Records, folder: Path, start: int | None = None, end: int | None = None) -> Path:
    target = io.BytesIO()
    with records.reading() as connection:
        audit_export.write(connection, target, "demo", NOON, "ann", (start, end), KEY.sign)
    with ZipFile(target) as package:
        package.extractall(folder)
    return folder


def verified(folder: Path) -> tuple[int, list[str]]:
    """The script as an inspector runs it, with nothing of ours in reach."""
    run = [sys.executable, "-I", "verify_audit.py"]
    done = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


@pytest.fixture
def package(records: Records, tmp_path: Path) -> Path:
    """Rows 1 to 4, an anchor of row 4, then 5 to 8."""
    write(records, 3)
    anchor(records)
    write(records, 2)
    return exported(records, tmp_path / "package")


def test_a_whole_package_verifies(package: Path) -> None:
    assert verified(package) == (0, ["rows up to 8, 1 anchors: whole"])


def test_the_script_is_short_enough_to_be_read(package: Path) -> None:
    script = (package / "verify_audit.py").read_text()
    assert len(script.splitlines()) <= 30
    imported = {line.split()[1] for line in script.splitlines() if line.startswith(("import", "from"))}
    assert imported <= sys.stdlib_module_names


def test_the_package_says_what_it_holds_and_by_whom(package: Path) -> None:
    readme = (package / "README.txt").read_text()
    assert "Site:     demo\n" in readme
    assert "by ann\n" in readme
    assert "Rows:     8, numbers 1 to 8\n" in readme
    head, signature = (package / "head.txt").read_bytes(), (package / "head.sig").read_bytes()
    assert anchors.signed_with([(package / "public-key-1.pem").read_text()], head, signature)


def changed(edit: Callable[[list[str]], object]) -> Callable[[Path], None]:
    def apply(package: Path) -> None:
        path = package / "audit.jsonl"
        lines = path.read_text().split("\n")[:-1]
        edit(lines)
        path.write_text("".join(line + "\n" for line in lines))

    return apply


def swap(lines: list[str]) -> None:
    lines[2], lines[3] = lines[3], lines[2]


def written_anew(lines: list[str]) -> None:
    """From row 3 on, by somebody who knows how."""
    previous = json.loads(lines[1])[7]
    for place in range(2, len(lines)):
        row = json.loads(lines[place])
        row[2], row[6] = "eve", previous
        previous = row[7] = chain.digest_of(row[:7])
        lines[place] = json.dumps(row, ensure_ascii=False)


TAMPERINGS: dict[str, tuple[Callable[[list[str]], object], str]] = {
    "altered": (lambda lines: lines.__setitem__(2, lines[2].replace('"ann"', '"eve"')), "row 3 was altered"),
    "missing": (lambda lines: lines.__delitem__(3), "row 5 stands after row 3"),
    "inserted": (lambda lines: lines.insert(2, lines[1]), "row 2 stands after row 2"),
    "moved": (swap, "row 4 stands after row 2"),
    "begun later": (lambda lines: lines.__delitem__(slice(0, 4)), "row 4 is not what anchor 1 says it was"),
    "ended earlier": (lambda lines: lines.pop(), "the export does not end as it was made, with row 8"),
    "written anew": (written_anew, "row 4 is not what anchor 1 says it was"),
}


@pytest.mark.parametrize("how", TAMPERINGS)
def test_a_package_that_was_changed_is_told(package: Path, how: str) -> None:
    edit, words = TAMPERINGS[how]
    changed(edit)(package)
    code, lines = verified(package)
    assert code == 1
    assert any(line.startswith(words) for line in lines), lines
    assert lines[-1].endswith("NOT WHOLE")


def test_a_period_is_exported_with_the_anchors_of_its_rows(records: Records, tmp_path: Path) -> None:
    write(records, 2)
    anchor(records)
    write(records, 2, NOON + 10)
    anchor(records)
    package = exported(records, tmp_path / "late", start=NOON + 10, end=NOON + 20)
    assert verified(package) == (0, ["rows up to 7, 1 anchors: whole"])
    assert [json.loads(line)[0] for line in (package / "audit.jsonl").read_text().split("\n")[:-1]] == [6, 7]
    with pytest.raises(NothingToExportError, match="nothing to export"):
        exported(records, tmp_path / "never", start=NOON + 1000)


texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(texts, min_size=5, max_size=5))
def test_the_hash_of_a_row_is_that_of_its_json_as_python_writes_it(told: list[str]) -> None:
    content: list[int | str] = [7, NOON, *told]
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    assert chain.digest_of(content) == hashlib.sha256(plain.encode()).hexdigest()
