"""The text of a preset is edited while it plays: heard at once, kept by a command, and never over other changes."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gesturesynth.control.commands import COMMAND_LINE, call
from gesturesynth.core import paths
from gesturesynth.pipeline.edited_preset import COPY, NOT_KEPT
from gesturesynth.runtime.preset_reports import PresetTextReport, TextCheckReport
from tests.support.conductor_harness import ConductorHarness, own_preset
from tests.support.json_schema import valid
from tests.support.pieces import FREE_THEREMIN


@pytest.fixture
def file() -> Path:
    """A preset of one's own, with its examples and a comment."""
    made = own_preset("mine", "# My piece.\n" + FREE_THEREMIN.read_text(encoding="utf-8"))
    shutil.copy(FREE_THEREMIN.with_suffix(".csv"), made.with_suffix(".csv"))
    return made


@pytest.fixture
def playing(file: Path) -> Iterator[ConductorHarness]:
    with ConductorHarness(file) as harness:
        harness.wait_until_playing()
        yield harness


def requested(harness: ConductorHarness, name: str, *values: object) -> str:
    answers: list[tuple[bool, str, str]] = []
    harness.session_controller.requests.answer(call(name, values, COMMAND_LINE), lambda *answer: answers.append(answer))
    harness.until(lambda: bool(answers), "an answer")
    ((ok, text, report),) = answers
    assert ok, text
    return report


def text_report(harness: ConductorHarness) -> PresetTextReport:
    return msgspec.json.decode(requested(harness, "preset-text"), type=PresetTextReport)


def glide(harness: ConductorHarness, output: int = 0) -> float:
    return harness.sounds[-1].scene.glides_s[output]


def test_a_change_is_heard_without_a_fit_and_the_file_stays_as_it_is(playing: ConductorHarness, file: Path) -> None:
    before = file.read_bytes()
    fits = sum(event.event == "model fitted" for event in playing.preset_events)
    assert playing.done("change", "outputs.pitch.glide", "1.5 s") == "The edit plays; it is not kept yet."
    playing.until(lambda: glide(playing) == 1.5, "the edit to be heard")
    playing.wait_until_idle()
    assert playing.preset_manager.model, "the model goes on"
    assert sum(event.event == "model fitted" for event in playing.preset_events) == fits
    assert file.read_bytes() == before
    assert playing.conductor.status().edit.edited
    report = text_report(playing)
    assert report.edited
    assert not report.shipped
    assert report.text.startswith("# My piece.")
    assert report.values["outputs"]["pitch"]["glide"] == "1.5 s"
    assert not report.problems


def test_an_edit_that_changes_what_is_learnt_is_fitted(playing: ConductorHarness) -> None:
    fits = sum(event.event == "model fitted" for event in playing.preset_events)
    playing.done("change", "outputs.pitch.range", "[100, 1760]")
    playing.until(lambda: sum(event.event == "model fitted" for event in playing.preset_events) > fits, "another model")
    (pitch, *_) = playing.preset_manager.piece.preset.outputs
    assert (pitch.low, pitch.high) == (100.0, 1760.0)


def test_keep_writes_only_what_was_edited(playing: ConductorHarness, file: Path) -> None:
    file.chmod(0o640)
    before = file.read_text(encoding="utf-8").splitlines()
    playing.done("change", "outputs.pitch.glide", "1.5 s")
    playing.done("change", "idle.after", "7 s")
    assert playing.done("keep") == f"Kept in {file}."
    after = file.read_text(encoding="utf-8").splitlines()
    assert len(after) == len(before)
    assert sum(old != new for old, new in zip(before, after, strict=True)) == 2
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    playing.wait_until_idle()
    assert glide(playing) == 1.5
    assert not playing.conductor.status().edit.edited
    assert not text_report(playing).edited
    assert playing.refused("keep").startswith("There is nothing to keep")
    assert not (paths.runtime_dir() / "conductor" / COPY).exists()


def test_back_plays_the_file_again(playing: ConductorHarness, file: Path) -> None:
    first = glide(playing)
    playing.done("try", file.read_text(encoding="utf-8").replace("name: ", "name: Another "))
    playing.until(lambda: playing.sounds[-1].scene.preset.startswith("Another "), "the edit to play")
    playing.done("change", "outputs.pitch.glide", "1.5 s")
    playing.until(lambda: glide(playing) == 1.5, "the second edit")
    playing.done("back")
    playing.until(lambda: glide(playing) == first, "the file to play")
    assert not playing.sounds[-1].scene.preset.startswith("Another ")
    assert not playing.conductor.status().edit.edited
    assert playing.refused("back").startswith("There is no edit")


