"""The fit that a preset needs, from own examples and factory examples."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from gesturesynth.config.preset import loader
from gesturesynth.config.preset.model import Preset
from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.features.catalogue import columns
from gesturesynth.mapping.examples.dataset import examples_from_rows, read_csv
from gesturesynth.mapping.examples.store import store_path
from gesturesynth.mapping.gestures.columns import GESTURE_FEATURES
from gesturesynth.mapping.gestures.takes import GestureTake
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.pipeline.example_library import ExampleLibrary
from gesturesynth.pipeline.fit_job import fit_job, untaught
from gesturesynth.pipeline.output_origins import output_origins
from tests.support.stored_takes import NOW, open_store, poses


def shipped(name: str) -> tuple[Preset, FittedMapping]:
    loaded = loader.load(paths.presets_dir() / f"{name}.yaml")
    return loaded, fit(fit_job(loaded))


def test_a_preset_without_classes_ignores_those_of_the_examples(tmp_path: Path) -> None:
    theremin, _ = shipped("theremin")
    lines = theremin.examples_path.read_text().splitlines()
    examples = tmp_path / "examples.csv"
    examples.write_text("\n".join([lines[0], *(line.replace(",,", ",wave,", 1) for line in lines[1:])]) + "\n")
    mapping = fit(fit_job(theremin, read_csv(examples)))
    assert mapping.classifier is None


def test_factory_examples_stay_for_outputs_without_own_examples() -> None:
    theremin, whole = shipped("theremin")
    factory = read_csv(theremin.examples_path)
    level = factory.outputs.index("level")
    own = dataclasses.replace(factory, Y=np.where(np.arange(3) == level, -28.0, np.full_like(factory.Y, np.nan)))
    mapping = fit(fit_job(theremin, own))
    assert [model.outputs for model in mapping.models] == [(0, 2), (1,)]
    for row in factory.X[::10]:
        before, after = whole.predict(row), mapping.predict(row)
        assert after[level] == pytest.approx(0.0, abs=1e-6)
        np.testing.assert_allclose(np.delete(after, level), np.delete(before, level), atol=0.05)
        np.testing.assert_array_equal(mapping.output_confidences(row), [1.0, 1.0, 1.0])


def test_one_own_class_is_added_to_those_of_the_factory() -> None:
    drums, whole = shipped("drums")
    factory = read_csv(drums.examples_path)
    assert whole.classifier is not None
    kicks = factory.rows(np.asarray(factory.labels == "kick", dtype=np.bool_))
    own = dataclasses.replace(kicks, X=kicks.X + 0.2, Y=np.full_like(kicks.Y, np.nan))
    job = fit_job(drums, own)
    mapping = fit(job)
    assert mapping.classifier is not None
    assert mapping.classifier.classes == whole.classifier.classes
    assert sum(label == "kick" for label in job.labels) == len(kicks)


def test_examples_that_cannot_be_read_are_an_error(tmp_path: Path) -> None:
    theremin, _ = shipped("theremin")
    with pytest.raises(UserError, match="the examples cannot be read: File name too long"):
        fit_job(dataclasses.replace(theremin, path=tmp_path / ("a" * 300 + ".yaml")))


def test_factory_examples_stay_for_what_was_not_taught() -> None:
    drums = loader.load(paths.presets_dir() / "drums.yaml")
    factory = read_csv(drums.examples_path)
    whole = fit_job(drums)
    assert np.isfinite(whole.positions.view).all(axis=1).any()
    only_outputs = dataclasses.replace(factory, labels=np.full_like(factory.labels, ""), X=factory.X + 0.1)
    only_classes = dataclasses.replace(factory, Y=np.full_like(factory.Y, np.nan), X=factory.X + 0.1)
    for own, keeps_labels in ((only_outputs, False), (only_classes, True)):
        job = fit_job(drums, own)
        labelled = np.array([label != "" for label in job.labels])
        sounding = np.isfinite(job.positions.view).all(axis=1)
        shifted = np.arange(len(labelled)) < len(own)
        assert set(job.labels) - {""} == set(whole.labels) - {""}
        assert (shifted[labelled] == keeps_labels).all(), "each thing is taught by the one or by the other, not by both"
        assert (shifted[sounding] != keeps_labels).all()
        assert not set(np.array(job.takes)[shifted]) & set(np.array(job.takes)[~shifted])
    both = fit_job(drums, factory)
    assert len(both.labels) == len(factory)


def test_what_no_take_has_taught_is_said_with_what_it_plays() -> None:
    theremin, _ = shipped("theremin")
    factory = read_csv(theremin.examples_path)
    pitch = np.where(np.array(factory.outputs) == "pitch", factory.Y, np.nan)
    own = dataclasses.replace(factory, Y=pitch)
    job = fit_job(theremin, own)
    assert untaught(theremin, job, own) == "level, timbre play their factory examples"
    assert output_origins(theremin, fit(job), {"pitch"}) == {"pitch": "taught", "level": "factory", "timbre": "factory"}
    assert untaught(theremin, fit_job(theremin)) == ""  # nothing was taught here: all of it is the factory's

    alone = dataclasses.replace(theremin, path=theremin.path.with_name("no-such-file.yaml"))
    job = fit_job(alone, own)
    assert untaught(alone, job, own).startswith("level, timbre have not been taught: they stay ")
    assert output_origins(alone, fit(job), {"pitch"}) == {"pitch": "taught", "level": "untaught", "timbre": "untaught"}
    assert output_origins(alone, None, ()) == {}


def test_each_output_is_fitted_as_the_preset_says(tmp_path: Path) -> None:
    theremin, _ = shipped("theremin")
    text = theremin.path.read_text().replace(
        "to: theremin.level,", "to: theremin.level, features: [left_wrist.height],"
    )
    text = text.replace("to: theremin.timbre,", "to: theremin.timbre, model: ridge,")
    changed = dataclasses.replace(loader.loads(text, tmp_path / "a.yaml"), path=theremin.path)
    mapping = fit(fit_job(changed))
    assert mapping.describe() == "linear rbf and ridge (timbre), 100 examples; level from left_wrist.height"
    moved = np.array([0.1, -0.2, 0.7])
    level = [mapping.predict(np.array([x, -0.2, y]))[1] for x, y in ((0.1, 0.7), (5.0, -3.0))]
    assert level[0] == level[1] == mapping.predict(moved)[1]


def test_an_output_whose_own_features_no_take_shows_plays_its_factory_examples(tmp_path: Path) -> None:
    theremin, _ = shipped("theremin")
    text = theremin.path.read_text()
    text = text.replace("to: theremin.level,", "to: theremin.level, features: [left_wrist.height],")
    changed = dataclasses.replace(loader.loads(text, tmp_path / "a.yaml"), path=theremin.path)
    own = read_csv(theremin.examples_path)
    unseen = np.where(np.array(own.columns) == "left_wrist.height", np.nan, own.X)
    own = dataclasses.replace(own, X=unseen)
    job = fit_job(changed, own)
    assert "level plays its factory examples" in untaught(changed, job, own)
    assert all(confidence > 0.0 for confidence in fit(job).output_confidences(read_csv(theremin.examples_path).X[0]))


def test_takes_of_gestures_teach_no_class_and_no_output(tmp_path: Path) -> None:
    text = (
        "name: x\nfeatures: [right_wrist.height, hands.distance]\noutputs: {pitch: {to: theremin.pitch}}\n"
        "classes: {up: , none: }\ngestures: {throw: }\n"
    )
    preset = loader.loads(text, tmp_path / "moved.yaml")
    with open_store(store_path(preset.key)) as store:
        store.add_take("1", {"pitch": 220.0}, "", poses(30))
        for label in ("throw", "up", "none"):
            store.add_take(label, {}, label, poses(30))
    library = ExampleLibrary(lambda: NOW)
    own = library.examples(preset)
    library.close()
    assert own is not None
    assert set(own.labels.tolist()) == {"", "up", "none"}
    assert len(own) == 90
    assert [take.name for take in own.gesture_takes] == ["throw", "none"], "what shows no class shows no gesture"
    job = fit_job(preset, own)
    assert job.gestures is not None
    assert len(job.gestures.takes) == 2
    assert set(job.labels) == {"", "up", "none"}


def test_gestures_are_fitted_where_nothing_else_was_taught(tmp_path: Path) -> None:
    text = "name: x\nfeatures: [lean]\noutputs: {pitch: {to: theremin.pitch}}\ngestures: {throw: , turn: }\n"
    preset = loader.loads(text, tmp_path / "moved.yaml")
    times = np.arange(60) / 30.0
    way = np.sin(np.pi * np.clip(times - 0.5, 0.0, 1.0))[:, None] ** 2
    take = GestureTake("throw", times, way * np.linspace(0.2, 1.0, len(GESTURE_FEATURES)), "take 1")
    nothing = examples_from_rows([], columns(preset.features), ["pitch"])
    with pytest.raises(UserError, match="has not been taught yet"):
        fit_job(preset, nothing)
    job = fit_job(preset, dataclasses.replace(nothing, gesture_takes=(take,)))
    said = untaught(preset, job)
    assert "no take shows the gesture turn" in said
    assert "has not been taught yet" in said
    mapping = fit(job)
    assert mapping.gestures is not None
    assert mapping.gestures.names == ("throw",)
    assert mapping.output_confidences(np.zeros(1)).tolist() == [0.0], "the output is idle"


def test_factory_takes_of_gestures_count_until_the_gesture_is_taught_here() -> None:
    moves, mapping = shipped("moves")
    assert mapping.gestures is not None
    assert sorted(mapping.gestures.names) == ["jack", "squat", "throw"]
    assert untaught(moves, fit_job(moves)) == ""
    times_s = np.arange(40) / 30.0
    bend = np.sin(np.pi * times_s / times_s[-1])[:, None] * np.ones(len(columns(moves.gesture_features)))
    nothing = examples_from_rows([], columns(moves.features), [])
    own = dataclasses.replace(nothing, gesture_takes=(GestureTake("jack", times_s, bend, "take 1"),))
    job = fit_job(moves, own)
    assert job.gestures is not None
    labels: dict[str, list[str]] = {}
    for take in job.gestures.takes:
        labels.setdefault(take.name, []).append(take.label)
    assert labels == {
        "throw": ["factory take 3"],
        "squat": ["factory take 4", "factory take 5"],
        "jack": ["take 1"],
    }
