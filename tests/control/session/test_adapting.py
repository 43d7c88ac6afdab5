"""The command `adapt`: on, off, the other of the two, and where there is nothing to adapt."""

from __future__ import annotations

from gesturesynth.control.session.events import Cue, SetAdapt
from tests.support.session_events import answer, refused
from tests.support.session_harness import SessionHarness


def test_it_is_switched_on_and_off() -> None:
    world = SessionHarness()
    for values, on in (((), True), ((True,), True), ((), False), ((False,), False)):
        events = world.submit("adapt", *values)
        assert SetAdapt(on) in events
        assert Cue("selected") in events
        assert answer(events).text.startswith("The taught range follows" if on else "The taught range stays")


def test_it_is_refused_where_no_feature_depends_on_reach() -> None:
    world = SessionHarness()
    world.adapts = None
    world.set_context()
    assert refused(world.submit("adapt", True)).startswith("No output of this preset is learnt by a feature that limbs")
