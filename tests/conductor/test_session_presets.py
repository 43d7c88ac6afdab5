"""Changes of preset by a command."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from tests.support.conductor_harness import LOW, RULES, THEREMIN, UNTAUGHT, ConductorHarness, own_preset


def test_the_presets_go_round_in_their_order_past_one_that_is_broken(harness: ConductorHarness) -> None:
    own_preset("sing", UNTAUGHT)
    own_preset("sob", UNTAUGHT.replace("theremin.pitch", "theremin.pich"))
    own_preset("thing", UNTAUGHT)
    names = [entry.name for entry in loader.available()]
    place = names.index("theremin")
    assert names[place - 2 : place + 2] == ["sing", "sob", "theremin", "thing"]
    heard = []
    for _ in range(2):
        harness.done("previous")
        harness.wait_until_idle()
        heard.append((harness.preset_manager.piece.preset.key, harness.state.message_bad))
    assert heard == [("theremin", True), ("sing", False)], "the first is broken, the one before it is not"
    harness.submit("next")
    harness.submit("next")
    harness.submit("next")  # three keys are three presets, however fast
    harness.wait_until_idle()
    assert harness.preset_manager.piece.preset.key == "thing"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gesturesynth.core.paths.presets_dir", lambda: paths.config_dir() / "none")
        harness.done("next")
        harness.wait_until_idle()
        assert harness.preset_manager.piece.preset.key == "sing", "after the last comes the first"


def test_a_broken_preset_leaves_the_one_before_it_as_it_was(harness: ConductorHarness) -> None:
    own_preset("broken", UNTAUGHT.replace("theremin.pitch", "theremin.pich"))
    kept, model, since = harness.preset_manager.piece, harness.preset_manager.model, len(harness.preset_events)
    before = harness.values
    harness.done("preset", "broken")
    harness.until(lambda: harness.state.message_bad, "the error")
    assert "did you mean" in harness.state.message
    harness.run_for(2.0)
    harness.wait_until_idle()
    assert (harness.preset_manager.piece, harness.preset_manager.model) == (kept, model)
    assert harness.preset_manager.preset_error == ""
    assert harness.values == pytest.approx(before, rel=0.02)
    assert "did you mean" in harness.state.message, "no later message, such as that of a fit, replaces it"
    assert len(harness.preset_events) == since + 1
    assert "no preset 'thermin'" in answered_later(harness, "preset", "thermin")


def answered_later(harness: ConductorHarness, name: str, *values: object) -> str:
    """Gives a command that is looked into; what is said then."""
    harness.submit(name, *values)
    harness.wait_until_idle()
    return harness.state.message


def test_another_preset_has_its_own_takes_and_sounds(harness: ConductorHarness) -> None:
    own_preset("bare", UNTAUGHT)
    harness.done("select", 1)
    harness.take(LOW)
    harness.done("preset", "bare")
    harness.until(lambda: harness.preset_manager.piece.preset.key == "bare", "the other preset")
    assert "this preset has 1, 2" in harness.refused("select", 3), "not for one moment are they those of the former"
    harness.wait_until_idle()
    assert (harness.state.takes, harness.state.target, harness.state.held) == ({}, "", "")
    harness.done("preset", "theremin")
    harness.wait_until_idle()
    assert harness.state.takes == {"1": 1}
    assert "30 examples" in harness.preset_manager.model


def test_a_take_ends_with_its_preset() -> None:
    bare = own_preset("bare", UNTAUGHT)
    with ConductorHarness(THEREMIN, replace(RULES, take_s=600.0)) as harness:
        harness.wait_until_playing()
        harness.done("preset", str(bare))
        harness.submit("select", 1)
        harness.submit("record")
        harness.until(lambda: harness.preset_manager.piece.preset.key == "bare", "the other preset")
        harness.wait_until_idle()
        assert harness.state.phase == "playing"
        assert (harness.state.target, harness.state.held) == ("", "")
        assert harness.state.takes == {}
        harness.done("preset", "theremin")
        harness.wait_until_idle()
        assert harness.state.takes == {}


def test_a_change_of_preset_during_a_training_ends_the_training(
    harness: ConductorHarness,
) -> None:
    harness.done("train")
    harness.done("preset", "drone")
    harness.wait_until_idle()
    assert harness.preset_manager.piece.preset.key == "drone"
    assert not harness.state.training


def test_a_training_during_a_change_to_a_broken_preset_is_not_waited_for_for_ever(harness: ConductorHarness) -> None:
    own_preset("broken", UNTAUGHT.replace("theremin.pitch", "theremin.pich"))
    harness.submit("preset", "broken")
    harness.submit("train")
    harness.wait_until_idle()
    assert not harness.state.training
    harness.train()
    assert "Trained" in harness.state.message
