"""Preset texts for tests, and the problems that loading them reports."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from gesturesynth.config.json_schema import preset_schema
from gesturesynth.config.preset.loader import PresetError, loads
from tests.support.json_schema import valid

SMALL = "name: x\nfeatures: [lean]\noutputs: {pitch: {to: theremin.pitch}}\n"
TREE: dict[str, Any] = {
    "name": "Air theremin",
    "features": ["right_wrist.height", "left_wrist.height", "hands.distance"],
    "outputs": {
        "pitch": {"to": "theremin.pitch", "range": [110, 1760], "unit": "Hz", "warp": "exp", "glide": "60 ms"},
        "level": {"to": "theremin.level", "range": [-40, -9]},
        "timbre": {"to": "theremin.timbre", "from": "throw.progress"},
    },
    "model": {"kind": "mlp", "alpha": 2},
    "snapshots": {1: {"pitch": 220, "level": -12}, 2: {"pitch": 880}},
    "instruments": {"theremin": {"vibrato": 0.4}, "percussion": {"tune": 60}},
    "classes": {
        "up": {"trigger": "percussion.kick", "hold": "50 ms"},
        "out": {"snapshot": 2},
        "away": {"preset": "other"},
        "none": None,
    },
    "classifier": {"hold": "80 ms"},
    "gestures": {
        "throw": {"trigger": "percussion.snare", "rest": "250 ms"},
        "reach": {"snapshot": 1, "hold": "1 s"},
        "turn": {"preset": "other"},
        "wave": None,
    },
    "gesture_features": ["right_wrist.height", "left_wrist.height"],
    "idle": {"after": "20 s", "level": "-30 dB"},
    "master": {"ceiling": "-6 dB"},
    "osc": [{"host": "localhost", "port": 9001, "address": "/a/", "rate": "20 Hz", "what": "level"}],
}


def problems(text: str | bytes) -> list[str]:
    """All problems of a preset, without the file's name: `LINE:COLUMN: where: message`."""
    with pytest.raises(PresetError) as caught:
        loads(text, "p.yaml")
    lines = str(caught.value).splitlines()
    assert [str(problem) for problem in caught.value.problems] == lines
    assert all(line.startswith("p.yaml:") for line in lines)
    return [line.removeprefix("p.yaml:") for line in lines]


def only_problem(text: str) -> str:
    """The problem of a preset that has exactly one."""
    found = problems(text)
    assert len(found) == 1, found
    return found[0]


def follows_schema(text: str) -> bool:
    """Whether a preset is valid by the JSON Schema."""
    root = preset_schema()
    return valid(json.loads(json.dumps(yaml.safe_load(text))), root, root)
