"""Bodies of one person and of several, on real footage with the real networks."""

from __future__ import annotations

import sys
import time
import zipfile
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.runtime.messages import Body
from gesturesynth.runtime.tracking_request import TrackingRequest
from gesturesynth.tracking.body_finder import BodyFinder
from gesturesynth.tracking.capture import Frame
from gesturesynth.tracking.landmarker import Landmarker
from gesturesynth.tracking.live_poses import PoseFinder
from gesturesynth.tracking.model.download import DETECTOR, LANDMARKS, ensure_model
from gesturesynth.tracking.offline_poses import read_poses
from gesturesynth.tracking.people import networks as networks_module
from gesturesynth.tracking.people.follower import PeopleFollower
from gesturesynth.tracking.people.networks import Networks
from gesturesynth.tracking.sources import SourceSettings
from gesturesynth.tracking.video_file import Clip
from tests.support import footage

Shot = tuple[NDArray[np.uint8], float]


@pytest.fixture(scope="module")
def bundle() -> Path:
    return ensure_model()


def shots(name: str, count: int, every: int = 1) -> list[Shot]:
    """Frames of a clip, red first, with their times."""
    taken: list[Shot] = []
    with Clip(footage.clip(name)) as clip:
        while len(taken) < count * every and (shot := clip.read()):
            taken.append((np.ascontiguousarray(shot[0][:, :, ::-1]), shot[1]))
    return taken[::every]


def pixels(bodies: list[Body], size: tuple[int, ...]) -> NDArray[np.float32]:
    """float32 (n, 33, 2)."""
    return np.array([body.image_array()[:, :2] * (size[1], size[0]) for body in bodies], dtype=np.float32)


def median_distance(one: list[Body], other: list[Body], size: tuple[int, ...]) -> float:
    return float(np.median(np.linalg.norm(pixels(one, size) - pixels(other, size), axis=2)))


def test_one_person_is_followed_by_mediapipe_to_the_bit(bundle: Path) -> None:
    frames = shots("dancer", 15)
    with Landmarker(bundle) as landmarker, BodyFinder(bundle) as finder:
        for frame, time_s in frames:
            assert finder.find(frame, time_s, 1) == landmarker.detect(frame, time_s)


@pytest.mark.parametrize("clip", ["dancer", "athlete"])
def test_one_of_several_is_followed_as_by_mediapipe(bundle: Path, clip: str) -> None:
    frames = shots(clip, 40)
    brighter = [(np.clip(frame.astype(np.int16) + 1, 0, 255).astype(np.uint8), time_s) for frame, time_s in frames]
    found: list[list[Body]] = []
    for these in (frames, brighter):
        with Landmarker(bundle) as landmarker:
            found.append([landmarker.detect(*shot)[0] for shot in these])
    follower = PeopleFollower(Networks(bundle))
    own = [follower.find(*shot, people=2)[0] for shot in frames]
    size = frames[0][0].shape
    # As much as MediaPipe itself differs when every pixel is brighter by one of 255 levels.
    assert median_distance(own, found[0], size) <= 1.3 * median_distance(found[1], found[0], size)
    seen = [np.array([body.image_array()[:, 3] for body in bodies]) for bodies in (own, found[0])]
    assert np.abs(seen[0] - seen[1]).max() < 0.1
    worlds = [np.array([body.world_array() for body in bodies]) for bodies in (own, found[0])]
    assert np.median(np.linalg.norm(worlds[0] - worlds[1], axis=2)) < 0.015
    assert {body.person for body in own} == {1}


def test_two_persons_are_followed_for_the_whole_clip_mirrored_and_turned_alike(bundle: Path) -> None:
    path, request = str(footage.clip("two")), TrackingRequest(people=2)
    poses = list(islice(read_poses(path, request=request), 40))
    numbers = [tuple(body.person for body in pose.bodies) for pose in poses]
    both = numbers.index((1, 2))
    assert both <= 20
    assert numbers[both:] == [(1, 2)] * (len(numbers) - both)
    assert set(numbers[:both]) <= {(), (1,)}

    finder = PoseFinder(bundle, SourceSettings(mirror=True, rotate=90))
    finder.change_request(request)
    with Clip(footage.clip("two")) as clip:
        for number, pose in enumerate(poses[: both + 3]):
            shot = clip.read()
            assert shot
            changed = finder.find(Frame(np.rot90(shot[0]), shot[1], number, 1))
            assert [body.person for body in changed.bodies] == [body.person for body in pose.bodies]
            for one, other in zip(pose.bodies, changed.bodies, strict=True):
                assert np.allclose(1.0 - one.image_array()[:, 0], other.image_array()[:, 0], atol=1e-6)
    finder.close()


