"""`gesturesynth examples map`: a picture file, or a sentence."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from gesturesynth.cli import examples
from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.store import store_path
from tests.support.stored_takes import open_store, poses


def shell(*arguments: str) -> None:
    examples.app(["map", *arguments], exit_on_error=False, print_error=False, result_action="return_value")


def test_what_was_taught_is_drawn_and_the_sentence_counts_it(
    own_folders: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_store(store_path("theremin")) as store:
        store.add_take("1", {"pitch": 220.0, "level": -12.0, "timbre": 0.1}, "", poses(40, 20.0))
        store.add_take("2", {"pitch": 880.0, "level": -2.0, "timbre": 0.0}, "", poses(30, 5.0))
    picture = tmp_path / "map.png"
    shell("--preset", "theremin", "--picture", str(picture))
    assert capsys.readouterr().out == f"{picture}: Air theremin: 2 takes, 70 examples\n"
    image = cv2.imread(str(picture))
    assert image is not None
    assert image.shape[1] == 1500


@pytest.mark.parametrize("preset", ["drone", "drums", "grains", "theremin"])
def test_factory_examples_of_every_piece_can_be_drawn(own_folders: Path, tmp_path: Path, preset: str) -> None:
    shell("--preset", preset, "--factory", "--picture", str(tmp_path / "map.png"))
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--picture", "map.png"), "has not been taught yet"),
        (("--factory", "--picture", "map.svg"), r"must end in \.png"),
        (("--factory", "--picture", "no/folder/map.png"), "Is the folder there"),
    ],
)
def test_mistakes_are_said_and_leave_nothing(
    own_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=words):
        shell("--preset", "theremin", *arguments)
    assert not [*tmp_path.rglob("*map*")]
