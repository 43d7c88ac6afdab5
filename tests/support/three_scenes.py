"""A small piece with three scenes, taught by hand: what it is, and its files in a folder of a test."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.config.preset import loader
from gesturesynth.features.catalogue import columns
from gesturesynth.features.extractor import FeatureExtractor
from gesturesynth.mapping.examples.dataset import Examples, examples_from_rows, write_csv
from tests.support.stick_figure import pose

TEXT: Final = """\
name: Three scenes
about: A drone, grains and attacks above one sea.
features: [right_wrist.height, left_wrist.height, hands.distance]
outputs:
  wave: {to: sea.nearness}
buses:
  hall: {kind: reverb}
instruments:
  sea: {level: -34, sends: {hall: -20 dB}}
classes:
  right: {scene: grains}
  left: {scene: attacks}
  both: {scene: next}
  none:
scenes:
  drone:
    outputs:
      ground: {to: drone.pitch, range: [55, 110]}
      drone_level: {to: drone.level, range: [-30, -12]}
    instruments:
      drone: {motion: 0.2, sends: {hall: -12 dB}}
    snapshots:
      1: {ground: 55, drone_level: -12, wave: 400}
      2: {ground: 110, drone_level: -20}
    idle: {ground: 60, drone_level: silence}
  grains:
    outputs:
      density: {to: granular.density}
      grains_level: {to: granular.level, range: [-30, -12]}
    snapshots:
      1: {density: 10, grains_level: -12}
    crossfade_in: 2 s
  attacks:
    outputs:
      note: {to: bells.pitch, range: [220, 880]}
    instruments:
      bells: {level: -12, rate: 4, pan: 0.3}
      sea: {level: -44}
    scale: A minor pentatonic
"""
OUTPUTS: Final = ("wave", "ground", "drone_level", "density", "grains_level", "note")


def three_scenes(folder: Path, more: str = "", text: str = TEXT) -> Path:
    """The file of the preset, with its factory examples beside it; `more` are keys that are added."""
    file = folder / "three.yaml"
    file.write_text(text + more)
    write_csv(examples(file), file.with_suffix(".csv"))
    return file


def examples(file: Path) -> Examples:
    """Arms at five heights each: each output rises with one of them, and raised arms are classes."""
    preset = loader.load(file)
    outputs = {output.name: output for output in preset.mapping_outputs()}
    rows: list[tuple[int, str, NDArray[np.float64], NDArray[np.float64]]] = []
    for right, left in itertools.product((15, 50, 90, 130, 165), repeat=2):
        extractor = FeatureExtractor(preset.features, None)
        x = extractor.extract(pose(right_arm=(right, 175), left_arm=(left, 175)), 640, 480, 0.0).values
        places = dict(zip(OUTPUTS, (left / 180.0, right / 180.0) * 3, strict=True))
        up = (right > 140, left > 140)
        label = {(True, True): "both", (True, False): "right", (False, True): "left"}.get(up, "none")
        y = np.array([outputs[name].value(places[name]) for name in OUTPUTS])
        rows.append((len(rows), label, x, y))
    return examples_from_rows(rows, columns(preset.features), OUTPUTS)
