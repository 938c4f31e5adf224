"""Every state of a change with every step: what follows, or that it may not be."""

import pytest

from facility.change_states import OPEN, ChangeState, Step, after, next_step

DRAFT, REVIEWED, APPROVED = ChangeState.DRAFT, ChangeState.REVIEWED, ChangeState.APPROVED
ENDS = {
    (state, step): end
    for state in (DRAFT, REVIEWED)
    for step, end in ((Step.WITHDRAW, ChangeState.WITHDRAWN), (Step.REFUSE, ChangeState.REFUSED))
} | {(APPROVED, Step.TAKE_BACK): ChangeState.WITHDRAWN}
ALLOWED = {
    True: ENDS | {(DRAFT, Step.REVIEW): REVIEWED, (REVIEWED, Step.PUT_IN_FORCE): APPROVED},
    False: ENDS | {(DRAFT, Step.PUT_IN_FORCE): APPROVED},
}


@pytest.mark.parametrize("controlled", [True, False])
@pytest.mark.parametrize("state", ChangeState)
@pytest.mark.parametrize("step", Step)
def test_a_step_leads_where_the_table_says_and_nowhere_else(state: ChangeState, step: Step, controlled: bool) -> None:
    assert after(state, step, controlled) is ALLOWED[controlled].get((state, step))


def test_what_is_open_can_always_go_on_or_end() -> None:
    for state in ChangeState:
        for controlled in (True, False):
            ends = [step for step in Step if after(state, step, controlled) is not None]
            assert bool(ends) == (state in OPEN or state is APPROVED)
    assert next_step(DRAFT, controlled=True) is Step.REVIEW
    assert next_step(REVIEWED, controlled=True) is Step.PUT_IN_FORCE
    assert next_step(DRAFT, controlled=False) is Step.PUT_IN_FORCE
    assert next_step(APPROVED, controlled=True) is None
