"""`instrument check` finds what is wrong with an instrument, and the trim measurer what makes it equally loud."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from gesturesynth.synthesis.instrument_check import Verdict, check_instrument, corners, strokes
from gesturesynth.synthesis.instrument_trims import trim_curves
from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.instruments.base import Instrument
from gesturesynth.synthesis.instruments.loading import load
from gesturesynth.synthesis.instruments.own import read_file
from tests.support.own_instruments import HUM, put


def own(text: str) -> type[Instrument]:
    return load(read_file(put(text)))


def verdicts(text: str) -> dict[str, Verdict]:
    return {verdict.name: verdict for verdict in check_instrument(own(text), seconds_s=1.5)}


GAIN = 'mul=gain(graph, control["level"], -20.0)'
EVEN = HUM.replace("-20.0", "-15.0").replace("60.0, 240.0", "100.0, 130.0")


def test_a_good_one_passes() -> None:
    found = verdicts(EVEN)
    assert all(verdict.good for verdict in found.values()), found
    assert {"audible", "level", "peak", "DC", "reacts to pitch", "silent when asked", "random parameters"} <= set(found)


@pytest.mark.parametrize(
    ("before", "after", "bad"),
    [
        ("-15.0", "-60.0", {"audible", "level"}),
        ("-15.0", "0.0", {"level"}),
        ("gain(", "30 * gain(", {"level", "peak", "random parameters"}),
        ('"level"], -15.0))', '"level"], -15.0), add=0.05)', {"DC", "silent when asked"}),
        ('[control["pitch"], control["pitch"] * 1.002]', "[110, 110]", {"reacts to pitch"}),
        (GAIN.replace("-20", "-15"), "mul=0.25", {"reacts to level", "silent when asked"}),
    ],
)
def test_each_fault_is_found_by_its_name(before: str, after: str, bad: set[str]) -> None:
    found = verdicts(EVEN.replace(before, after))
    assert {verdict.name for verdict in found.values() if not verdict.good} == bad, found


def test_samples_that_are_not_numbers_are_found() -> None:
    always = verdicts(EVEN.replace("return graph", "return graph.Sig(3e38) * 1e9 * [0, 1] + graph"))
    assert list(always) == ["audible"]
    assert "not numbers" in always["audible"].found
    high = 'graph.Compare(control["pitch"], 120.0, ">") * 3e38 * 1e9 + graph'
    found = verdicts(EVEN.replace("return graph", f"return {high}"))
    assert found["audible"].good
    assert "not numbers at pitch 130" in found["level"].found
    assert not found["random parameters"].good


def test_corners_are_all_or_hold_every_combination_of_the_ends_of_any_three() -> None:
    assert len({tuple(corner.values()) for corner in corners(catalogue()["drone"])}) == 16
    for kind in ("pluck", "percussion"):
        chosen = corners(catalogue()[kind])
        assert len(chosen) == 16
        for three in itertools.combinations(chosen[0], 3):
            assert len({tuple(corner[name] for name in three) for corner in chosen}) == 8, three


def test_triggers_are_struck_in_turn() -> None:
    struck = strokes(catalogue()["percussion"], 2.0)
    assert [change.triggers[0] for change in struck[:6]] == ["kick", "snare", "hat", "tom", "clap", "kick"]
    assert strokes(catalogue()["drone"], 2.0) == []


def test_trims_make_it_equally_loud() -> None:
    text = HUM.replace("LEVEL,\n", 'Parameter("edge", "", 0.0, 1.0, "lin", 0.0, 0.1, "Edge."), LEVEL,\n')
    text = text.replace("-20.0)", "-20.0) * (control['edge'] * 3 + 1)")
    lines: list[str] = []
    curves, whole, left = trim_curves(own(text), ["pitch", "edge"], 3, 1.5, lines.append)
    assert len(lines) == 1 + 3 + 3 + 4
    assert [db for _, db in curves["edge"]] == pytest.approx([0.0, -20 * np.log10(2.5), -20 * np.log10(4)], abs=0.15)
    assert [at for at, _ in curves["pitch"]] == pytest.approx([60.0, 120.0, 240.0])
    assert left < 0.2
    assert whole == pytest.approx(4.7, abs=1.0)
