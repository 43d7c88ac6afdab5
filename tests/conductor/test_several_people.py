"""A conductor with two people in view: what is taught, heard and told, and a handover."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np
import pytest

from gesturesynth.conductor.loop import TICK_S
from gesturesynth.features.people.roles import GAP_S
from gesturesynth.mapping.crossfade import MAX_CROSSFADE_STEP_S, MAX_RANGES_PER_S
from gesturesynth.mapping.examples.store import ExampleStore, store_path
from gesturesynth.runtime.messages import Body
from tests.support.conductor_harness import HIGH, LOW, MIDDLE, RULES, ConductorHarness, own_preset
from tests.support.several_people import moved
from tests.support.stored_takes import NOW

PRESET = """\
name: Both
people: 2
features: [right_wrist.height, second.right_wrist.height]
outputs:
  pitch: {to: theremin.pitch, range: [110, 1760], unit: Hz, warp: exp, features: [right_wrist.height]}
  level: {to: theremin.level, range: [-28, 0], unit: dB, features: [second.right_wrist.height]}
snapshots:
  1: {pitch: 110, level: 0}
  2: {pitch: 880, level: -20}
instruments: {theremin: {}}
idle: {level: -28}
"""
MOST_A_TICK = MAX_RANGES_PER_S * MAX_CROSSFADE_STEP_S + 1e-6


def person(body: Body, number: int, x: float) -> Body:
    image = moved(body.image_array().copy(), x)
    return msgspec.structs.replace(Body.from_arrays(image, body.world_array()), person=number)


LEFT, RIGHT = 0.2, -0.2


@pytest.fixture
def two() -> Iterator[ConductorHarness]:
    """Both are taught: the first low and the second high is snapshot 1, the other way round snapshot 2."""
    with ConductorHarness(own_preset("both", PRESET)) as harness:
        harness.until(lambda: "not been taught" in harness.preset_manager.model_error, "the first reading")
        harness.wait_until_idle()
        for number, (first, second) in enumerate(((LOW, HIGH), (HIGH, LOW)), start=1):
            harness.body, harness.others = person(first, 4, LEFT), (person(second, 7, RIGHT),)
            harness.done("select", number)
            harness.take(harness.body)
        harness.done("stop")
        harness.train()
        yield harness


def values(harness: ConductorHarness) -> dict[str, float]:
    outputs = (output.name for output in harness.preset_manager.piece.preset.outputs)
    return dict(zip(outputs, harness.sounds[-1].values, strict=True))


def test_each_plays_what_was_taught_for_its_role(two: ConductorHarness) -> None:
    two.others = (person(LOW, 7, RIGHT),)
    two.run_for(2.0, person(LOW, 4, LEFT))
    low = values(two)
    two.others = (person(HIGH, 7, RIGHT),)
    two.run_for(2.0)
    lifted = values(two)
    assert low["pitch"] == pytest.approx(110.0, rel=0.1)
    assert lifted["pitch"] == pytest.approx(low["pitch"], rel=0.05)
    assert low["level"] < -18.0
    assert lifted["level"] > -2.0
    readings = two.conductor.status().people
    assert [(one.person, one.roles, one.in_view) for one in readings] == [(4, ("first",), True), (7, ("second",), True)]


def test_the_first_leaves_and_the_next_takes_over_in_a_crossfade(two: ConductorHarness) -> None:
    two.others = (person(HIGH, 7, RIGHT),)
    two.run_for(2.0, person(LOW, 4, LEFT))
    first = len(two.sounds)
    two.body = None
    for _ in range(round((GAP_S + 3.0) / TICK_S)):
        two.tick()
    heard = np.array([np.log(sound.values[0] / 110.0) / np.log(16.0) for sound in two.sounds[first:]])
    assert heard[0] < 0.05
    assert values(two)["pitch"] == pytest.approx(880.0, rel=0.1)
    assert np.abs(np.diff(heard)).max() <= MOST_A_TICK
    assert values(two)["level"] == -28.0, "there is no second person now"
    assert [(one.person, one.roles) for one in two.conductor.status().people] == [(7, ("first",))]


def test_takes_have_all_people_the_first_one_in_front(two: ConductorHarness) -> None:
    two.body, two.others = person(LOW, 4, LEFT), (person(HIGH, 7, RIGHT),)
    two.run_for(1.0)
    two.body, two.others = two.others[0], (two.body,)  # the tracker tells them in another order
    two.done("select", 1)
    two.take(two.body)
    two.wait_until_idle()
    with ExampleStore.open(store_path("both"), NOW) as store:
        newest = max(info.id for info in store.takes())
        _, poses = store.poses(newest)
    assert {tuple(body.person for body in pose.bodies) for pose in poses} == {(4, 7)}
    two.done("listen")
    two.run_for(RULES.take_s)
    assert two.preset_manager.piece.people.person_of("first") == 4
    two.run_for(2.0)
    two.others = ()
    two.run_for(1.0, MIDDLE)
    assert two.conductor.status().people == (), "one person without a number is not told apart"


def test_the_second_is_still_told_while_the_first_is_hidden_for_a_moment(two: ConductorHarness) -> None:
    two.others = (person(HIGH, 7, RIGHT),)
    two.run_for(2.0, person(LOW, 4, LEFT))
    two.body = None
    for _ in range(round(GAP_S / TICK_S) - 4):
        two.tick()
    status = two.conductor.status()
    assert [(one.person, one.roles, one.in_view) for one in status.people] == [
        (4, ("first",), False),
        (7, ("second",), True),
    ]
    assert status.present
