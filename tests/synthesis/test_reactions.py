"""How soon the engine's graph answers, in sample frames: live, the wait for the next buffer comes before.

The aims are 30 ms for the main parameter of each instrument and 15 ms for strikes. A piece chooses how long a
parameter glides: with the shortest glide there is, 5 ms, which counts, the whole aim has to be kept. With the
instrument's own glide a change is on its way for longer by design, so its length is added.
"""

from __future__ import annotations

import pytest

from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.rack import SHORTEST_GLIDE_S
from gesturesynth.synthesis.solo import FRAMES, RATE_HZ
from tests.support.reactions import MAIN, frames_to_change, frames_to_strike, own_glide_s, strikes_of

pytestmark = pytest.mark.slow("minutes of sound")

CHANGE_FRAMES = round(0.030 * RATE_HZ) - FRAMES
STRIKE_FRAMES = round(0.015 * RATE_HZ) - FRAMES

STRIKES = [(kind, trigger) for kind in catalogue() for trigger in strikes_of(kind)]


@pytest.mark.parametrize("kind", list(catalogue()))
def test_the_main_parameter_is_heard_within_30_ms(kind: str) -> None:
    glide_s = own_glide_s(kind)
    at_once, gliding = frames_to_change(kind, SHORTEST_GLIDE_S, glide_s)
    assert at_once <= CHANGE_FRAMES
    assert gliding <= CHANGE_FRAMES + glide_s * RATE_HZ


@pytest.mark.parametrize(("kind", "trigger"), STRIKES)
def test_a_strike_is_heard_within_15_ms(kind: str, trigger: str) -> None:
    assert frames_to_strike(kind, trigger) <= STRIKE_FRAMES


def test_the_table_of_main_parameters_names_what_there_is() -> None:
    for kind, moved in MAIN.items():
        assert {moved.name, *moved.fixed} <= {parameter.name for parameter in catalogue()[kind].parameters}
