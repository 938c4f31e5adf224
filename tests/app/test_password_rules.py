"""Passwords that are refused, and such as are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sign_in.password_rules import problem
from app.sign_in.rules import SignInRules

RULES = SignInRules()
NAMES = ("m.keller", "Mara Keller", "Suite B, Building 2")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("only eleven", "At least 12"),
        ("x" * 50 + "abcdef" * 20, "At most 128"),
        ("aabbaabbaabb", "too easy"),
        ("abcdefghijklmn", "too easy"),
        ("0987654321098", "too easy"),
        ("qwertzuiopas", "too easy"),
        ("password1234", "many people"),
        ("Passw0rd!2026", "many people"),
        ("2026-dragon-2026", "many people"),
        ("dragondragon", "many people"),
        ("m0nk3y123456", "many people"),
        ("1qaz2wsx3edc", "many people"),
        ("keller likes cake", "Mara Keller"),
        ("my suite is fine", "Suite B, Building 2"),
    ],
)
def test_what_is_easy_to_guess_is_refused_with_the_reason(password: str, why: str) -> None:
    words = problem(RULES, password, names=NAMES)
    assert words is not None
    assert why in words or why in words.replace("“", "").replace("m.keller", "Mara Keller")


@pytest.mark.parametrize(
    "password",
    [
        "three grey tiles",
        "twelve silent filters",
        "zK4#pq9!Lm2x",
        "Luft strömt leise",
        "grey is good",
        "空気は静かに流れるものですよ",
    ],
)
def test_words_in_a_row_and_anything_else_that_is_long_are_taken(password: str) -> None:
    assert problem(RULES, password, names=NAMES) is None


@given(st.text(max_size=200))
def test_whatever_is_typed_gets_an_answer(password: str) -> None:
    words = problem(RULES, password, names=NAMES)
    assert words is None or words.endswith((".", "in it."))
    assert len(password) >= RULES.shortest or words is not None
