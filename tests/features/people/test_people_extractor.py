"""Features by role, and measures between people."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gesturesynth.features.catalogue import BODY_FEATURES, FEATURES, all_names, columns, feature, find, find_column
from gesturesynth.features.extractor import FeatureExtractor
from gesturesynth.features.people.extractor import PeopleExtractor
from gesturesynth.features.people.roles import GAP_S, Roles
from gesturesynth.features.views import turned
from tests.support.mapper_player import HIGH, LOW, WIDE, figure
from tests.support.several_people import Image, moved, pose_of

LEFT, RIGHT = moved(LOW, 0.25), moved(HIGH, -0.25)


class Watcher:
    """An extractor and roles that see the same frames."""

    def __init__(self, *names: str) -> None:
        self.extractor, self.roles, self.number = PeopleExtractor(names), Roles(), 0

    def see(self, *people: tuple[int, Image], seconds: float = 1 / 30) -> dict[str, float]:
        for _ in range(max(1, round(seconds * 30))):
            self.number += 1
            pose = pose_of(self.number / 30, *people)
            roles = self.roles.of_pose(pose)
            self.frame = self.extractor.extract(roles.image, pose.width, pose.height, pose.capture_time_s, roles)
        return dict(zip(self.extractor.columns, self.frame.values.tolist(), strict=True))

    def seen(self) -> dict[str, bool]:
        return dict(zip(self.extractor.columns, self.frame.seen.tolist(), strict=True))


def test_every_feature_of_a_body_can_be_that_of_any_role() -> None:
    assert len(all_names()) == len(FEATURES) + 10 * len(BODY_FEATURES)
    for name in all_names():
        entry = feature(name)
        assert entry.name == name
        assert all(find_column(column) == entry for column in columns([name]))
    assert find("second.people.count") is None
    assert find("second.second.lean") is None


def test_a_role_has_the_values_of_its_person_to_the_bit() -> None:
    names = ("right_wrist.height", "body.full", "lean", "energy", "presence")
    watcher = Watcher("hands.height", *(f"second.{name}" for name in names), "first.hands.height")
    alone = FeatureExtractor(names)
    for number in range(20):
        image = moved(figure(-1.0 + number / 10), -0.25)
        found = watcher.see((1, LEFT), (2, image))
        expected = alone.extract(image, 640, 480, watcher.number / 30)
        assert [found[f"second.{column}"] for column in alone.columns] == expected.values.tolist()
        assert found["hands.height"] == found["first.hands.height"]


def test_without_roles_all_is_as_with_one_body() -> None:
    one, several = FeatureExtractor(BODY_FEATURES), PeopleExtractor(BODY_FEATURES)
    for number in range(30):
        image = None if number in range(10, 13) else figure(-1.0 + number / 15)
        frames = [extractor.extract(image, 640, 480, number / 30) for extractor in (one, several)]
        for field in ("values", "seen"):
            np.testing.assert_array_equal(getattr(frames[0], field), getattr(frames[1], field))
        assert frames[0].notes == frames[1].notes
        assert not frames[1].handed_over
        assert frames[1].absent is None


def test_a_role_that_no_person_has_holds_its_values_and_is_absent() -> None:
    watcher = Watcher("lean", "second.right_wrist.height", "second.presence", "pair.distance", "people.count")
    watcher.see((1, LEFT), (2, RIGHT), seconds=1.0)
    before = watcher.see((1, LEFT), (2, RIGHT))
    assert (before["second.presence"], before["people.count"]) == (1.0, 2.0)
    gap = watcher.see((1, LEFT))
    assert (gap["second.presence"], gap["people.count"]) == (0.0, 2.0)
    assert watcher.frame.absent is not None
    assert not watcher.frame.absent.any(), "for a moment only"
    after = watcher.see((1, LEFT), seconds=GAP_S + 0.2)
    assert after["second.right_wrist.height"] == before["second.right_wrist.height"]
    assert after["pair.distance"] == pytest.approx(before["pair.distance"])
    assert after["people.count"] == 1.0
    assert watcher.frame.absent.tolist() == [False, True, True, True, False]
    assert watcher.seen() == {
        "lean": True,
        "second.right_wrist.height": False,
        "second.presence": False,
        "pair.distance": False,
        "people.count": True,
    }
    assert any("second" in note for note in watcher.frame.notes)


def test_a_role_that_goes_over_begins_with_the_next_person() -> None:
    watcher = Watcher("right_wrist.height", "energy")
    watcher.see((1, LEFT), (2, RIGHT), seconds=1.0)
    changes = []
    for _ in range(30):
        found = watcher.see((2, RIGHT))
        changes.append(watcher.frame.handed_over)
        if watcher.frame.handed_over:
            assert found["right_wrist.height"] == pytest.approx(1.0, abs=0.01), "nothing is smoothed between them"
            assert found["energy"] == 0.0
    assert sum(changes) == 1


def test_the_role_of_a_feature_that_is_not_asked_for_is_no_handover() -> None:
    watcher = Watcher("first.lean")
    watcher.see((1, LEFT), (2, RIGHT), (3, LOW), seconds=1.0)
    for _ in range(30):
        watcher.see((1, LEFT), (3, LOW))
        assert not watcher.frame.handed_over


def test_distances_between_two() -> None:
    names = ("pair.distance", "pair.height_difference", "pair.hands.distance", "people.spread", "people.middle.x")
    watcher = Watcher(*names)
    higher = moved(LOW, 0.25, -0.1)
    found = watcher.see((1, higher), (2, moved(LOW, -0.25)), seconds=0.5)
    torso = 0.25
    assert found["pair.distance"] == pytest.approx(np.hypot(0.5 * 4 / 3, 0.1) / torso, rel=0.01)
    assert found["pair.height_difference"] == pytest.approx(0.1 / torso, rel=0.02)
    assert found["people.spread"] == pytest.approx(0.5, abs=0.01)
    assert found["people.middle.x"] == pytest.approx(0.5, abs=0.01)
    # The left wrist of each is at x = 0.6, the right one at 0.4: 0.3 of the width between the nearest.
    level = watcher.see((1, moved(LOW, 0.25)), (2, moved(LOW, -0.25)), seconds=1.0)
    assert level["pair.hands.distance"] == pytest.approx(0.3 * 4 / 3 / torso, rel=0.02)


def test_likeness_is_of_the_same_poses_and_mirror_of_mirrored_ones() -> None:
    watcher = Watcher("pair.likeness", "pair.mirror")
    right, left = figure(1.0, -1.0), figure(-1.0, 1.0)
    same = watcher.see((1, moved(right, 0.25)), (2, moved(right, -0.25, 0.05, 0.8)), seconds=0.5)
    assert same["pair.likeness"] == pytest.approx(1.0, abs=0.02)
    assert same["pair.mirror"] < 0.5
    mirrored = Watcher("pair.likeness", "pair.mirror").see(
        (1, moved(right, 0.25)), (2, moved(left, -0.25)), seconds=1.0
    )
    assert mirrored["pair.mirror"] == pytest.approx(1.0, abs=0.02)
    assert mirrored["pair.likeness"] < 0.5


def test_facing_is_told_from_the_heads() -> None:
    def looking(sideways: float) -> Image:
        image = LOW.copy()
        image[7, 0], image[8, 0] = 0.5 + 0.02, 0.5 - 0.02
        image[0, 0] = 0.5 + sideways
        return image

    # In the picture the first stands at the right: to look at the second, it turns to the left of the picture.
    for turn, expected in ((-0.05, 1.0), (0.05, -1.0), (0.0, 0.0)):
        watcher = Watcher("pair.facing")
        people = (1, moved(looking(turn), 0.25)), (2, moved(looking(-turn), -0.25))
        assert watcher.see(*people, seconds=0.5)["pair.facing"] == pytest.approx(expected, abs=0.1)


def test_approach_is_above_0_while_they_come_nearer() -> None:
    watcher = Watcher("pair.approach")
    found = [
        watcher.see((1, moved(LOW, 0.35 - 0.01 * n)), (2, moved(LOW, -0.35 + 0.01 * n)))["pair.approach"]
        for n in range(20)
    ]
    # Each moves by 0.01 of the width a frame: together 0.8 heights a second, or 3.2 torso lengths.
    assert found[-1] == pytest.approx(3.2 - 0.25, abs=0.4)
    apart = [watcher.see((1, moved(LOW, 0.15 + 0.01 * n)), (2, moved(LOW, -0.15)))["pair.approach"] for n in range(20)]
    assert apart[-1] < -0.5
    assert watcher.see((1, LOW), (2, moved(LOW, -0.3)), seconds=2.0)["pair.approach"] == 0.0


def test_people_energy_is_the_mean_and_another_group_is_told() -> None:
    watcher = Watcher("people.energy", "energy", "second.energy")
    for number in range(15):
        found = watcher.see((1, LEFT), (2, moved(LOW, -0.3 + 0.02 * number)))
    assert found["second.energy"] > 1.0
    assert found["energy"] == 0.0
    assert found["people.energy"] == pytest.approx(found["second.energy"] / 2.0)
    watcher.see((1, LEFT), (2, RIGHT), (3, LOW))
    assert watcher.frame.regrouped
    watcher.see((1, LEFT), (2, RIGHT), (3, LOW))
    assert not watcher.frame.regrouped


@pytest.mark.parametrize("people", [1, 2, 6])
def test_any_landmarks_give_finite_values(people: int) -> None:
    random = np.random.default_rng(people)
    names = [name for name in FEATURES if name.startswith(("pair.", "people."))]
    watcher = Watcher(*names, "second.body.full", "nearest.lean", "lean")
    values = np.array([0.0, 0.5, 1.0, np.nan, np.inf, -1e30], dtype=np.float32)
    for _ in range(40):
        there = [person for person in range(1, people + 1) if random.random() < 0.8]
        shown = [(person, random.choice(values, (33, 4)).astype(np.float32)) for person in there]
        watcher.see(*shown)
        assert np.isfinite(watcher.frame.values).all()


def test_a_frame_can_be_turned_and_given_to_another_person() -> None:
    frame = Roles().of_pose(pose_of(0.0, (1, LEFT), (2, WIDE)))
    other = frame.of_person(2)
    np.testing.assert_array_equal(other.image, WIDE)
    assert other.person_of("first") == 1
    assert frame.of_person(9).image is None
    changed = frame.changed(lambda image: turned(image, 640, 480, roll_deg=8.0))
    turned_image = changed.image_of("second")
    assert turned_image is not None
    assert not np.array_equal(turned_image, WIDE)
    assert dataclasses.replace(changed, bodies=frame.bodies) == frame


def test_roles_and_what_lies_between_people_are_predicted_too() -> None:
    names = ("lean", "second.right_wrist.height", "pair.distance")
    watcher, still = Watcher(*names), Watcher(*names)
    watcher.extractor.ahead_s = 0.06
    for number in range(20):
        coming = moved(figure(-1.0 + number / 15), -0.4 + number / 60)
        for each in (watcher, still):
            each.see((1, LEFT), (2, coming))
        np.testing.assert_array_equal(watcher.frame.values, still.frame.values)
    assert still.frame.predicted is still.frame.values
    (_, height, distance) = watcher.frame.predicted - watcher.frame.values
    assert height > 0.05, "the wrist rises"
    assert abs(distance) > 0.02, "they come nearer, or part"
