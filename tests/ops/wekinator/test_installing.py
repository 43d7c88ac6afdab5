"""Projects of Wekinator become presets that are taught, and play."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.features.computed.definition import label
from gesturesynth.mapping.examples.store import ExampleStore, store_path
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.ops.wekinator.installing import install, read_project
from gesturesynth.pipeline.example_library import ExampleLibrary
from gesturesynth.pipeline.fit_job import fit_job
from tests.ops.wekinator.projects import HEAD, NUMBER, arff, output_config, write_gestures, write_project

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_inputs_outputs_models_and_examples_are_taken_over(tmp_path: Path) -> None:
    done = install(read_project(write_project(tmp_path / "project")), "", NOW)
    preset = loader.load(loader.find("my_project"))
    assert preset == done.preset
    assert (preset.name, [one.count for one in preset.inputs]) == ("My Project", [3])
    assert preset.wekinator
    assert (preset.wekinator.host, preset.wekinator.port) == ("localhost", 12001)
    pitch, steps, pad = preset.outputs
    assert [output.name for output in preset.outputs] == ["pitch_hz", "steps", "which_pad"]
    assert (pitch.ends, pitch.whole, steps.ends, steps.whole, pad.ends, pad.whole) == (
        *((-1.0, 1.0), False),
        *((1.0, 5.0), True),
        *((1.0, 3.0), True),
    )
    assert [[label(name) for name in output.features] for output in preset.outputs] == [
        [],
        ["wek.1", "wek.2"],
        ["wek.1", "wek.3"],
    ]
    assert (done.takes, done.rows) == (3, 13)
    with ExampleStore.open(store_path("my_project"), NOW) as store:
        assert [info.rows for info in store.takes()] == [6, 6, 1]
        assert store.sound(2) == {"pitch_hz": 0.5, "steps": 4.0, "which_pad": 3.0}
        assert store.sound(3) == {"which_pad": 3.0}
        assert store.poses(1)[1][1].inputs == {"wek": (0.21, 100.0, 0.5)}


def test_what_was_taken_over_can_be_fitted(tmp_path: Path) -> None:
    install(read_project(write_project(tmp_path / "project")), "", NOW)
    preset = loader.load(loader.find("my_project"))
    library = ExampleLibrary(lambda: NOW)
    taught = library.taught(preset)
    library.close()
    assert taught.examples is not None
    fitted = fit(fit_job(preset, taught.examples))
    low = fitted.predict(np.array([0.22, 100.0, 0.5]))
    high = fitted.predict(np.array([0.82, 400.0, 0.5]))
    values = [[o.value(float(at)) for o, at in zip(preset.played_outputs(), one, strict=True)] for one in (low, high)]
    assert values[0] == pytest.approx([-0.5, 2, 1], abs=0.01)
    assert values[1] == pytest.approx([0.5, 4, 3], abs=0.01)


def test_gestures_are_taken_over_as_movements(tmp_path: Path) -> None:
    done = install(read_project(write_gestures(tmp_path / "Moves"), 20.0), "moves", NOW)
    assert list(done.preset.gestures) == ["wave", "move_2"]
    with ExampleStore.open(store_path("moves"), NOW) as store:
        takes = store.gesture_takes(["wave", "move_2"], done.preset.gesture_features, None)
    assert [take.name for take in takes] == ["wave", "wave", "move_2"]
    assert takes[0].times_s[-1] == pytest.approx(1.0)
    assert takes[2].features[0].tolist() == [1.0, 0.5]


def test_outputs_that_moved_while_they_were_recorded_move_in_one_take(tmp_path: Path) -> None:
    folder = write_project(tmp_path / "project")
    number = NUMBER.format(name="a", low="0.0", high="1.0", kind="REAL", limit="HARD")
    (folder / "outputConfig.xml").write_text(output_config(number, host="studio.local"))
    rows = [f"1,{n / 20:g},0,0,{n / 20:g}" for n in range(21)]
    (folder / "current" / "currentData.arff").write_text(arff(rows, ["a numeric"]))
    done = install(read_project(folder), "moving", NOW)
    assert (done.takes, done.rows) == (1, 21)
    assert any("studio.local" in note for note in done.notes)
    with ExampleStore.open(store_path("moving"), NOW) as store:
        examples = store.examples(done.preset.features, ["a"], None)
    assert examples.Y[:, 0].tolist() == pytest.approx([n / 20 for n in range(21)])


def test_nothing_is_overwritten_and_nothing_is_written_by_half(tmp_path: Path) -> None:
    project = read_project(write_project(tmp_path / "project"))
    install(project, "", NOW)
    before = loader.find("my_project").read_text()
    with pytest.raises(UserError, match="exists already and is not overwritten"):
        install(project, "", NOW)
    assert loader.find("my_project").read_text() == before
    loader.find("my_project").unlink()
    with pytest.raises(UserError, match="there are takes of a preset 'my_project' already"):
        install(project, "", NOW)
    with pytest.raises(UserError):
        install(project, "../outside", NOW)
    assert not list(paths.config_dir().rglob("*outside*"))


def test_a_project_without_recordings_is_a_preset_without_takes(tmp_path: Path) -> None:
    folder = write_project(tmp_path / "project")
    (folder / "current" / "currentData.arff").unlink()
    (folder / "current" / "models" / "model1.xml").write_bytes(b"\xac\xed\x00\x05sr")
    done = install(read_project(folder / "My Project.wekproj"), "", NOW)
    assert done.takes == 0
    assert any("there are no examples" in note for note in done.notes)
    assert any("All inputs move 'steps'" in note for note in done.notes)


def test_names_ranges_and_numbers_of_any_kind_are_taken_over(tmp_path: Path) -> None:
    folder = write_project(tmp_path / "project")
    (folder / "My Project.wekproj").write_text(
        f"{HEAD}<WekinatorFileData><projectName>\U0001f30a 海</projectName></WekinatorFileData>", encoding="utf-8"
    )
    outputs = [
        NUMBER.format(name="narrow \U0001f600", low="0.1", high="0.10000000001", kind="REAL", limit="HARD"),
        NUMBER.format(name="steps", low="0.5", high="4.5", kind="INTEGER", limit="HARD"),
    ]
    (folder / "outputConfig.xml").write_text(output_config(*outputs), encoding="utf-8")
    rows = ["1,5e9,-1e308,0.5,0.1,1", "1,6e9,1e308,0.5,0.1,2"]
    columns = ["'narrow' numeric", "steps numeric"]
    (folder / "current" / "currentData.arff").write_text(arff(rows, columns))
    done = install(read_project(folder), "sea", NOW)
    assert done.preset.name == "\U0001f30a 海"
    assert [output.ends for output in done.preset.outputs] == [(0.1, 0.10000000001), (1.0, 4.0)]
    assert "ranges: [[999999999.5, 1000000000], [-1000000000, 1000000000], " in done.preset.path.read_text("utf-8")
    with ExampleStore.open(store_path("sea"), NOW) as store:
        assert [pose.inputs["wek"] for pose in store.poses(1)[1]] == [(5e9, -1e308, 0.5)]
