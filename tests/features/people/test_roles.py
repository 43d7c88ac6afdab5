"""Who has which role: sticky, and without a jump from frame to frame."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pytest

from gesturesynth.features.people.role_frame import RoleFrame, alone
from gesturesynth.features.people.role_names import OWN, people_needed, split_role
from gesturesynth.features.people.roles import AHEAD_S, GAP_S, LONGER_S, NEARER, Roles, in_order_of_roles
from gesturesynth.runtime.messages import Body
from tests.support.mapper_player import LOW
from tests.support.several_people import WORLD, Image, moved, pose_of

LEFT, RIGHT = moved(LOW, 0.25), moved(LOW, -0.25)
FPS = 30
People = list[tuple[int, Image]]


def watched(
    roles: Roles, seconds: float, people: People | Callable[[float], People], start_s: float
) -> list[RoleFrame]:
    """The roles at each frame of so many seconds."""
    frames = []
    for number in range(round(seconds * FPS)):
        time_s = start_s + number / FPS
        shown = people(time_s) if callable(people) else people
        frames.append(roles.of_pose(pose_of(time_s, *shown)))
    return frames


def persons(frames: Iterable[RoleFrame], role: str) -> list[int]:
    return [frame.person_of(role) for frame in frames]


def test_the_first_is_the_one_who_came_first_and_the_next_follow() -> None:
    roles = Roles()
    watched(roles, 1.0, [(4, LEFT)], 0.0)
    frame = watched(roles, 1.0, [(4, LEFT), (7, RIGHT), (9, LOW)], 1.0)[-1]
    assert [frame.person_of(role) for role in (OWN, "first", "second", "third", "fourth")] == [4, 4, 7, 9, 0]
    assert frame.here == (4, 7, 9)
    np.testing.assert_array_equal(frame.image_of("second"), RIGHT)


def test_the_order_of_the_tracker_does_not_matter_after_the_first_frame() -> None:
    roles = Roles()
    watched(roles, 1.0, [(4, LEFT), (7, RIGHT)], 0.0)
    assert set(persons(watched(roles, 1.0, [(7, RIGHT), (4, LEFT)], 1.0), "first")) == {4}


def test_a_short_gap_keeps_each_role_and_a_longer_one_hands_it_over() -> None:
    roles = Roles()
    watched(roles, 1.0, [(4, LEFT), (7, RIGHT)], 0.0)
    gap = watched(roles, GAP_S - 0.05, [(7, RIGHT)], 1.0)
    assert set(persons(gap, "first")) == {4}
    assert gap[-1].image is None, "the first person cannot be seen"
    assert gap[-1].image_of("second") is not None
    back = watched(roles, 1.0, [(7, RIGHT), (4, LEFT)], 1.0 + GAP_S)
    assert set(persons(back, "first")) == {4}
    after = watched(roles, 1.0, [(7, RIGHT)], 2.0 + GAP_S)[-1]
    assert (after.person_of("first"), after.person_of("second")) == (7, 0)


def test_first_stays_with_the_next_when_the_former_comes_back_and_longest_does_not() -> None:
    roles = Roles()
    watched(roles, 10.0, [(4, LEFT)], 0.0)
    watched(roles, 3.0, [(4, LEFT), (7, RIGHT)], 10.0)
    without = watched(roles, 3.0, [(7, RIGHT)], 13.0)[-1]
    assert (without.person_of("first"), without.person_of("longest")) == (7, 7)
    back = watched(roles, 1.0, [(7, RIGHT), (4, LEFT)], 16.0)[-1]
    assert (back.person_of("first"), back.person_of("second"), back.person_of("longest")) == (7, 4, 4)


def test_the_sides_are_those_of_body_x() -> None:
    frame = watched(Roles(), 0.5, [(1, LEFT), (2, LOW), (3, RIGHT)], 0.0)[-1]
    assert frame.person_of("leftmost") == 1, "its body.x is the lowest: 1 - x of the picture"
    assert frame.person_of("rightmost") == 3


def test_sides_are_exchanged_once_when_two_cross() -> None:
    def crossing(time_s: float) -> People:
        way = 0.25 * np.cos(np.pi * time_s / 4.0)
        return [(1, moved(LOW, way)), (2, moved(LOW, -way))]

    for role in ("leftmost", "rightmost"):
        found = persons(watched(Roles(), 4.0, crossing, 0.0), role)
        assert (np.diff(found) != 0).sum() == 1
        assert found[0] != found[-1]


@pytest.mark.parametrize("role", ["nearest", "leftmost", "rightmost"])
def test_two_at_the_same_place_do_not_exchange_a_role(role: str) -> None:
    noise = np.random.default_rng(5)

    def swaying(_time_s: float) -> People:
        return [(person, moved(LOW, noise.normal(0.0, 0.01), 0.0, 1.0 + noise.normal(0.0, 0.03))) for person in (1, 2)]

    assert len(set(persons(watched(Roles(), 20.0, swaying, 0.0), role))) == 1


def test_the_nearest_is_another_one_only_after_being_ahead_for_a_while() -> None:
    roles = Roles()
    watched(roles, 2.0, [(1, LEFT), (2, RIGHT)], 0.0)
    near = moved(LOW, -0.25, 0.0, NEARER * 1.3)
    short = watched(roles, AHEAD_S * 0.5, [(1, LEFT), (2, near)], 2.0)
    assert set(persons(short, "nearest")) == {1}
    found = persons(watched(roles, 3.0, [(1, LEFT), (2, near)], 2.0 + AHEAD_S * 0.5), "nearest")
    assert found[-1] == 2
    assert (np.diff(found) != 0).sum() == 1


def test_bodies_without_numbers_are_told_apart_by_their_order() -> None:
    frame = Roles().of_pose(pose_of(0.0, (0, LEFT), (0, RIGHT), (5, LOW), (5, LOW)))
    assert len(set(frame.here)) == 4
    np.testing.assert_array_equal(frame.image, LEFT)
    single = Roles().of_pose(pose_of(0.0, (0, LEFT)))
    assert single.here == alone(LEFT).here
    assert {role: body.person for role, body in single.bodies.items()} == {
        role: body.person for role, body in alone(LEFT).bodies.items()
    }


def test_a_time_that_goes_back_begins_again() -> None:
    roles = Roles()
    watched(roles, LONGER_S, [(4, LEFT), (7, RIGHT)], 100.0)
    assert roles.of_pose(pose_of(101.9, (7, RIGHT), (4, LEFT))).person_of("first") == 4, "another camera's clock"
    assert roles.of_pose(pose_of(1.0, (7, RIGHT), (4, LEFT))).person_of("first") == 7


def test_any_numbers_give_roles_to_those_who_are_there() -> None:
    random = np.random.default_rng(3)
    roles = Roles()
    values = np.array([0.0, 1.0, np.nan, np.inf, -np.inf, 1e30, -1e30], dtype=np.float32)
    for number in range(300):
        people = random.choice(9, size=int(random.integers(0, 7)), replace=False)
        bodies = [Body.from_arrays(random.choice(values, (33, 4)), WORLD, int(person)) for person in people]
        frame = roles.assign(bodies, int(random.integers(-1, 900)), 480, float(random.choice([number / 9, np.nan])))
        assert {body.person for body in frame.bodies.values()} <= set(frame.here)
        assert len(frame.here) == len(set(frame.here))
        assert all(frame.person_of(role) for role in ("nearest", "leftmost", "longest")) or not frame.here


def test_a_pose_is_put_into_the_order_of_roles() -> None:
    roles = Roles()
    roles.of_pose(pose_of(0.0, (4, LEFT), (7, RIGHT)))
    pose = pose_of(0.1, (7, RIGHT), (4, LEFT))
    ordered = in_order_of_roles(pose, roles.of_pose(pose))
    assert [body.person for body in ordered.bodies] == [4, 7]
    same = pose_of(0.2, (4, LEFT), (7, RIGHT))
    assert in_order_of_roles(same, roles.of_pose(same)) is same


def test_names_of_roles() -> None:
    assert split_role("second.right_wrist.height") == ("second", "right_wrist.height")
    assert split_role("right_wrist.height") == ("", "right_wrist.height")
    assert split_role("second") == ("", "second")
    needed = {"lean": 1, "first.lean": 1, "second.lean": 2, "sixth.lean": 6, "nearest.lean": 2, "pair.facing": 2}
    assert {name: people_needed(name) for name in needed} == needed
    assert people_needed("people.count") == 2
    assert people_needed("apart [0, 1] = abs(lean - third.lean)") == 3
