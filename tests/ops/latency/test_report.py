"""From times of flashes to figures and a proposal."""

from __future__ import annotations

import math

import pytest

from gesturesynth.cli.latency_text import lines
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.ops.latency.listener import Listener
from gesturesynth.ops.latency.measurement import _heard, _report
from gesturesynth.ops.latency.report import FlashTimes, proposal_ms, report


def flash(start_s: float, *, heard: bool = True) -> FlashTimes:
    steps = (0.020, 0.021, 0.033, 0.035, 0.045)
    captured, begun, found, sent, sounded = (start_s + step for step in steps)
    return FlashTimes(start_s, captured, begun, found, sent, sounded if heard else math.nan, person=True)


def test_the_parts_add_up_to_the_whole() -> None:
    found = report([flash(float(number)) for number in range(10)], 0.004)
    assert [(part.name, part.median_ms) for part in found.parts] == [
        ("camera", 20.0),
        ("waiting", 1.0),
        ("tracking", 12.0),
        ("conductor", 2.0),
        ("engine", 10.0),
    ]
    assert found.total is not None
    assert found.total.median_ms == sum(part.median_ms for part in found.parts) == 45.0
    assert (found.card_ms, found.proposal_ms) == (4.0, 50), "49 ms, rounded to 5"
    assert (found.flashes, found.seen, found.heard, found.persons) == (10, 10, 10, 10)


@pytest.mark.parametrize(
    ("latency_ms", "proposed"), [(0.0, 0), (12.4, 10), (12.6, 15), (31.0, 30), (59.0, 60), (140.0, 60), (-3.0, 0)]
)
def test_a_proposal_is_a_multiple_of_5_ms_and_at_most_60(latency_ms: float, proposed: int) -> None:
    assert proposal_ms(latency_ms) == proposed


def test_what_was_not_heard_is_not_guessed() -> None:
    some = [flash(float(number), heard=number < 4) for number in range(10)]
    few = report([*some, FlashTimes(20.0)], None)
    assert (few.seen, few.heard, few.proposal_ms) == (10, 4, None)
    assert few.total is not None
    assert few.total.count == 4
    silent = report([flash(float(number), heard=False) for number in range(10)], 0.004)
    assert (silent.total, silent.card_ms, silent.proposal_ms) == (None, None, None)
    assert [part.name for part in silent.parts] == ["camera", "waiting", "tracking", "conductor"]
    text = "\n".join(lines(silent))
    assert "Nothing is proposed: too few flashes were heard." in text
    assert "engine" not in text


def test_a_sound_belongs_to_the_flash_before_it() -> None:
    silent = flash(5.0, heard=False)
    assert _heard(silent, [4.9, 5.034, 5.05, 5.2]).heard_s == 5.05
    assert math.isnan(_heard(silent, [4.9, 5.034, 5.9]).heard_s)
    assert math.isnan(_heard(FlashTimes(5.0), [5.05]).heard_s), "it was not seen"


def test_a_camera_that_sees_no_flash_is_told_what_to_do() -> None:
    with pytest.raises(GestureSynthError, match="the camera saw no flash: let it see the screen"):
        _report([FlashTimes(float(number)) for number in range(5)], Listener("loop"), "", "loop")


def test_what_the_figures_lack_is_said() -> None:
    heard = [flash(float(number)) for number in range(6)]
    (loop,) = _report(heard, Listener("loop"), "", "loop").unmeasured
    assert "before the sound card" in loop
    assert _report(heard, Listener("microphone"), "", "microphone").unmeasured == ()
    alone = [FlashTimes(each.shown_s, each.captured_s) for each in heard]
    unheard, empty = _report(alone, Listener("loop"), "the engine plays through no device", "loop").unmeasured
    assert unheard == "no flash was heard: the engine plays through no device"
    assert empty.startswith("no person was in view")
