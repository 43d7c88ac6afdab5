"""The graphs of scsynth: their binary form, and that each is accepted and sounds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gesturesynth.synthesis.instruments import catalogue
from tests.benchmarks.instruments import _sound
from tests.benchmarks.scsynth.patches import PATCHES, made
from tests.benchmarks.scsynth.render import available, rendered
from tests.benchmarks.scsynth.synthdef import SynthDef


def test_the_binary_form_is_that_of_the_documents() -> None:
    graph = SynthDef("a", {})
    graph.out(graph.ar("SinOsc", 440.0, 0.0))
    assert graph.encoded() == (
        b"SCgf\0\0\0\x02\0\x01"  # version 2, one definition
        b"\x01a"
        b"\0\0\0\x02\x43\xdc\0\0\0\0\0\0"  # constants 440 and 0
        b"\0\0\0\0\0\0\0\0"  # no parameters, no names of them
        b"\0\0\0\x02"
        b"\x06SinOsc\x02\0\0\0\x02\0\0\0\x01\0\0"
        b"\xff\xff\xff\xff\0\0\0\0\xff\xff\xff\xff\0\0\0\x01"
        b"\x02"
        b"\x03Out\x02\0\0\0\x02\0\0\0\0\0\0"
        b"\xff\xff\xff\xff\0\0\0\x01\0\0\0\0\0\0\0\0"
        b"\0\0"
    )


def test_scsynth_plays_what_was_encoded() -> None:
    assert available(), "apt install supercollider-server (.ci/setup test does it)"
    graph = SynthDef("a", {"loud": 0.5})
    graph.out(graph.ar("SinOsc", 440.0, 0.0) * graph["loud"])
    assert rendered(graph, 2.0)[1] == pytest.approx(0.5 / np.sqrt(2), rel=0.01)


def test_what_scsynth_refuses_is_an_error() -> None:
    graph = SynthDef("a", {})
    graph.out(graph.ar("NoSuchUnit"))
    with pytest.raises(RuntimeError, match="NoSuchUnit"):
        rendered(graph, 0.5)


@pytest.mark.parametrize("kind", list(PATCHES))
def test_every_patch_sounds(kind: str, tmp_path: Path) -> None:
    parameters = {parameter.name: parameter.default for parameter in catalogue()[kind].parameters} | {"level": 0.0}
    rms = rendered(made(kind, parameters), 4.0, _sound(tmp_path) if kind == "granular" else None)[1]
    assert 1e-4 < rms < 10
