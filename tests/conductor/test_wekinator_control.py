"""Wekinator's control messages, carried out by a conductor with its store and trainer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from gesturesynth.conductor.wekinator_files import save_copy
from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from tests.support.wekinator_sketch import Sketch


@pytest.fixture
def sketch() -> Iterator[Sketch]:
    made = Sketch()
    yield made
    made.close()


def test_a_whole_session(sketch: Sketch) -> None:
    harness = sketch.harness
    sketch.take((0.2, 0.2), 0.1, 0.9)
    sketch.take((0.8, 0.8), 0.7, 0.3)
    assert harness.state.takes == {"(set)": 2}
    sketch.control("train")
    harness.wait_until_idle()
    assert harness.preset_manager.model
    assert ("/wekinator/status/done-training", []) in sketch.heard()
    for numbers, values in (((0.2, 0.2), [0.1, 0.9]), ((0.8, 0.8), [0.7, 0.3])):
        sketch.play(*numbers, seconds=2.0)
        sketch.heard()
        sketch.play(*numbers)
        ((address, found),) = sketch.heard()
        assert address == "/wek/outputs"
        assert found == pytest.approx(values, abs=0.02)
    sketch.play(seconds=5.0)  # silence
    sketch.heard()
    sketch.play(0.2, 0.2)
    ((_, found),) = sketch.heard()
    assert found == pytest.approx([0.1, 0.9], abs=0.02), "the first message after it is answered as any other"
    sketch.control("stopRunning")
    sketch.heard()
    sketch.play(0.2, 0.2, seconds=0.2)
    assert sketch.heard() == []
    sketch.control("startRunning")
    sketch.play(0.2, 0.2)
    assert len(sketch.heard()) >= 1


def test_each_message_is_an_example_and_is_answered_also_several_in_one_tick(sketch: Sketch) -> None:
    sketch.control("outputs", 0.2, 0.4)
    sketch.control("startRecording")
    for number in range(40):
        sketch.burst(*((0.1 * place, 0.01 * number) for place in range(5)))
    sketch.control("stopRecording")
    sketch.harness.wait_until_idle()
    with sketch.harness.stored() as store:
        (info,) = store.takes()
        assert info.rows == 200
        examples = store.examples(sketch.harness.preset_manager.piece.preset.features, ["out_1"], None)
    assert sorted(set(examples.X[:, 0].round(3).tolist())) == [0.0, 0.1, 0.2, 0.3, 0.4]
    sketch.heard()
    sketch.burst((0.1, 0.1), (0.2, 0.2), (0.3, 0.3))
    assert [address for address, _ in sketch.heard()] == ["/wek/outputs"] * 3


def test_without_values_a_take_is_for_those_of_the_moment(sketch: Sketch) -> None:
    sketch.take((0.2, 0.2))
    with sketch.harness.stored() as store:
        (info,) = store.takes()
        assert store.sound(info.id) == pytest.approx({"out_1": 0.5, "out_2": 0.5})


def test_examples_are_deleted_without_a_question_and_can_be_brought_back(sketch: Sketch) -> None:
    sketch.take((0.2, 0.2), 0.1, 0.9)
    sketch.control("deleteExamplesForOutput", 2)
    with sketch.harness.stored() as store:
        assert store.sound(1) == pytest.approx({"out_1": 0.1})
    sketch.control("deleteAllExamples")
    assert not sketch.harness.state.takes
    sketch.harness.done("undo")
    assert sketch.harness.state.takes == {"(set)": 1}


def test_outputs_are_switched_for_recording_and_running(sketch: Sketch) -> None:
    sketch.control("disableModelRecording", 1)
    sketch.control("disableModelRunning", 1, 2)
    off = sketch.harness.state.off
    assert (off.record, off.run) == (("out_1",), ("out_1", "out_2"))
    sketch.control("enableModelRunning", 2)
    sketch.control("enableModelRecording", 1, 2)
    off = sketch.harness.state.off
    assert (off.record, off.run) == ((), ("out_1",))


def test_a_gesture_is_recorded_by_its_number(sketch: Sketch) -> None:
    sketch.control("startDtwRecording", 1)
    assert (sketch.harness.state.phase, sketch.harness.state.target) == ("recording", "throw")
    for step in range(40):
        sketch.play(step / 40, 0.5)
    sketch.control("stopDtwRecording")
    sketch.harness.body = None
    sketch.harness.wait_until_idle()
    assert sketch.harness.state.takes == {"throw": 1}


def test_a_gesture_that_was_performed_is_a_message_of_its_own(sketch: Sketch) -> None:
    def throw() -> None:
        sketch.play(0.1, 0.5, seconds=0.5)
        for step in range(45):
            sketch.play(0.1 + 0.8 * step / 45, 0.5 - 0.4 * (step / 45) ** 2)
        sketch.play(0.9, 0.1, seconds=0.5)

    for _ in range(2):
        sketch.control("startDtwRecording", 1)
        throw()
        sketch.control("stopDtwRecording")
        sketch.harness.body = None
        sketch.harness.wait_until_idle()
    sketch.control("train")
    sketch.harness.wait_until_idle()
    sketch.play(0.1, 0.5, seconds=1.0)
    sketch.heard()
    throw()
    assert [message for message in sketch.heard() if message[0] != "/wek/outputs"] == [("/output_1", [])]
    sketch.control("stopRunning")
    throw()
    assert not [message for message in sketch.heard() if message[0].startswith("/output_")]


def test_what_cannot_be_done_is_a_line_of_the_log(sketch: Sketch, capsys: pytest.CaptureFixture[str]) -> None:
    for name, *values in (
        ("setInputNames", 1),
        ("cancelTrain",),
        ("outputs", 1),
        ("disableModelRunning", 9),
        ("sing",),
    ):
        sketch.control(str(name), *map(float, values))
    sketch.control("stopRecording")
    lines = capsys.readouterr().out
    for sentence in (
        "a name for each of the 2 inputs",
        "no training is under way",
        "each of the 2 outputs",
        "from 1 to 2",
    ):
        assert sentence in lines
    assert lines.count("message refused") == 5
    assert "There is nothing to let go" in lines


def test_names_are_kept_in_the_preset(sketch: Sketch) -> None:
    sketch.control("setInputNames", "x", "y of the hand")
    sketch.control("setOutputNames", "left", "rechts: ü")
    sketch.harness.wait_until_idle()
    entry = yaml.safe_load(sketch.file.read_text())["wekinator"]
    assert (entry["input_names"], entry["output_names"]) == (["x", "y of the hand"], ["left", "rechts: ü"])
    before = sketch.file.read_text()
    sketch.control("setInputNames", "x", "a\nb")
    sketch.harness.wait_until_idle()
    assert sketch.file.read_text() == before
    assert not sketch.harness.preset_manager.edited


def test_an_output_is_moved_by_the_inputs_that_are_selected_for_it(sketch: Sketch) -> None:
    sketch.take((0.2, 0.2), 0.1, 0.9)
    sketch.take((0.8, 0.8), 0.7, 0.3)
    sketch.control("train")
    sketch.harness.wait_until_idle()
    sketch.control("selectInputsForOutput", 2, 1)
    sketch.harness.wait_until_idle()
    assert yaml.safe_load(sketch.file.read_text())["outputs"] == {"out_2": {"features": ["wek.1"]}}
    sketch.play(0.2, 0.2, seconds=2.0)
    sketch.heard()
    sketch.play(0.2, 0.8, seconds=2.0)
    (*_, (_, (first, second))) = sketch.heard()
    assert second == pytest.approx(0.9, abs=0.02)
    assert 0.2 < first < 0.6


def test_a_model_is_saved_with_its_takes_and_loaded_again(sketch: Sketch) -> None:
    sketch.take((0.2, 0.2), 0.1, 0.9)
    sketch.control("saveModelToFile", 1, "/tmp/models/Evening.xml")
    saved = sketch.file.with_name("evening.yaml")
    assert saved.read_text() == sketch.file.read_text()
    sketch.control("deleteAllExamples")
    sketch.control("saveModelToFile", 1, "evening")  # is there, and stays as it is
    sketch.control("loadModelFromFile", 1, "/tmp/models/Evening.xml")
    sketch.harness.wait_until_idle()
    assert sketch.harness.preset_manager.piece.preset.path == saved
    assert sketch.harness.state.takes == {"(set)": 1}
    assert not Path("/tmp/models").exists()


def test_a_new_project_is_a_preset_of_the_same_size(sketch: Sketch) -> None:
    sketch.control("runNewProject", "/home/me/Next.wekproj")
    sketch.harness.wait_until_idle()
    preset = sketch.harness.preset_manager.piece.preset
    assert preset.path == sketch.file.with_name("next.yaml")
    assert (preset.inputs[0].count, len(preset.outputs)) == (2, 2)
    assert preset.obeys_wekinator
    sketch.control("runNewProject", "placed")
    sketch.harness.wait_until_idle()
    assert sketch.harness.preset_manager.piece.preset.path == sketch.file


def test_in_performance_mode_nothing_that_was_taught_changes(sketch: Sketch) -> None:
    sketch.take((0.2, 0.2), 0.1, 0.9)
    text = sketch.file.read_text()
    sketch.control("enablePerformanceMode")
    for name, values in (
        ("startRecording", ()),
        ("startDtwRecording", (1,)),
        ("deleteAllExamples", ()),
        ("deleteExamplesForOutput", (1,)),
        ("train", ()),
        ("setInputNames", ("x", "y")),
        ("setOutputNames", ("x", "y")),
        ("selectInputsForOutput", (1, 1)),
        ("loadModelFromFile", (1, "placed")),
    ):
        sketch.control(name, *values)
        assert (sketch.harness.state.phase, sketch.harness.state.training) == ("playing", False), name
    assert sketch.harness.state.takes == {"(set)": 1}
    assert sketch.file.read_text() == text
    sketch.control("disablePerformanceMode")
    sketch.control("deleteAllExamples")
    assert not sketch.harness.state.takes


def test_no_copy_hides_a_preset_of_the_same_name(sketch: Sketch, capsys: pytest.CaptureFixture[str]) -> None:
    sketch.control("saveModelToFile", 1, "vigil")
    assert "would be hidden" in capsys.readouterr().out
    assert not sketch.file.with_name("vigil.yaml").exists()


def test_a_copy_has_the_text_and_the_latents_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "piece.yaml"
    file.write_text(
        "name: Piece\nwekinator: {inputs: 2}\nlatent: {size: 2, snapshots: {1: 1, 2: w.txt}}\n"
        "words: {text: sea.txt, motion: wek.1}\n"
    )
    (tmp_path / "sea.txt").write_text("The sea is grey.")
    (tmp_path / "w.txt").write_text("1 2")
    folder = paths.config_dir() / "presets"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sea.txt").write_text("Another sea.")
    with pytest.raises(UserError, match=r"reads sea.txt, and .* is another file"):
        save_copy(loader.load(file), "second", datetime(2026, 3, 1, tzinfo=UTC))
    assert not (folder / "second.yaml").exists()
    (folder / "sea.txt").unlink()
    save_copy(loader.load(file), "second", datetime(2026, 3, 1, tzinfo=UTC))
    copied, piece = loader.load(folder / "second.yaml"), loader.load(file)
    assert (copied.words, copied.latent) == (piece.words, piece.latent)
