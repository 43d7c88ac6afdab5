"""What plays, as numbers with their ranges, for programs that pass them on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import zmq

from gesturesynth.runtime.played_numbers import NumberRanges, PlayedNumbers
from gesturesynth.runtime.pubsub import Subscriber
from tests.support.conductor_harness import LOW, UNTAUGHT, ConductorHarness

PIECE = UNTAUGHT + "classes: {up: {}, down: {}}\n"


@pytest.fixture
def harness(tmp_path: Path) -> Any:
    file = tmp_path / "bare.yaml"
    file.write_text(PIECE)
    with ConductorHarness(file) as made:
        yield made


def test_values_and_ranges_are_sent_while_they_are_received(harness: ConductorHarness) -> None:
    harness.run_for(0.1, LOW)
    assert harness.conductor._numbers._made is None, "nothing is made for no receiver"
    with zmq.Context() as context:
        ranges, values = Subscriber(context, NumberRanges), Subscriber(context, PlayedNumbers)
        found: list[Any] = [None, None]

        def received() -> bool:
            found[0] = ranges.newest() or found[0]
            found[1] = values.newest() or found[1]
            return all(found)

        harness.until(received, "values and ranges")
        ranges.close()
        values.close()
    told, played = found
    assert isinstance(told, NumberRanges)
    assert isinstance(played, PlayedNumbers)
    assert [(one.name, one.unit, one.low, one.high) for one in told.outputs] == [
        ("pitch", "Hz", 110.0, 1760.0),
        ("level", "dB", -28.0, 0.0),
    ]
    assert [one.name for one in told.features] == ["right_wrist.height", "left_wrist.height", "hands.distance"]
    assert (told.preset, told.osc_port, told.classes) == ("Bare note", 0, ("up", "down"))
    assert played.outputs.keys() == {one.name for one in told.outputs}
    assert played.features.keys() == {one.name for one in told.features}
    assert played.features["right_wrist.height"] < 0.0, "the arms hang"
    assert played.seen["right_wrist.height"] is True
    assert (played.present, played.people) == (True, 1)
    (voice,) = played.voices
    assert (voice.recognised, sorted(voice.probabilities)) == ("", ["down", "up"])
