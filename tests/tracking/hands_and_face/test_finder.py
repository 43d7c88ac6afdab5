"""Hands and a face found in real footage, and what happens without models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.typing import NDArray

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.features.extractor import FeatureExtractor
from gesturesynth.features.people.role_names import OWN
from gesturesynth.features.people.roles import GAP_S as ROLE_GAP_S
from gesturesynth.features.people.roles import Roles
from gesturesynth.runtime.body_points import FACE_VALUES, all_points, is_sound
from gesturesynth.runtime.messages import Body, Pose
from gesturesynth.runtime.tracking_request import NO_REQUEST, TrackingRequest
from gesturesynth.tracking.hands_and_face.face_mesh import FaceMesh
from gesturesynth.tracking.hands_and_face.face_values import face_values
from gesturesynth.tracking.hands_and_face.finder import GAP_S, NOT_FETCHED, HandsAndFace
from gesturesynth.tracking.hands_and_face.person_parts import PersonParts
from gesturesynth.tracking.hands_and_face.regions import pixels
from gesturesynth.tracking.landmarker import Landmarker
from gesturesynth.tracking.model.download import ensure_model, ensure_parts
from gesturesynth.tracking.model.face_presence import with_presence_last
from gesturesynth.tracking.model.parts import PartModels
from gesturesynth.tracking.opencv import load_cv2
from tests.support.footage import clip
from tests.support.hand_figure import hand
from tests.support.stick_figure import body_from, pose

BOTH = TrackingRequest(hands=True, face=True)
Image = NDArray[np.uint8]


def _frames(name: str, first: int, last: int, step: int = 1) -> Iterator[tuple[float, Image]]:
    cv2 = load_cv2()
    video = cv2.VideoCapture(str(clip(name)))
    rate = video.get(cv2.CAP_PROP_FPS)
    for number in range(last):
        image = video.read()[1]
        if number >= first and (number - first) % step == 0:
            yield number / rate, cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    video.release()


@pytest.fixture
def hand_frame() -> Image:
    """A hand near the camera."""
    ((_, frame),) = _frames("hand", 80, 81)
    return frame


@pytest.fixture(scope="module")
def hand_poses() -> list[Pose]:
    """A hand that opens near the camera, then is held: no face and no shoulder is in the picture."""
    found = []
    finder = HandsAndFace(ensure_parts)
    with Landmarker(ensure_model()) as landmarker, finder:
        finder.change_request(BOTH)
        for number, (time_s, frame) in enumerate(_frames("hand", 0, 90)):
            bodies = finder.add(frame, landmarker.detect(frame, time_s), time_s)
            found.append(Pose(time_s, number, frame.shape[1], frame.shape[0], bodies))
    return found


def test_a_hand_near_the_camera_is_found_though_the_pose_is_wrong(hand_poses: list[Pose]) -> None:
    seen = [body for pose in hand_poses for body in pose.bodies[:1] if body.right_hand]
    assert len(seen) > 70
    assert not any(body.left_hand for pose in hand_poses for body in pose.bodies)
    assert not any(body.face for pose in hand_poses for body in pose.bodies), "there is no face in the picture"
    assert all(is_sound(body) for body in seen)


def test_its_features_go_where_the_hand_goes(hand_poses: list[Pose]) -> None:
    names = ["right_hand.open", "right_hand.index.angle", "right_hand.roll", "right_hand.point.y", "right_hand.place.x"]
    extractor = FeatureExtractor(names)
    rows = []
    for one in hand_poses:
        points = all_points(one.bodies[0]) if one.bodies else None
        frame = extractor.extract(points, one.width, one.height, one.capture_time_s)
        rows.append(np.where(frame.seen, frame.values, np.nan))
    table = np.array(rows)
    begin, end = np.nanmean(table[:24], axis=0), np.nanmean(table[80:], axis=0)
    assert end[0] > begin[0] + 0.1, "it opens"
    assert end[1] > begin[1] + 15.0, "its index finger becomes straight"
    assert begin[2] < 20.0, "edge on"
    assert end[2] > 70.0, "its palm to the camera"
    assert end[3] < -0.8, "it points down"
    assert 0.5 < end[4] < 0.7, "at the performer's right"
    assert np.abs(np.diff(table[80:, 1])).max() < 3.0, "held still"


@pytest.fixture(scope="module")
def squatter() -> tuple[Image, NDArray[np.float64], FaceMesh]:
    """A picture of a person who stands, its pose in pixels, and a face mesh."""
    ((time_s, frame),) = _frames("squats", 30, 31)
    with Landmarker(ensure_model()) as landmarker:
        body = landmarker.detect(frame, time_s)[0]
    model = ensure_parts().face
    assert model is not None
    return frame, pixels(body.image_array(), frame.shape[1], frame.shape[0]), FaceMesh(model)


def _values(frame: Image, points: NDArray[np.float64], mesh: FaceMesh) -> dict[str, float] | None:
    mesh.reset()
    for _ in range(3):  # the square settles on the face
        found = mesh.find(frame, points)
    values = face_values(found) if found is not None else None
    return None if values is None else dict(zip(FACE_VALUES, values.tolist(), strict=True))


def test_a_face_is_found_where_it_is_and_nowhere_else(
    squatter: tuple[Image, NDArray[np.float64], FaceMesh],
) -> None:
    frame, points, mesh = squatter
    values = _values(frame, points, mesh)
    assert values is not None
    assert abs(values["mouth_open"]) < 0.1
    assert values["left_eye_open"] > 0.2
    moved = points.copy()
    moved[:, 1] += 300.0  # a pose whose head is where the legs are
    assert _values(frame, moved, mesh) is None


def test_a_mouth_that_is_drawn_open_is_measured_as_open(
    squatter: tuple[Image, NDArray[np.float64], FaceMesh],
) -> None:
    """The picture of a real face, its lower half moved down, and the gap between the lips filled with dark."""
    frame, points, mesh = squatter
    closed = _values(frame, points, mesh)
    lips = points[[9, 10], :2].mean(axis=0)
    x, y = round(lips[0]), round(lips[1])
    opened = frame.copy()
    height = 10
    opened[y + height : y + height + 30, x - 40 : x + 40] = frame[y : y + 30, x - 40 : x + 40]
    load_cv2().ellipse(opened, (x, y + height // 2), (11, height // 2 + 1), 0, 0, 360, (40, 15, 15), -1)
    drawn = _values(opened, points, mesh)
    assert closed is not None
    assert drawn is not None
    assert drawn["mouth_open"] > closed["mouth_open"] + 0.15


def test_without_models_a_sentence_is_all_that_comes_of_it() -> None:
    finder = HandsAndFace(lambda: PartModels(None, None))
    finder.change_request(BOTH)
    assert finder.problem == NOT_FETCHED
    bodies = (body_from(pose()),)
    assert finder.add(np.zeros((48, 64, 3), np.uint8), bodies, 0.0) is bodies
    finder.change_request(NO_REQUEST)
    assert finder.problem == ""


def test_a_broken_model_ends_the_looking_and_not_the_poses(tmp_path: Path) -> None:
    broken = tmp_path / "x.tflite"
    broken.write_bytes(b"TFL3" * 100)
    with pytest.raises(GestureSynthError, match="cannot read the face model"):
        FaceMesh(broken)
    with pytest.raises(ValueError, match="no face mesh"):
        with_presence_last(b"\x10\x00\x00\x00TFL3" + bytes(100))
    finder = HandsAndFace(lambda: PartModels(broken, broken))
    finder.change_request(BOTH)
    assert "Everything else plays on" in finder.problem
    finder.change_request(NO_REQUEST)
    assert finder.problem == "", "the next preset needs none"
    finder.change_request(BOTH)
    assert "Everything else plays on" in finder.problem
    bodies: tuple[Body, ...] = (body_from(pose()),)
    assert finder.add(np.zeros((48, 64, 3), np.uint8), bodies, 0.0) is bodies


def test_hands_alone_are_those_of_the_person_who_was_seen_before(hand_frame: Image) -> None:
    """Otherwise each change between a body and hands alone would be a handover to another person."""
    with HandsAndFace(ensure_parts) as finder:
        finder.change_request(TrackingRequest(hands=True))
        finder.add(hand_frame, (replace(body_from(pose()), person=3),), 0.0)
        alone = [finder.add(hand_frame, (), 1.0 + number / 30) for number in range(3)]
    assert [body.person for bodies in alone for body in bodies if body.right_hand] == [3, 3, 3]


class _FailingNet:
    """A network that OpenCV cannot compute, as one of another version (a fake: ours can)."""

    def setInput(self, _picture: object) -> None:  # noqa: N802 - the name in OpenCV
        pass

    def forward(self) -> None:
        raise load_cv2().error("layer not implemented")


def test_a_face_model_that_cannot_run_ends_the_looking_and_not_the_poses(
    squatter: tuple[Image, NDArray[np.float64], FaceMesh], monkeypatch: pytest.MonkeyPatch
) -> None:
    frame, points, mesh = squatter
    mesh.reset()
    with HandsAndFace(ensure_parts) as finder:
        finder.change_request(TrackingRequest(face=True))
        monkeypatch.setattr(finder, "_all", [PersonParts(None, mesh)])
        monkeypatch.setattr(mesh, "_mesh", _FailingNet())
        height, width = frame.shape[:2]
        image = np.zeros((33, 4), np.float32)
        image[:, [0, 1, 3]] = points / (width, height, 1.0)
        bodies = (body_from(image),)
        assert finder.add(frame, bodies, 0.0) is bodies
        assert "layer not implemented" in finder.problem


class _AlwaysAHand:
    """Finds a right hand in each frame (a fake: what is looked for is whose it is)."""

    def look(self, *_: object, **__: object) -> None:
        pass

    def hands(self, *_: object) -> dict[str, bytes]:
        return {"right": hand("right").tobytes()}

    def reset(self) -> None:
        pass

    def close(self) -> None:
        pass


def test_hands_are_looked_for_at_the_person_whom_features_are_measured_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tracker keeps a person's place in the order for longer than the role of the first person lasts."""
    one, two = (replace(body_from(pose()), person=number) for number in (1, 2))
    scenes = [((one,), 5), ((one, two), 5), ((two,), 10), ((one, two), 5), ((two,), 20), ((one, two), 20), ((), 5)]
    frame = np.zeros((48, 64, 3), np.uint8)
    roles, number = Roles(), 0
    with HandsAndFace(lambda: PartModels(None, None)) as finder:
        monkeypatch.setattr(finder, "_all", [PersonParts(_AlwaysAHand(), None)])  # type: ignore[arg-type]  # a fake
        for bodies, count in scenes:
            for _ in range(count):
                found = finder.add(frame, bodies, number / 30)
                people = roles.assign(found, 64, 48, number / 30)
                whose = [body.person for body in found if body.right_hand]
                own = people.person_of(OWN)
                assert whose == [own] * any(body.person == own for body in found)
                number += 1
    assert own == 2, "the first one was hidden for too long"
    assert GAP_S == ROLE_GAP_S
