"""`predict`: from the settings, from the preset, and by the command while a piece plays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gesturesynth.conductor.piece_events import restore_predict
from gesturesynth.conductor.settings import ConductorSettings
from gesturesynth.config.preset import loader
from gesturesynth.config.settings.settings import loads
from gesturesynth.pipeline.running_preset import RunningPreset
from tests.support.conductor_harness import MIDDLE, ConductorHarness, own_preset

OWN = """name: Own
{predict}features: [right_wrist.height, left_wrist.height]
outputs:
  tone: {{to: theremin.pitch, range: [110, 1760]}}
snapshots: {{1: {{tone: 110}}, 2: {{tone: 1760}}}}
"""


@pytest.fixture
def own() -> Iterator[ConductorHarness]:
    with ConductorHarness(own_preset("own", OWN.format(predict="predict: 20 ms\n"))) as harness:
        harness.run_for(0.2, MIDDLE)
        yield harness


def test_a_command_changes_it_until_another_preset_plays(own: ConductorHarness) -> None:
    assert own.conductor.status().predict_ms == 20.0
    assert own.done("predict", 0.035) == "The sound follows the body as it will be in 35 ms."
    assert own.conductor.status().predict_ms == 35.0
    own_preset("own", OWN.format(predict="predict: 20 ms\n").replace("Own", "Edited"))
    own.until(lambda: own.preset_manager.piece.preset.name == "Edited", "the edited preset")
    assert own.conductor.status().predict_ms == 35.0, "what was chosen stays through an edit of something else"
    own_preset("own", OWN.format(predict="predict: 25 ms\n"))
    own.until(lambda: own.preset_manager.piece.preset.predict_s == 0.025, "the other edit")
    assert own.conductor.status().predict_ms == 25.0, "the file says something else now"
    assert own.done("predict", 0.0) == "The sound follows the body as it is seen."
    assert own.conductor.status().predict_ms == 0.0
    own.done("preset", "drone")
    own.until(lambda: own.preset_manager.piece.preset.key == "drone", "the drone")
    assert own.conductor.status().predict_ms == 0.0


def test_a_conductor_that_begins_again_predicts_as_a_command_said(own: ConductorHarness, tmp_path: Path) -> None:
    assert own.session_controller.choices.predict is None, "the preset says it"
    own.done("predict", 0.035)
    chosen = own.session_controller.choices.predict
    for text, expected_s in (("predict: 20 ms\n", 0.035), ("predict: 25 ms\n", 0.025), ("", 0.0)):
        piece = RunningPreset(loader.loads(OWN.format(predict=text), tmp_path / "own.yaml"))
        restore_predict(piece, chosen)
        assert piece.predict_s == expected_s, "what the file says now counts where it has changed"
        restore_predict(piece, None)
        assert piece.predict_s == expected_s


def test_the_preset_counts_before_the_settings(tmp_path: Path) -> None:
    chosen = ConductorSettings.from_settings(loads(b"predict: 40 ms\n", tmp_path / "gesturesynth.yaml"))
    assert chosen.predict_s == 0.04
    texts = {"": 0.04, "predict: 0\n": 0.0, "predict: 60 ms\n": 0.06}
    for text, expected in texts.items():
        preset = loader.loads(OWN.format(predict=text), tmp_path / "own.yaml")
        assert RunningPreset(preset, chosen.predict_s).predict_s == expected
    with pytest.raises(loader.PresetError, match=r"predict: .*0 to 60 ms"):
        loader.loads(OWN.format(predict="predict: 61 ms\n"), tmp_path / "own.yaml")
