"""Hands-free with a running conductor: a piece is taught with the body alone."""

from __future__ import annotations

import pytest

from gesturesynth.conductor.loop import TICK_S
from gesturesynth.control.session.targets import BUTTON
from gesturesynth.runtime.messages import Body, Pose
from tests.support.conductor_harness import HIGH, LOW, MIDDLE, RULES, ConductorHarness
from tests.support.stick_figure import body

pytestmark = pytest.mark.slow("a trainer process")

BUTTON_POSE = body(90.0, 165.0)
TAKE_S = RULES.countdown_s + RULES.take_s


def teach_button(harness: ConductorHarness, pose: Body = BUTTON_POSE) -> None:
    """Records a take of the pose, and waits until it is read."""
    harness.submit("hands-free")
    harness.run_for(TAKE_S + 2 * TICK_S, pose)
    harness.wait_until_idle()
    harness.run_for(1.0, MIDDLE)


def hold_and_take(harness: ConductorHarness, pose: Body) -> None:
    """Holds the pose of the button, then takes another for as long as it is recorded."""
    harness.run_for(2.2, BUTTON_POSE)
    assert harness.state.phase == "countdown"
    harness.run_for(TAKE_S, pose)
    harness.wait_until_idle()


def test_all_snapshots_are_taught_and_trained_without_a_key(harness: ConductorHarness) -> None:
    teach_button(harness)
    assert harness.state.hands_free == "ready"
    assert harness.state.takes == {BUTTON: 1}
    for number, pose in enumerate((LOW, MIDDLE, HIGH), 1):
        hold_and_take(harness, pose)
        assert harness.state.takes[str(number)] == 1
    assert harness.cue("trained") == 1
    for pose, pitch in ((LOW, 110.0), (MIDDLE, 440.0), (HIGH, 1760.0)):
        harness.run_for(1.5, pose)
        assert harness.values["pitch"] == pytest.approx(pitch, rel=0.06)
    with harness.stored() as store:
        rows = sum(info.rows for info in store.takes() if info.target != BUTTON)
    assert f"{rows} examples" in harness.preset_manager.model, "the take of the button teaches nothing else"


def test_while_nothing_is_held_nothing_is_recorded(harness: ConductorHarness) -> None:
    teach_button(harness)
    for _ in range(4):
        harness.run_for(1.8, BUTTON_POSE)
        harness.run_for(0.8, LOW)
    harness.run_for(8.0, HIGH)
    assert harness.state.takes == {BUTTON: 1}
    harness.done("hands-free", False)
    harness.run_for(3.0, BUTTON_POSE)
    assert harness.state.phase == "playing"


@pytest.mark.parametrize(
    ("pose", "said"), [(body(10.0, 10.0), "Hands that hang are no button"), (None, "no person could be seen")]
)
def test_a_pose_that_cannot_be_a_button_is_refused_with_a_sentence(
    harness: ConductorHarness, pose: Body | None, said: str
) -> None:
    harness.body = pose
    harness.submit("hands-free")
    harness.run_for(TAKE_S + 2 * TICK_S)
    harness.wait_until_idle()
    assert said in harness.state.message
    assert harness.state.hands_free == "off"
    assert harness.state.takes == {}


def test_with_its_take_the_button_is_gone_and_comes_back_with_it(harness: ConductorHarness) -> None:
    teach_button(harness)
    harness.done("undo")
    assert harness.state.hands_free == "off"
    harness.run_for(3.0, BUTTON_POSE)
    assert not harness.state.countdown_s
    harness.done("redo")
    harness.run_for(1.0, MIDDLE)
    harness.wait_until_idle()
    harness.run_for(2.5, BUTTON_POSE)
    assert harness.state.phase == "countdown"


def test_the_take_of_the_button_alone_leaves_the_factory_examples(harness: ConductorHarness) -> None:
    before = harness.preset_manager.model
    teach_button(harness)
    harness.train()
    assert harness.preset_manager.model == before


def test_who_still_holds_the_pose_that_was_just_taught_records_nothing(harness: ConductorHarness) -> None:
    harness.submit("hands-free")
    harness.run_for(TAKE_S + 6.0, BUTTON_POSE)
    harness.wait_until_idle()
    assert harness.state.takes == {BUTTON: 1}
    assert harness.state.phase == "playing"


def test_a_take_without_a_pose_is_no_button_and_it_is_said(harness: ConductorHarness) -> None:
    with harness.stored() as store:
        store.add_take(BUTTON, {}, "", [Pose(0.1 * number, number, 640, 480, (LOW,)) for number in range(20)])
    harness.run_for(2.0)
    harness.wait_until_idle()
    assert "Take 1 shows no pose that could be a record button" in harness.state.message
