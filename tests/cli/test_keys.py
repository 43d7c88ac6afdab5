"""`gesturesynth keys`, and what verbs say where the key is missing that their settings need."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from gesturesynth.cli.app import main
from gesturesynth.remote_poses.keys import key_text


def run(*words: str) -> int:
    """The exit code of a command."""
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    return int(ended.value.code or 0)


def test_keys_are_made_shown_allowed_and_forgotten_and_the_secret_is_never_told(
    own_folders: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    other = key_text(os.urandom(32))
    assert run("keys", "new") == 0
    assert run("keys", "show", "--json") == 0
    assert run("keys", "allow", "stage", other) == 0
    assert run("keys", "list", "--json") == 0
    said = capfd.readouterr().out
    secret = (own_folders / "config" / "keys" / "own.key").read_text().partition("secret ")[2].strip()
    assert secret
    assert secret not in said
    shown = json.loads(next(line for line in said.splitlines() if line.startswith('{"key"')))
    assert shown["key"] in said.partition("{")[0], "what `new` has printed"
    listed = json.loads(said[said.index("[") :])
    assert [(row["name"], row["key"]) for row in listed] == [("stage", other)]
    assert run("keys", "forget", "stage") == 0
    assert run("keys", "forget", "stage") == 2
    assert "no computer 'stage' is allowed" in capfd.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ("keys", "show"),
        ("tracker", "--source", "demo", "--publish", "tcp://127.0.0.1:9480"),
        ("run",),
        ("pose-server",),
    ],
)
def test_a_missing_key_is_one_sentence(
    words: tuple[str, ...], own_folders: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (own_folders / "config").mkdir()
    (own_folders / "config" / "gesturesynth.yaml").write_text("publish: {address: 'tcp://127.0.0.1:9480'}\n")
    assert run(*words) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert line.endswith("make one with `gesturesynth keys new`")