def test_a_wrong_text_gets_the_sentences_of_a_file_and_what_played_plays_on(
    playing: ConductorHarness, file: Path
) -> None:
    playing.done("change", "outputs.pitch.glide", "1.5 s")
    playing.until(lambda: glide(playing) == 1.5, "the edit to be heard")
    wrong = file.read_text(encoding="utf-8").replace("glide", "glyde", 1)
    sentence = playing.refused("try", wrong)
    assert f"{file}:" in sentence
    assert "did you mean 'glide'" in sentence
    check = msgspec.json.decode(requested(playing, "check-text", wrong), type=TextCheckReport)
    (problem,) = check.problems
    assert "glyde" in wrong.splitlines()[problem.line - 1][problem.column - 1 :]
    assert playing.refused("change", "outputs.pitch.range", "[1, 2").startswith("'[1, 2' is no value in YAML")
    assert "no path" in playing.refused("change", "..", "1")
    assert "must be" in playing.refused("change", "outputs.pitch.glide", "long") or glide(playing) == 1.5
    playing.run_for(0.5)
    assert glide(playing) == 1.5


def test_a_file_that_another_program_has_changed_is_not_overwritten(playing: ConductorHarness, file: Path) -> None:
    playing.done("change", "outputs.pitch.glide", "1.5 s")
    other = file.read_text(encoding="utf-8") + "# changed in an editor\n"
    file.write_text(other, encoding="utf-8")
    assert "was changed by another program" in playing.refused("keep")
    assert text_report(playing).file_changed
    assert file.read_text(encoding="utf-8") == other
    playing.done("back")
    playing.done("change", "outputs.pitch.glide", "2 s")
    playing.done("keep")
    assert file.read_text(encoding="utf-8").endswith("# changed in an editor\n")


def test_a_shipped_preset_is_kept_as_a_copy_of_ones_own_which_then_plays() -> None:
    shipped = paths.presets_dir() / "theremin.yaml"
    before = shipped.read_bytes()
    own = paths.config_dir() / "presets" / "theremin.yaml"
    with ConductorHarness(shipped) as harness:
        harness.wait_until_playing()
        assert text_report(harness).shipped
        harness.done("change", "idle.after", "9 s")
        assert str(own) in harness.done("keep")
        harness.wait_until_idle()
        assert shipped.read_bytes() == before
        assert "after: 9 s" in own.read_text(encoding="utf-8")
        assert own.with_suffix(".csv").read_bytes() == shipped.with_suffix(".csv").read_bytes()
        assert harness.preset_manager.piece.preset.path == own
        assert harness.preset_manager.model
        assert not text_report(harness).shipped
        harness.done("change", "idle.after", "8 s")
        assert harness.done("keep") == f"Kept in {own}."


def test_an_edit_that_was_not_kept_is_said_after_a_restart_and_when_another_preset_plays(
    playing: ConductorHarness, file: Path
) -> None:
    playing.done("change", "outputs.pitch.glide", "1.5 s")
    playing.close()
    with ConductorHarness(file) as again:
        again.wait_until_playing()
        assert glide(again) != 1.5
        left = paths.runtime_dir() / "conductor" / NOT_KEPT
        assert again.conductor.status().edit.note.count(str(left)) == 1
        again.done("try", left.read_text(encoding="utf-8"))
        again.until(lambda: glide(again) == 1.5, "the edit again")
        assert not again.conductor.status().edit.note
        again.done("preset", "drone")
        again.until(lambda: again.sounds[-1].scene.preset == "Ground", "another preset")
        again.until(lambda: bool(again.conductor.status().edit.note), "the note")
        assert not again.conductor.status().edit.edited
        assert again.refused("keep").startswith("There is nothing to keep")


def test_the_schema_is_that_of_the_documents(playing: ConductorHarness) -> None:
    schema: dict[str, Any] = json.loads(requested(playing, "preset-schema"))
    values = text_report(playing).values
    assert valid(values, schema, schema)
    assert not valid(values | {"model": "mpl"}, schema, schema)


@pytest.mark.parametrize("key", ["outputs.pitch.glide", "about"])
def test_a_key_is_removed_by_a_change_without_a_value(playing: ConductorHarness, key: str) -> None:
    *parents, last = key.split(".")
    before = text_report(playing).text
    playing.done("change", key)
    report = text_report(playing)
    values = report.values
    for step in parents:
        values = values[step]
    assert last not in values
    assert len(before) > len(report.text)
