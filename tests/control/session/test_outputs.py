"""Commands about single outputs: switched off for recording, training and running, and their examples deleted."""

from __future__ import annotations

import msgspec
import pytest

from gesturesynth.control.commands import call
from gesturesynth.control.session.context import SessionContext
from gesturesynth.control.session.events import DeleteOutput, OutputMask, SwitchOutput
from gesturesynth.control.session.outputs import output_refusal, unrecorded_refusal
from gesturesynth.runtime.session_state import OutputsOff
from tests.support.session_events import answer, kinds, refused
from tests.support.session_harness import SessionHarness

MASKS: list[OutputMask] = ["record", "train", "run"]


@pytest.mark.parametrize("mask", MASKS)
def test_an_output_is_switched_off_and_on_and_shown(mask: OutputMask) -> None:
    world = SessionHarness()
    command = f"{mask}-output"
    assert kinds(world.submit(command, "level", False)) == [SwitchOutput]
    assert getattr(world.session.state.off, mask) == ("level",)
    assert "level" in world.session.state.off.text
    world.submit(command, "pitch")  # the other of the two
    assert getattr(world.session.state.off, mask) == ("level", "pitch")
    world.submit(command, "level")
    world.submit(command, "pitch", True)
    assert world.session.state.off.text == ""


@pytest.mark.parametrize("command", ["record-output", "train-output", "run-output", "delete-output"])
def test_an_output_that_is_not_there_is_refused_with_those_that_are(command: str) -> None:
    world = SessionHarness()
    text = "There is no output 'levle', did you mean 'level'? This preset has pitch, level."
    assert refused(world.submit(command, "levle")) == text
    assert refused(SessionHarness(outputs=False).submit(command, "level")) == "This preset has no outputs."


def test_an_output_that_follows_a_source_is_neither_recorded_nor_trained() -> None:
    call_of = {mask: call(f"{mask}-output", ["bend", False], "keyboard") for mask in MASKS}
    context = SessionContext(output_names=("pitch", "bend"), driven={"bend": "throw.progress"})
    text = "The output bend follows throw.progress and is not learned: it can be switched off for running alone."
    assert [output_refusal(call_of[mask], context) for mask in MASKS] == [text, text, ""]
    assert unrecorded_refusal("1", context) == ""
    off = msgspec.structs.replace(context, off=OutputsOff(record=("pitch",)))
    assert unrecorded_refusal("1", off).startswith("Every output is off")


def test_an_output_that_the_preset_does_not_have_any_more_can_be_switched_on() -> None:
    context = SessionContext(output_names=("pitch",), off=OutputsOff(run=("level",)))
    assert output_refusal(call("run-output", ["level", True], "keyboard"), context) == ""
    assert "There is no output 'level'" in output_refusal(call("record-output", ["level"], "keyboard"), context)


def test_no_take_is_recorded_of_which_every_output_is_off() -> None:
    world = SessionHarness(classes=("clap", "none"))
    world.submit("select", 1)
    world.submit("record-output", "pitch", False)
    world.submit("record-output", "level", False)
    assert "Every output is off for recording" in refused(world.submit("record"))
    assert "Every output is off for recording" in refused(world.submit("hold", True))
    world.submit("label", "clap")  # a class needs no output
    assert not answer(world.submit("record")).failed


def test_what_a_take_names_is_not_changed_while_it_is_recorded() -> None:
    world = SessionHarness()
    world.submit("select", 1)
    world.submit("hold", True)
    assert "Not during a take" in refused(world.submit("record-output", "pitch", False))
    assert not answer(world.submit("train-output", "pitch", False)).failed
    assert not answer(world.submit("run-output", "pitch", False)).failed


def test_a_model_that_is_not_there_yet_cannot_be_kept() -> None:
    world = SessionHarness(trained="")
    assert not answer(world.submit("train-output", "pitch", False)).failed  # nothing was taught of it
    world.takes.append("1")
    world.set_context()
    assert "There is no model yet that level could keep" in refused(world.submit("train-output", "level", False))


def test_the_examples_of_an_output_are_deleted_after_a_question() -> None:
    world = SessionHarness()
    assert "No take names level" in refused(world.submit("delete-output", "level"))
    world.takes += ["1", "2"]
    world.set_context()
    events = world.submit("delete-output", "level")
    assert answer(events).text == (
        "Delete the examples of level in all 2 takes that name it? Again within 3 s means yes."
    )
    assert kinds(events) == []
    assert kinds(world.submit("delete-output", "level")) == [DeleteOutput]


def test_the_examples_of_another_output_are_not_deleted_by_a_yes() -> None:
    world = SessionHarness()
    world.takes.append("1")
    world.set_context()
    world.submit("delete-output", "level")
    events = world.submit("delete-output", "pitch")
    assert kinds(events) == []
    assert answer(events).text.startswith("Delete the examples of pitch")
