"""Probabilities of classes as readings: smooth, 0 without a person, and followed by outputs."""

from __future__ import annotations

import numpy as np
import pytest

from gesturesynth.features.catalogue import columns
from gesturesynth.features.extractor import FeatureExtractor
from gesturesynth.mapping.class_gate import likeliest
from gesturesynth.mapping.class_probabilities import ClassProbabilities
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import make_job
from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.mapping.mapper import Mapper
from tests.support.stick_figure import body

FEATURES = ["right_wrist.height", "left_wrist.height"]
FRAME = (640, 480)


def test_they_glide_to_what_the_classifier_says_and_to_0_when_no_person_is_in_view() -> None:
    probabilities = ClassProbabilities()
    probabilities.readings(0.0)
    probabilities.aim({"up": 0.9, "none": 0.1})
    values = [probabilities.readings(number / 60)["up.probability"] for number in range(1, 31)]
    assert np.diff(values, prepend=0.0).max() < 0.25
    assert values[-1] == pytest.approx(0.9, abs=0.01)
    probabilities.leave()
    values = [probabilities.readings(0.5 + number / 60)["up.probability"] for number in range(1, 31)]
    assert np.diff(values).min() > -0.25
    assert values[-1] == pytest.approx(0.0, abs=0.01)


def test_a_class_that_the_model_does_not_know_has_no_reading() -> None:
    probabilities = ClassProbabilities()
    probabilities.aim({"up": 0.9})
    probabilities.aim({"down": 0.5})
    assert set(probabilities.readings(1.0)) == {"down.probability"}


def taught() -> tuple[Mapper, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    """A mapper with an output that follows the class `up`, and a pose of that class."""
    random = np.random.default_rng(0)
    high, low = body(150.0).image_array(), body(20.0).image_array()
    outputs = [Output("level", 10.0, 20.0)]
    mapper = Mapper(FEATURES, outputs, None, driven={"level": "up.probability"})
    poses = [FeatureExtractor(FEATURES, None).extract(image, *FRAME, 0.0).values.copy() for image in (high, low)]
    rows = np.repeat(np.array(poses), 30, axis=0) + 0.01 * random.normal(size=(60, 2))
    labels, takes = np.repeat(["up", "none"], 30), np.repeat([1, 2], 30)
    names = tuple(columns(FEATURES))
    mapper.change_model(fit(make_job(Examples(names, rows, (), np.empty((60, 0)), labels, takes), names, ())), 0.0)
    return mapper, high


def test_an_output_follows_the_probability_of_its_class_and_falls_when_the_person_leaves() -> None:
    mapper, high = taught()
    frames = [mapper.process_pose(high, *FRAME, 0.1 + number / 30) for number in range(60)]
    assert frames[-1].probabilities["up"] > 0.9
    assert sum(frames[-1].probabilities.values()) == pytest.approx(1.0, abs=0.01)
    assert frames[-1].values[0] == pytest.approx(10.0 + 10.0 * frames[-1].probabilities["up"], abs=0.1)
    gone = [mapper.process_pose(None, *FRAME, 2.1 + number / 30) for number in range(60)]
    assert gone[-1].probabilities["up"] == pytest.approx(0.0, abs=0.01)
    told = [frame.probabilities["up"] for frame in (*frames, *gone)]
    assert np.abs(np.diff(told)).max() < 0.5
    assert gone[-1].values[0] == pytest.approx(10.0, abs=0.05)
    heard = [float(frame.values[0]) for frame in (*frames, *gone)]
    assert np.abs(np.diff(heard)).max() < 5.0


def test_the_class_that_is_entered_is_the_likeliest() -> None:
    mapper, high = taught()
    fired = [mapper.process_pose(high, *FRAME, 0.1 + number / 30).fired for number in range(30)]
    assert [classes for classes in fired if classes] == [("up",)]
    assert likeliest({"a": 0.2, "b": 0.7, "c": 0.1}) == ("b", 0.7)
    assert likeliest({}) == ("", 0.0)
