"""What each shift on call had to bear."""

from alerts.answers import Answer
from alerts.shifts import Shift, shifts
from facility.instants import DAY, HOUR, MINUTE
from facility.on_call import Duty


def test_messages_and_answers_are_counted_for_the_person_in_the_shift() -> None:
    duties = {"qa": [Duty(0, DAY, "ann"), Duty(DAY, 2 * DAY, "ben"), Duty(2 * DAY, 3 * DAY, None)]}
    messages = [("ann", HOUR), ("ann", DAY), ("ben", DAY), ("ben", DAY + HOUR), ("", DAY)]
    given = [Answer("ben", DAY + 2 * MINUTE, "a", 2 * MINUTE, "x"), Answer("ann", DAY + 1, "b", None, "y")]
    assert shifts(duties, messages, given) == [
        Shift("qa", "ben", DAY, 2 * DAY, 2, 1, 2 * MINUTE),
        Shift("qa", "ann", 0, DAY, 1, 0, None),
    ]


def test_a_person_who_answers_outside_of_a_shift_is_not_counted_in_one() -> None:
    assert shifts({"qa": [Duty(0, DAY, "ann")]}, [], [Answer("ann", DAY, "a", MINUTE, "x")])[0].answers == 0
