"""A clock that is set forward is followed, one that is set back is waited for; neither goes unnoticed."""

from hypothesis import given
from hypothesis import strategies as st

from facility.instants import HOUR, MINUTE, SECOND, Span
from facility.steady_clock import JUMP, Jump, SteadyClock

NOON = 1_795_348_800_000


class Machine:
    """A machine whose clock can be set."""

    def __init__(self) -> None:
        self.wall = NOON
        self.elapsed = 100.0
        self.jumps: list[Jump] = []
        self.clock = SteadyClock(lambda: self.wall, lambda: self.elapsed, self.jumps.append)

    def passes(self, span: Span) -> None:
        self.wall += span
        self.elapsed += span / 1000


def test_it_tells_the_machines_time() -> None:
    machine = Machine()
    machine.passes(90 * SECOND)
    assert machine.clock() == NOON + 90 * SECOND
    assert machine.jumps == [] and machine.clock.ahead == 0


def test_small_corrections_are_no_jump() -> None:
    machine = Machine()
    for correction in (500, -500, JUMP - 1, -JUMP + 1):
        machine.passes(SECOND)
        machine.wall += correction
        machine.clock()
    assert machine.jumps == []


def test_set_forward_it_goes_along_and_tells_before_the_new_time_is_told() -> None:
    machine = Machine()
    machine.passes(SECOND)
    machine.wall += HOUR
    assert machine.clock() == NOON + HOUR + SECOND
    assert machine.jumps == [Jump(NOON + SECOND, NOON + HOUR + SECOND)]
    assert machine.clock() == NOON + HOUR + SECOND and len(machine.jumps) == 1


def test_set_back_an_hour_it_goes_on_a_tenth_slower_until_the_machine_has_caught_up() -> None:
    machine = Machine()
    machine.wall -= HOUR
    assert machine.clock() == NOON
    assert [jump.span for jump in machine.jumps] == [-HOUR]
    machine.passes(10 * MINUTE)
    assert machine.clock() == NOON + 9 * MINUTE
    assert machine.clock.ahead == 59 * MINUTE
    machine.passes(9 * HOUR + 49 * MINUTE)
    assert 0 < machine.clock.ahead <= MINUTE
    machine.passes(2 * MINUTE * 10)
    assert machine.clock() == machine.wall and machine.clock.ahead == 0


def test_it_moves_on_while_ahead_however_often_it_is_asked() -> None:
    machine = Machine()
    machine.wall -= HOUR
    for _ in range(1000):
        machine.passes(1)
        machine.clock()
    assert NOON + 899 <= machine.clock() <= NOON + 900


def test_a_machine_that_starts_with_its_clock_behind_what_is_on_record_goes_on_from_there() -> None:
    machine = Machine()
    machine.clock.begin_after(NOON + MINUTE)
    assert machine.clock() == NOON + MINUTE
    assert machine.jumps == [Jump(NOON + MINUTE, NOON)]
    machine.clock.begin_after(NOON)
    assert len(machine.jumps) == 1


def test_a_thread_that_was_put_aside_between_two_reads_is_not_taken_for_a_jump() -> None:
    elapsed = iter([0.0, 0.0, 1.0, 8.0, 9.0, 9.0, 9.0])
    wall = iter([NOON, NOON + 8 * SECOND, NOON + 9 * SECOND, NOON + 9 * SECOND])
    jumps: list[Jump] = []
    clock = SteadyClock(lambda: next(wall), lambda: next(elapsed), jumps.append)
    assert clock() == NOON + 9 * SECOND
    assert jumps == []


@given(st.lists(st.tuples(st.integers(0, 2 * HOUR), st.integers(-2 * HOUR, 2 * HOUR)), max_size=30))
def test_it_never_goes_back_and_never_stands_still(steps: list[tuple[Span, Span]]) -> None:
    machine = Machine()
    before = machine.clock()
    for passed, moved in steps:
        machine.passes(passed)
        machine.wall += moved
        now = machine.clock()
        assert now - before >= passed * 0.9 - 1
        assert now >= machine.wall
        before = now
