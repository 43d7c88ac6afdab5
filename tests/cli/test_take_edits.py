"""`gesturesynth examples relabel`, `trim`, `switch`: what a person types in a shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gesturesynth.cli import examples
from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.store import ExampleStore, store_path
from tests.support.stored_takes import open_store, poses

SOUND = {"pitch": 220.0, "level": -12.0, "timbre": 0.1}


@pytest.fixture
def service(own_folders: Path) -> ExampleStore:
    """The store as the running service has it open: a take, and a snapshot."""
    store = open_store(store_path("theremin"))
    store.add_take("1", SOUND, "", poses(40, 20.0))
    store.save_snapshot(2, SOUND | {"pitch": 880.0})
    return store


def shell(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    command = [*arguments, "--preset", "theremin"]
    examples.app(command, exit_on_error=False, print_error=False, result_action="return_value")
    return capsys.readouterr().out


def test_edits_are_made_while_the_service_runs_and_are_listed(
    service: ExampleStore, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shell(capsys, "relabel", "1", "2").startswith("take 1 is for 2 instead of 1. ")
    assert service.sound(1)["pitch"] == 880.0
    assert shell(capsys, "trim", "1", "0.2", "0.8").startswith("take 1 trimmed to 0.2 to 0.8 s. ")
    assert shell(capsys, "switch", "1").startswith("take 1 switched off. ")
    assert shell(capsys, "list").splitlines()[1].endswith("off, trimmed to 0.2 to 0.8 s")
    (found,) = json.loads(shell(capsys, "list", "--json"))
    assert (found["target"], found["off"], found["trimmed"]) == ("2", True, [0.2, 0.8])
    assert "off, trimmed" in shell(capsys, "show", "1")
    assert shell(capsys, "switch", "1", "true").startswith("take 1 switched on. ")
    assert json.loads(shell(capsys, "trim", "1", "0", "99", "--json"))["done"].startswith("take 1 counts as a whole")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("relabel", "1", "dancing"), "dancing"),
        (("relabel", "7", "2"), "no take 7"),
        (("relabel", "1", "9"), "snapshot 9 has no sound"),
        (("trim", "1", "0.1", "0.11"), "at least 5"),
    ],
)
def test_mistakes_are_said_and_change_nothing(
    service: ExampleStore, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    before = service.takes()
    with pytest.raises(UserError, match=words):
        shell(capsys, *arguments)
    assert service.takes() == before
