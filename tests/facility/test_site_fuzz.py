"""Whatever stands in a site file: it becomes a site or a list of mistakes, and nothing else happens."""

import random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from facility.site import Site
from facility.site_errors import SiteFileError
from facility.site_file import parse_site
from tests.facility.sites import SMALL

WORDS = [
    "", "null", "~", "[]", "{}", "[a, b]", "{a: b}", "0", "-1", "1e400", ".nan", "9" * 400, "true", "A", "N1", "N2",
    "Z1", "outside", "never", "60 s", "999999999 d", "2030-03-14", "annex1", "iso14644", "particles", "'\\ud800'",
    '"\\ud800"', "!!int x", "!!binary eA==", "&x y", "*x", "<<", "? x", "- a", "#", "|", ">", "%", "\t", "µ", "\x00",
]  # fmt: skip
LINES = SMALL.splitlines()


def outcome(text: str) -> Site | SiteFileError:
    try:
        return parse_site(text, "fuzz.yaml")
    except SiteFileError as error:
        assert error.problems
        lines = text.count("\n") + text.count("\r") + text.count("\x85") + text.count("\u2028") + text.count("\u2029")
        assert all(1 <= problem.line <= lines + 2 for problem in error.problems)
        return error


@given(st.text())
@example("a: &a [*a]")
@example("? {a: b}\n: c")
@example("--- a\n--- b")
@example("- - - -")
def test_any_text_is_a_site_or_a_list_of_mistakes(text: str) -> None:
    outcome(text)


@settings(max_examples=150)
@given(st.integers(0, len(LINES) - 1), st.sampled_from(WORDS))
def test_any_value_in_any_place_is_a_site_or_a_list_of_mistakes(line: int, word: str) -> None:
    key, colon, _ = LINES[line].partition(": ")
    outcome("\n".join([*LINES[:line], f"{key}{colon or ' '}{word}", *LINES[line + 1 :]]))


@settings(max_examples=150)
@given(st.randoms(use_true_random=False), st.integers(1, 6))
def test_a_file_with_lines_mixed_up_is_a_site_or_a_list_of_mistakes(chance: random.Random, changes: int) -> None:
    lines = list(LINES)
    for _ in range(changes):
        taken = lines.pop(chance.randrange(len(lines)))
        if chance.random() < 0.7:
            lines.insert(chance.randrange(len(lines)), taken)
        if chance.random() < 0.3:
            words = taken.split(" ")
            words[chance.randrange(len(words))] = chance.choice(WORDS)
            lines.insert(chance.randrange(len(lines)), " ".join(words))
    outcome("\n".join(lines))
