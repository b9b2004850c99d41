"""The life of a code."""

import pytest

from shellmark_trace import LIVE, SUSPICIONS, TRANSITIONS, States, Suspicion, TransitionError, check_transition


def test_every_state_and_suspicion_has_its_row() -> None:
    assert set(TRANSITIONS) == set(States)
    assert set(SUSPICIONS) == set(Suspicion)


def test_only_void_and_retired_end_a_life() -> None:
    ends = {state for state, after in TRANSITIONS.items() if not after}
    assert ends == {States.VOID, States.RETIRED}
    assert set(States) - LIVE == ends
    assert all(States.VOID in TRANSITIONS[state] for state in LIVE)


def test_every_state_can_be_reached_from_the_first() -> None:
    reached = {States.RESERVED}
    while more := {after for state in reached for after in TRANSITIONS[state]} - reached:
        reached |= more
    assert reached == set(States)


def test_no_code_is_printed_twice() -> None:
    def before(state: States) -> set[States]:
        return {one for one, after in TRANSITIONS.items() if state in after}

    assert before(States.RESERVED) == set()
    assert before(States.SENT) == {States.RESERVED}
    assert before(States.ACTIVE) == {States.SENT}


@pytest.mark.parametrize("before", list(States))
@pytest.mark.parametrize("after", list(States))
def test_a_step_is_allowed_or_refused_by_name(before: States, after: States) -> None:
    if after in TRANSITIONS[before]:
        assert check_transition(before, after) is after
    else:
        with pytest.raises(TransitionError, match=f"{before} cannot become {after}"):
            check_transition(before, after)
