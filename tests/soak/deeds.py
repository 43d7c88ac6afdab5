"""What people do meanwhile: they teach, train, and change the preset."""

from __future__ import annotations

import json
from typing import Any, Final

from gesturesynth.config.preset.loader import find, load
from tests.soak.stage import NAME, OWN, Stage
from tests.support.waiting import wait_for

PRESETS: Final = ("drone", "grains", "theremin", OWN)
"""All of them sound without a pause, whoever is there."""
MOST_TAKES: Final = 3
"""With more than these the oldest custom is to delete one: what is taught stays as much."""
PATIENCE_S: Final = 30.0
TRIES: Final = 3
"""Where a busy machine has too few frames for a take: record again, as anybody would."""


def train(stage: Stage, turn: int) -> None:
    """Records a take of whoever is there, and trains."""
    wait_for(lambda: bool(json.loads(stage.ask().state)["present"]), "somebody", PATIENCE_S)
    before = takes(stage)
    if before >= MOST_TAKES:
        done(stage, "delete-last")
        wait_for(lambda: takes(stage) < before, "a take to be gone", PATIENCE_S)
        before = takes(stage)
    done(stage, "select", str(1 + turn % 3))
    for _ in range(TRIES):
        done(stage, "record")
        wait_for(lambda: takes(stage) > before or session(stage)["message_bad"], "a take", PATIENCE_S)
        if takes(stage) > before:
            break
    assert takes(stage) > before, session(stage)["message"]
    done(stage, "train")
    wait_for(lambda: not session(stage)["training"], "the end of the training", PATIENCE_S)
    state = session(stage)
    assert not state["message_bad"], state["message"]
    if state["held"]:
        done(stage, "stop")


def switch(stage: Stage, turn: int) -> None:
    """Another preset, until it plays."""
    key = PRESETS[turn % len(PRESETS)]
    done(stage, "preset", key)
    wanted = NAME if key == OWN else load(find(key)).name
    wait_for(lambda: json.loads(stage.ask().state)["preset"] == wanted, f"the preset {key}", PATIENCE_S)


def done(stage: Stage, command: str, *values: object) -> None:
    """Gives a command, which has to be done."""
    answer = stage.ask(command, *values)
    assert answer.ok, f"{command}: {answer.text}"


def session(stage: Stage) -> Any:
    """What people see of it."""
    return json.loads(stage.ask().state)["session"]


def takes(stage: Stage) -> int:
    """How many takes there are for the preset that plays."""
    return sum(session(stage)["takes"].values())
