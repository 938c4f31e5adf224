"""Passwords that were found in breaches, by a site's own list."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.sign_in.breached import BreachedPasswords, NotAListError


def line(password: str) -> str:
    return f"{hashlib.sha1(password.encode()).hexdigest().upper()}:{len(password)}"


def listed(file: Path, passwords: set[str], end: str = "\r\n") -> Path:
    """A file as it is published: sorted by hash, with Windows' ends of lines, and none behind the last."""
    file.write_bytes(end.join(sorted(map(line, passwords))).encode())
    return file


@settings(max_examples=60)
@given(st.sets(st.text("abc", max_size=4), min_size=1, max_size=80), st.text("abc", max_size=4), st.booleans())
def test_exactly_what_is_in_the_list_is_found(
    tmp_path_factory: pytest.TempPathFactory, passwords: set[str], other: str, windows: bool
) -> None:
    file = listed(tmp_path_factory.getbasetemp() / "breached.txt", passwords, "\r\n" if windows else "\n")
    found = BreachedPasswords(file)
    assert all(found.has(password) for password in passwords)
    assert found.has(other) is (other in passwords)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("password\n123456\n", "it says 'password'"),
        ("8846F7EAEE8FB117AD06BDD830B7586C:12\n", "it says '8846F7"),
        (f"{line('a')}\n" * 40 + "<html>\n", "it says '<html>'"),
        ("\n".join(sorted(map(line, "abcdefgh"), reverse=True)), "not sorted"),
    ],
    ids=["nothing", "passwords", "another kind of hash", "broken off", "by how often"],
)
def test_what_is_no_such_list_is_told_in_words(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "list.txt"
    file.write_text(text)
    with pytest.raises(NotAListError, match=why):
        BreachedPasswords(file)


def test_a_file_that_is_not_there_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(NotAListError, match="No such file"):
        BreachedPasswords(tmp_path / "nowhere.txt")
