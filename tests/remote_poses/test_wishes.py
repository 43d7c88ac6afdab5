"""What a preset asks for reaches the tracker on another computer: the greatest wish of all receivers, and no more."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gesturesynth.remote_poses import allowed_keys, keys
from gesturesynth.remote_poses.addresses import TrackerAddress, parse_address
from gesturesynth.remote_poses.wishes import HELD_S, Wishes
from gesturesynth.runtime.messages import Pose
from gesturesynth.runtime.tracking_request import NO_REQUEST, ReceiversRequest, TrackingRequest
from gesturesynth.tracking.model.download import ensure_model
from tests.support import footage
from tests.support.osc_tools import free_port
from tests.support.remote_poses import new_key, pose_server, receiving
from tests.support.waiting import wait_for


def test_the_greatest_wish_counts_until_nobody_has_had_it_for_a_while() -> None:
    wishes = Wishes()
    assert wishes.all(0.0) == ReceiversRequest()
    wishes.add(TrackingRequest(2, hands=True), 1.0)
    wishes.add(TrackingRequest(4, face=True), 2.0)
    wishes.add(NO_REQUEST, 3.0)
    assert wishes.all(3.0) == ReceiversRequest(4, hands=True, face=True)
    assert wishes.all(1.5 + HELD_S) == ReceiversRequest(4, face=True)
    assert wishes.all(2.5 + HELD_S) == ReceiversRequest()


def test_two_receivers_get_what_both_ask_for(tmp_path: Path) -> None:
    stage, hall = new_key(), new_key()
    with (
        pose_server(tmp_path, {"stage": stage.public, "hall": hall.public}) as server,
        receiving(stage, server.tracker()) as first,
        receiving(hall, server.tracker()) as second,
    ):
        first.ask(TrackingRequest(3))
        second.ask(TrackingRequest(2, hands=True))
        wait_for(lambda: server.server.wishes.all(0.0) == ReceiversRequest(3, hands=True), "both wishes")


@pytest.fixture
def camera() -> Iterator[TrackerAddress]:
    """A real tracker on real footage, which publishes its poses; its own setting is one person."""
    ensure_model()
    now = datetime.now(tz=UTC)
    own = keys.make_own_key(replace=False, now=now)
    allowed_keys.allow("stage", keys.key_text(own.public), now)
    address = f"tcp://127.0.0.1:{free_port()}"
    command = ["tracker", "--source", str(footage.clip("two")), "--publish", address]
    process = subprocess.Popen([sys.executable, "-m", "gesturesynth", *command], stdin=subprocess.DEVNULL)
    yield TrackerAddress("hall", "hall", parse_address(address), own.public)
    process.terminate()
    process.wait(20)


def test_as_many_persons_come_from_another_computer_as_the_preset_asks_for(camera: TrackerAddress) -> None:
    with receiving(keys.own_key(), camera) as receiver:

        def until(persons: int) -> Pose:
            found: list[Pose] = []

            def come() -> bool:
                pose = receiver.newest()
                found.extend([pose] if pose and len(pose.bodies) == persons else [])
                return bool(found)

            wait_for(come, f"a pose of {persons}")
            return found[0]

        until(1)
        receiver.ask(TrackingRequest(2))
        assert len({body.person for body in until(2).bodies}) == 2
