"""A new preset loads, follows the schema, and plays at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesturesynth.config.preset import loader
from gesturesynth.config.preset.loader import loads
from gesturesynth.config.preset.template import starter_examples, starter_preset
from gesturesynth.core.errors import UserError
from gesturesynth.features.catalogue import FEATURES
from gesturesynth.mapping.examples.dataset import write_csv
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.synthesis.instruments import catalogue
from tests.support.preset_texts import follows_schema


@pytest.mark.parametrize("kind", list(catalogue()))
def test_a_new_preset_loads_and_follows_the_schema(kind: str) -> None:
    text = starter_preset("Mine: 'first' #1", kind)
    piece = loads(text, "p.yaml")
    assert piece.name == "Mine: 'first' #1"
    assert piece.outputs[-1].to == f"{kind}.level"
    assert follows_schema(text)


@pytest.mark.parametrize("kind", ["theremin", "percussion"])
def test_a_new_preset_plays_at_once(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(starter_preset("Mine", kind))
    piece = loader.load(path)
    write_csv(starter_examples(piece), piece.examples_path)
    mapping = fit(fit_job(piece))

    def pose(*positions: float) -> np.ndarray[Any, np.dtype[np.float64]]:
        spans = [(FEATURES[name].low, FEATURES[name].high) for name in piece.features]
        return np.array([low + (high - low) * at for (low, high), at in zip(spans, positions, strict=True)])

    for positions in ((0.1, 0.5, 0.9), (0.5, 0.5, 0.5), (0.8, 0.2, 0.15)):
        assert mapping.confidence(pose(*positions)) == 1.0
        assert mapping.predict(pose(*positions)) == pytest.approx(positions, abs=0.03)
    if piece.classes:
        poses = {"kick": pose(1.0, 0.5, 0.0), "snare": pose(0.0, 0.5, 1.0), "none": pose(0.5, 0.5, 0.5)}
        for name, features in poses.items():
            assert mapping.classify(features)[0] == name
            assert mapping.classify(features)[1] > piece.classifier.confidence


@pytest.mark.parametrize("kind", list(catalogue()))
def test_a_new_preset_with_a_pitch_has_a_scale_behind_a_comment(kind: str) -> None:
    text = starter_preset("Mine", kind)
    piece = loads(text.replace("# scale:", "scale:"), "p.yaml")
    assert ("# scale:" in text) is bool(piece.pitches)
    assert (piece.scale is not None) is bool(piece.pitches)


@pytest.mark.parametrize("name", ["", "x" * 81, "a\x07", "\ud800"])
def test_a_new_preset_needs_a_name(name: str) -> None:
    with pytest.raises(UserError):
        starter_preset(name, "theremin")


def test_a_new_preset_needs_an_instrument() -> None:
    with pytest.raises(UserError, match="did you mean 'drone'"):
        starter_preset("x", "dronee")


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_name_that_is_accepted_is_kept(name: str) -> None:
    try:
        text = starter_preset(name, "theremin")
    except UserError:
        return
    assert loads(text, "p.yaml").name == " ".join(name.split())
