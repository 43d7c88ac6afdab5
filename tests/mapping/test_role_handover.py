"""The mapper with several people: handovers without a jump, and outputs of people who have left."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.features.people.extractor import PeopleExtractor
from gesturesynth.features.people.roles import GAP_S, Roles
from gesturesynth.mapping.adaptation import RangeAdaptation
from gesturesynth.mapping.crossfade import MAX_CROSSFADE_STEP_S, MAX_RANGES_PER_S
from gesturesynth.mapping.examples.dataset import examples_from_rows
from gesturesynth.mapping.idle_silence import IdleSilence
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import make_job
from gesturesynth.mapping.learning.output_fits import OutputFit
from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.mapping.mapper import Mapper
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.mapping.sources import Sources
from tests.support.mapper_player import LOW, SMOOTHING, TICK_S, figure
from tests.support.several_people import Image, moved, pose_of

MOST = MAX_RANGES_PER_S * MAX_CROSSFADE_STEP_S + 1e-9
OWN, OTHER = "right_wrist.height", "second.right_wrist.height"
OUTPUTS = (Output("mine", 0.0, 1.0), Output("theirs", 0.0, 1.0, idle=0.0), Output("driven", 0.0, 1.0, idle=0.0))
HALF = figure(0.0)
HIGH = figure(1.0)


class TwoPlayer:
    """A mapper whose first output is of the first person, its second of the second; the third follows the second."""

    def __init__(self, adaptation: RangeAdaptation | None = None) -> None:
        names = (OWN, OTHER)
        source = "second.presence"
        self.mapper = Mapper(
            names,
            OUTPUTS,
            SMOOTHING,
            driven={"driven": source},
            sources=Sources(None, [source], SMOOTHING),
            adaptation=adaptation,
        )
        extractor = PeopleExtractor(names, None)
        rows, roles = [], Roles()
        for number, (one, other) in enumerate(((-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0))):
            pose = pose_of(float(number), (1, moved(figure(one), 0.25)), (2, moved(figure(other), -0.25)))
            people = roles.of_pose(pose)
            x = extractor.extract(people.image, 640, 480, float(number), people).values
            rows.append((number, "", x, np.array([(one + 1.0) / 2.0, (other + 1.0) / 2.0])))
        examples = examples_from_rows(rows, extractor.columns, ["mine", "theirs"])
        fits = {"mine": OutputFit("auto", columns=(OWN,)), "theirs": OutputFit("auto", columns=(OTHER,))}
        job = make_job(examples, extractor.columns, OUTPUTS[:2], own_fits=fits)
        self.mapper.change_model(fit(job), 0.0)
        self.roles, self.ticks, self.frames = Roles(), 0, list[MapperFrame]()

    def play(self, seconds: float, *people: tuple[int, Image]) -> MapperFrame:
        for _ in range(round(seconds / TICK_S)):
            self.ticks += 1
            time_s = self.ticks * TICK_S
            if self.ticks % 2:
                pose = pose_of(time_s, *people)
                roles = self.roles.of_pose(pose)
                self.frames.append(self.mapper.process_pose(roles.image, 640, 480, time_s, people=roles))
            else:
                self.frames.append(self.mapper.tick(time_s))
        return self.frames[-1]

    def steps(self, since: int) -> NDArray[np.float64]:
        positions = np.array([frame.positions for frame in self.frames[since:]], dtype=np.float64)
        return np.asarray(np.abs(np.diff(positions, axis=0)).max(axis=0))


def test_the_first_person_hands_over_in_a_crossfade() -> None:
    player = TwoPlayer()
    before = player.play(2.0, (1, moved(HIGH, 0.25)), (2, moved(LOW, -0.25)))
    assert before.positions == pytest.approx([1.0, 0.0, 1.0], abs=0.03)
    since = len(player.frames)
    held = player.play(GAP_S - 0.1, (2, moved(LOW, -0.25)))
    assert held.positions[0] == pytest.approx(1.0, abs=0.03), "for a moment the first is only hidden"
    after = player.play(2.0, (2, moved(LOW, -0.25)))
    assert after.positions == pytest.approx([0.0, 0.0, 0.0], abs=0.03)
    assert player.steps(since)[0] <= MOST
    assert after.present


def test_the_range_of_the_first_stays_when_another_person_is_the_second() -> None:
    adaptation = RangeAdaptation(on=True)
    player = TwoPlayer(adaptation)
    for number in range(240):
        player.play(2 * TICK_S, (1, moved(figure(0.4 * np.sin(number / 6.0)), 0.25)), (2, moved(LOW, -0.25)))
    learnt = adaptation.stretches.tolist()
    assert learnt[0] > 1.1
    player.play(2 * TICK_S, (1, moved(HALF, 0.25)), (3, moved(HIGH, -0.25)))
    player.play(GAP_S + 0.2, (1, moved(HALF, 0.25)), (3, moved(HIGH, -0.25)))
    assert adaptation.stretches[0] == pytest.approx(learnt[0], rel=0.1)


def test_a_role_that_goes_over_within_one_frame_does_not_jump() -> None:
    """The sides of two people who have crossed, at the moment in which the role goes over."""
    names = ("leftmost.right_wrist.height",)
    extractor = PeopleExtractor(names, None)
    rows = []
    for number, height in enumerate((-1.0, 0.0, 1.0)):
        x = extractor.extract(figure(height), 640, 480, float(number)).values
        rows.append((number, "", x, np.array([(height + 1.0) / 2.0])))
    job = make_job(examples_from_rows(rows, extractor.columns, ["mine"]), extractor.columns, OUTPUTS[:1])
    mapper, roles, positions, persons = Mapper(names, OUTPUTS[:1], SMOOTHING), Roles(), [], []
    mapper.change_model(fit(job), 0.0)
    for number in range(240):
        time_s = number / 30
        way = 0.25 * np.cos(np.pi * time_s / 8.0)
        pose = pose_of(time_s, (1, moved(HIGH, way)), (2, moved(LOW, -way)))
        people = roles.of_pose(pose)
        persons.append(people.person_of("leftmost"))
        positions.append(mapper.process_pose(people.image, 640, 480, time_s, people=people).positions[0])
    assert np.flatnonzero(np.diff(persons)).size == 1
    assert positions[30] == pytest.approx(1.0, abs=0.03)
    assert positions[-1] == pytest.approx(0.0, abs=0.03)
    assert np.abs(np.diff(positions[10:])).max() <= 2.0 * MOST, "two steps of a crossfade lie between two frames"


def test_outputs_of_a_person_who_has_left_go_to_idle_and_return() -> None:
    player = TwoPlayer()
    both = (1, moved(HALF, 0.25)), (2, moved(HIGH, -0.25))
    assert player.play(2.0, *both).positions == pytest.approx([0.5, 1.0, 1.0], abs=0.05)
    since = len(player.frames)
    gone = player.play(3.0, both[0])
    assert gone.positions == pytest.approx([0.5, 0.0, 0.0], abs=0.05), "idle, though the first person is in view"
    assert gone.gone is not None
    assert gone.gone.tolist() == [False, True, True]
    assert player.steps(since).max() <= 1.5 * TICK_S / 0.2 + 1e-6
    assert player.play(0.4, *both).positions == pytest.approx([0.5, 1.0, 1.0], abs=0.05)


def test_an_output_of_the_second_is_idle_until_the_second_comes() -> None:
    player = TwoPlayer()
    assert player.play(1.0, (1, moved(HIGH, 0.25))).positions == pytest.approx([1.0, 0.0, 0.0], abs=0.03)


def test_levels_of_a_person_who_has_left_fade_to_silence() -> None:
    silence = IdleSilence({0: -80.0, 1: -80.0}, 0.5, 1.5)
    values, gone = np.array([-10.0, -10.0]), np.array([False, True])
    for tick in range(240):
        faded = silence.fade(values, tick / 60, awake=True, gone=gone)
    assert faded.tolist() == [-10.0, -80.0]
    for tick in range(240, 260):
        faded = silence.fade(values, tick / 60, awake=True, gone=np.array([False, False]))
    assert faded.tolist() == [-10.0, -10.0]
