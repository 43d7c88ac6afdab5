"""Commands that people give during a soak: they teach, train, and change the preset."""

from __future__ import annotations

import json
from typing import Any, Final

from gesturesynth.config.preset.loader import find, load
from tests.soak.setup import NAME, OWN, SoakSetup
from tests.support.waiting import wait_for

PRESETS: Final = ("drone", "grains", OWN)
"""All of them sound without a pause, with a person in view or without."""
MOST_TAKES: Final = 3
"""With more takes than these one is deleted first, so that their number stays the same."""
PATIENCE_S: Final = 30.0
TRIES: Final = 3
"""A busy machine may have too few frames for a take; then it is recorded again."""


def train(setup: SoakSetup, turn: int) -> None:
    """Records a take of the person in view, and trains."""
    wait_for(lambda: bool(json.loads(setup.request().state)["present"]), "a person in view", PATIENCE_S)
    before = takes(setup)
    if before >= MOST_TAKES:
        run_command(setup, "delete-last")
        wait_for(lambda: takes(setup) < before, "a take to be gone", PATIENCE_S)
        before = takes(setup)
    run_command(setup, "select", str(1 + turn % 3))
    for _ in range(TRIES):
        run_command(setup, "record")
        wait_for(lambda: takes(setup) > before or session(setup)["message_bad"], "a take", PATIENCE_S)
        if takes(setup) > before:
            break
    assert takes(setup) > before, session(setup)["message"]
    run_command(setup, "train")
    wait_for(lambda: not session(setup)["training"], "the end of the training", PATIENCE_S)
    state = session(setup)
    assert not state["message_bad"], state["message"]
    if state["held"]:
        run_command(setup, "stop")


def change_preset(setup: SoakSetup, turn: int) -> None:
    """Changes to another preset, and waits until it plays."""
    key = PRESETS[turn % len(PRESETS)]
    run_command(setup, "preset", key)
    wanted = NAME if key == OWN else load(find(key)).name
    wait_for(lambda: json.loads(setup.request().state)["preset"] == wanted, f"the preset {key}", PATIENCE_S)


def run_command(setup: SoakSetup, command: str, *values: object) -> None:
    """Gives a command, which must succeed."""
    answer = setup.request(command, *values)
    assert answer.ok, f"{command}: {answer.text}"


def session(setup: SoakSetup) -> Any:
    """The state of the session."""
    return json.loads(setup.request().state)["session"]


def takes(setup: SoakSetup) -> int:
    """How many takes there are for the preset that plays."""
    return sum(session(setup)["takes"].values())
