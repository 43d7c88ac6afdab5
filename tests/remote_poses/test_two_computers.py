"""Two network namespaces as two computers: whole processes, with delay, loss, a pulled cable, and keys that do not fit.

Both have one monotonic clock, so the true offset between them is 0, and the ages of poses are known.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gesturesynth.remote_poses import allowed_keys
from gesturesynth.remote_poses.keys import OwnKey, key_text, make_own_key
from tests.support.lossy_network import ADDRESSES, LossyNetwork, missing
from tests.support.waiting import wait_for

REASON = missing()
pytestmark = [
    pytest.mark.slow("network namespaces"),
    pytest.mark.skipif(bool(REASON), reason=REASON),
]
ADDRESS = f"tcp://{ADDRESSES['camera']}:9480"


@dataclass
class Stage:
    """A receiver at the other side, and what it has printed."""

    process: subprocess.Popen[str]
    lines: list[dict[str, Any]] = field(default_factory=list)

    def read(self) -> None:
        """Reads until the program ends."""
        assert self.process.stdout
        with self.process.stdout as output:
            for line in output:
                self.lines.append(json.loads(line))

    @property
    def tracker(self) -> dict[str, Any]:
        """The newest reading."""
        found = self.lines[-1]["trackers"] if self.lines else []
        return dict(found[0]) if found else {"state": ""}

    def until(self, state: str) -> None:
        """Waits for a state."""
        wait_for(lambda: self.tracker["state"] == state, f"{state}, not {self.tracker['state']}")

    def ages_s(self, poses: int) -> list[float]:
        """The ages of the next poses."""
        begun = len(self.lines)

        def ages() -> list[float]:
            return [age for line in self.lines[begun + 1 :] for age in line["ages_s"]]

        wait_for(lambda: len(ages()) >= poses, f"{poses} poses")
        return ages()


@dataclass
class World:
    """Both sides."""

    network: LossyNetwork
    folder: Path
    camera: OwnKey

    def environment(self, side: str) -> dict[str, str]:
        """Folders of a computer."""
        names = ("config", "state", "runtime")
        return {f"GESTURESYNTH_{name.upper()}_DIR": str(self.folder / side / name) for name in names}

    def receiver(self, side: str, key: bytes) -> Stage:
        """Starts a receiver with the folders of `side`, which believes the camera to have `key`."""
        command = [sys.executable, "-m", "tests.support.remote_receiver", "hall", ADDRESS, key_text(key)]
        stage = Stage(self.network.start("stage", command, self.environment(side)))
        threading.Thread(target=stage.read, daemon=True).start()
        return stage


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("w")
    now = datetime.now(tz=UTC)
    keys: dict[str, OwnKey] = {}
    with pytest.MonkeyPatch.context() as patch, LossyNetwork() as network:
        for side in ("camera", "stage", "stranger"):
            patch.setenv("GESTURESYNTH_CONFIG_DIR", str(folder / side / "config"))
            keys[side] = make_own_key(replace=False, now=now)
        patch.setenv("GESTURESYNTH_CONFIG_DIR", str(folder / "camera" / "config"))
        allowed_keys.allow("stage", key_text(keys["stage"].public), now)
        made = World(network, folder, keys["camera"])
        command = [sys.executable, "-m", "gesturesynth", "tracker", "--source", "demo", "--publish", ADDRESS]
        camera = Stage(network.start("camera", command, made.environment("camera")))
        threading.Thread(target=camera.read, daemon=True).start()
        yield made


@pytest.fixture(scope="module")
def stage(world: World) -> Stage:
    return world.receiver("stage", world.camera.public)


def test_poses_come_with_their_true_age(world: World, stage: Stage) -> None:
    stage.until("live")
    ages = stage.ages_s(30)
    assert min(ages) >= 0.0
    assert abs(stage.tracker["offset_ms"]) <= stage.tracker["error_ms"]


def test_keys_that_do_not_fit_give_nothing(world: World, stage: Stage) -> None:
    stranger = world.receiver("stranger", world.camera.public)
    deceived = world.receiver("stage", bytes(32))
    stranger.until("refused")
    deceived.until("wrong key")
    assert stranger.lines[-1]["poses"] == deceived.lines[-1]["poses"] == 0
    for one in (stranger, deceived):
        one.process.terminate()


def test_delay_and_loss_make_fewer_and_older_poses_and_no_wrong_ones(world: World, stage: Stage) -> None:
    network = world.network
    network.delay_s, network.jitter_s, network.loss = 0.06, 0.01, 0.04
    try:
        ages = stage.ages_s(90)
        assert network.lost > 0
        assert min(ages) > 0.05, "the delay is in the age, by the clock of this side"
        fresh = [age for age in ages if age <= 0.5]
        assert len(fresh) == len(ages), "a pose that is older counts as none"
        reading = stage.tracker
        assert abs(reading["offset_ms"]) <= reading["error_ms"] <= 75.0
        assert reading["dropped"].keys() <= {"stale"}
    finally:
        network.delay_s = network.jitter_s = network.loss = 0.0


def test_a_cable_that_was_pulled_out_is_noticed_and_all_comes_back(world: World, stage: Stage) -> None:
    stage.until("live")
    world.network.cut = True
    try:
        stage.until("silent")
    finally:
        world.network.cut = False
    stage.until("live")
    stage.ages_s(10)
