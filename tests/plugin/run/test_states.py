"""A session is in one state at a time, and only some states may follow it."""

from __future__ import annotations

import pytest

pytest.importorskip("napari")

from napari_mmfusion.plugin.run.states import FOLLOWING, State, StateMachine


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", State)
def test_only_states_that_may_follow_are_entered(before, after):
    machine = StateMachine()
    machine.state = before
    if after in FOLLOWING[before]:
        machine.enter(after)
        assert machine.state is after
    else:
        with pytest.raises(AssertionError, match="cannot go"):
            machine.enter(after)
        assert machine.state is before


@pytest.mark.gui
def test_a_session_goes_through_all_states_and_back(dock, run_and_wait):
    seen = [dock.session.state]
    for signal in ("started", "ended", "finished"):
        getattr(dock.session, signal).connect(
            lambda *_: seen.append(dock.session.state), check_nargs=False
        )
    run_and_wait(dock)
    seen.append(dock.session.state)
    assert seen == [
        State.IDLE,
        State.COMPUTING,
        State.CONCLUDING,
        State.UNSETTLED,
        State.IDLE,
    ]
