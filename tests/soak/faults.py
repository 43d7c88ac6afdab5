"""The faults, and what ends those that do not end by themselves. After each, everything must recover by itself."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.soak.observer import Observer
from tests.soak.setup import SoakSetup
from tests.support.waiting import wait_for

NOTICED_S: Final = 20.0
"""In this time whatever is wrong has to be noticed."""
AWAY_S: Final = 1.0
"""For so long an audio server, or a camera, is away."""
RESTART_S: Final = 15.0
"""A busy machine may need this long until a restarted engine is audible."""


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong.

    Attributes:
        name: for people.
        victim: `conductor`, `engine` or `tracker`: who, or whose surroundings; the order of the schedule.
        silence_s: so much silence is explained by it; 0: none at all.
        happen: does it, and returns when it is over and was noticed.
    """

    name: str
    victim: str
    silence_s: float
    happen: Callable[[SoakSetup, Observer], None]


def _ended(who: str, number: signal.Signals) -> Callable[[SoakSetup, Observer], None]:
    def happen(_setup: SoakSetup, observer: Observer) -> None:
        before = observer.pids[who]
        assert before, f"there is no {who}"  # and 0 would be our own process group
        os.kill(before, number)
        wait_for(lambda: observer.pids[who] not in (before, 0), f"a new {who}", NOTICED_S)

    return happen


def _trainer_killed(setup: SoakSetup, _observer: Observer) -> None:
    """In the midst of a fit; it is so short that it takes a few attempts to meet one."""
    end_s = time.monotonic() + NOTICED_S
    while time.monotonic() < end_s:
        setup.request("train")
        while stage_training(setup):
            for pid, (name, _) in setup.processes().items():
                if name == "trainer":
                    os.kill(pid, signal.SIGKILL)
                    wait_for(lambda: not stage_training(setup), "the end of the training", NOTICED_S)
                    setup.request("train")
                    return
    raise AssertionError("no trainer was ever seen")


def stage_training(setup: SoakSetup) -> bool:
    """Whether a fit is under way."""
    return '"training":true' in setup.request().state.replace(" ", "")


def _server_killed(setup: SoakSetup, _observer: Observer) -> None:
    setup.server.kill()
    time.sleep(AWAY_S)
    setup.server.start()
    setup.listener.listen()


def _camera(word: str) -> Callable[[SoakSetup, Observer], None]:
    def happen(setup: SoakSetup, observer: Observer) -> None:
        assert setup.camera is not None
        setup.camera.set_state(word)  # type: ignore[arg-type]  # one of its states
        try:
            wait_for(lambda: not observer.healthy, f"the problem to be reported: {word}", NOTICED_S)
        finally:
            setup.camera.set_state("play")

    return happen


def _preset_broken(setup: SoakSetup, observer: Observer) -> None:
    setup.request("preset", setup.preset.stem)
    wait_for(lambda: observer.conductor is not None and observer.healthy, "the preset", NOTICED_S)
    right = setup.preset.read_text()
    setup.preset.write_text(right.replace("theremin.pitch", "theremin.pich"))
    try:
        wait_for(
            lambda: any("pich" in problem for problem in observer.problems), "the mistake to be reported", NOTICED_S
        )
    finally:
        setup.preset.write_text(right)


FAULTS: Final = (
    Fault("conductor killed", "conductor", 0.0, _ended("conductor", signal.SIGKILL)),
    Fault("conductor stopped", "conductor", 0.0, _ended("conductor", signal.SIGSTOP)),
    Fault("trainer killed", "conductor", 0.0, _trainer_killed),
    Fault("preset broken", "conductor", 0.0, _preset_broken),
    Fault("engine killed", "engine", RESTART_S, _ended("engine", signal.SIGKILL)),
    Fault("engine stopped", "engine", RESTART_S, _ended("engine", signal.SIGSTOP)),
    Fault("JACK killed", "engine", RESTART_S, _server_killed),
    Fault("tracker killed", "tracker", 0.0, _ended("tracker", signal.SIGKILL)),
    Fault("tracker stopped", "tracker", 0.0, _ended("tracker", signal.SIGSTOP)),
    Fault("camera hangs", "tracker", 0.0, _camera("hang")),
    Fault("camera unplugged", "tracker", 0.0, _camera("unplug")),
)
OF_THE_CAMERA: Final = ("camera hangs", "camera unplugged")