def test_a_second_person_costs_one_look_a_frame(bundle: Path) -> None:
    networks = Networks(bundle)
    follower = PeopleFollower(networks)
    frames = shots("two", 40)
    for shot in frames[:25]:
        follower.find(*shot, people=2)
    assert follower.following == 2
    before = dict(networks.looks)
    for shot in frames[25:]:
        follower.find(*shot, people=2)
    assert networks.looks["landmarks"] - before["landmarks"] == 2 * 15
    assert networks.looks["detector"] == before["detector"]


def test_more_persons_from_one_frame_to_the_next_lose_none(bundle: Path) -> None:
    frames = shots("two", 60)
    with BodyFinder(bundle) as finder:
        for shot in frames[:10]:
            (one,) = finder.find(*shot, people=1)
        assert one.person == 0
        counts = []
        first = None
        for shot in frames[10:]:
            bodies = finder.find(*shot, people=2)
            counts.append(len(bodies))
            first = first or next((body for body in bodies if body.person == 1), None)
            if bodies[0].person == 0 and finder._loading:
                finder._loading.join()  # the rest of the clip is not waited for
        assert 0 not in counts
        assert counts[-1] == 2
        assert first is not None
        size = frames[0][0].shape
        assert median_distance([one], [first], size) < 0.05 * size[0], "the first is the one who was followed before"
        (left,) = finder.find(*frames[-1], people=1)
        assert left.person == 0
        assert median_distance([left], [bodies[0]], size) < 0.01 * size[0], "and stays when there is room for one"


def test_without_litert_one_person_is_followed_and_it_says_what_to_install(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    frames = shots("dancer", 4)
    with BodyFinder(bundle) as finder, Landmarker(bundle) as landmarker:
        for shot in frames:
            assert finder.find(*shot, people=3) == landmarker.detect(*shot)
        assert "pip install 'gesturesynth[people]'" in finder.problem
        assert "One person is followed" in finder.problem


def test_another_model_is_refused_with_a_sentence(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(GestureSynthError, match="several persons cannot be followed with"):
        Networks(tmp_path / "missing.task")
    strange = tmp_path / "strange.task"
    with zipfile.ZipFile(bundle) as archive, zipfile.ZipFile(strange, "w") as copy:
        detector = archive.read(DETECTOR)
        copy.writestr(DETECTOR, detector)
        copy.writestr(LANDMARKS, detector)
    with pytest.raises(GestureSynthError, match="other values than BlazePose's"):
        Networks(strange)
    strange.write_bytes(b"nothing")
    with pytest.raises(GestureSynthError, match="several persons cannot be followed with"):
        Networks(strange)
    assert networks_module.MISSING.endswith("One person is followed")


def test_frames_of_any_kind_give_finite_bodies_or_none(bundle: Path) -> None:
    follower = PeopleFollower(Networks(bundle))
    random = np.random.default_rng(2)
    (dancer,) = [frame for frame, _ in shots("dancer", 1)]
    frames = [
        np.zeros((1, 1, 3), np.uint8),
        dancer,
        np.zeros_like(dancer),
        dancer,
        random.integers(0, 256, dancer.shape, dtype=np.uint8),
        np.full((2, 40_000, 3), 255, np.uint8),
        np.ascontiguousarray(dancer[:, ::2]),
        dancer[::-1],
        np.ascontiguousarray(np.tile(dancer, (2, 3, 1))),
        dancer,
    ]
    found = []
    for number, frame in enumerate(frames):
        bodies = follower.find(frame, number / 30, 6)
        found.append(len(bodies))
        for body in bodies:
            assert np.isfinite(body.image_array()).all()
            assert np.isfinite(body.world_array()).all()
            assert body.person > 0
    assert found[0] == found[2] == 0
    assert found[1] == found[-1] == 1


def test_a_library_that_fails_ends_in_a_sentence(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    networks = Networks(bundle)

    def fail() -> None:
        raise RuntimeError("tensor 3 is lost")

    monkeypatch.setattr(networks._detector, "run", fail)
    with pytest.raises(GestureSynthError, match="could not be looked for in a frame: tensor 3 is lost"):
        PeopleFollower(networks).find(np.zeros((20, 20, 3), np.uint8), 0.0, 2)


def test_close_waits_for_networks_that_are_being_loaded(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = []

    class SlowNetworks(Networks):
        def __init__(self, bundle: Path) -> None:
            time.sleep(0.2)
            super().__init__(bundle)
            loaded.append(True)

    monkeypatch.setattr(networks_module, "Networks", SlowNetworks)
    frames = shots("dancer", 2)
    finder = BodyFinder(bundle)
    finder.find(*frames[0], people=1)
    assert finder.find(*frames[1], people=2)[0].person == 0, "the frame does not wait for the networks"
    finder.close()
    assert loaded
