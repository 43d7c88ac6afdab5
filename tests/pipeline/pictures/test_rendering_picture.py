"""Pictures of renderings: drawn from a real one, and looked at pixel by pixel where it matters."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.pipeline.pictures import rendering_picture
from gesturesynth.pipeline.render import RenderSettings, render
from gesturesynth.runtime.messages import Pose
from gesturesynth.tracking.skeleton_file import SkeletonWriter


def rendered(folder: Path, preset: str = "theremin", source: str = "demo", picture: str = "out.png") -> Path:
    file = paths.presets_dir() / f"{preset}.yaml"
    render(RenderSettings(file, source, folder / "out.wav", picture=folder / picture, seconds=2.0))
    return folder / picture


def pixels(file: Path) -> NDArray[np.uint8]:
    image = cv2.imread(str(file))
    assert image is not None
    return np.asarray(image, dtype=np.uint8)


def test_the_same_rendering_gives_the_same_picture_and_another_piece_another(tmp_path: Path) -> None:
    first = rendered(tmp_path).read_bytes()
    assert first == rendered(tmp_path, picture="again.png").read_bytes()
    other = rendered(tmp_path, preset="drums", picture="drums.png")
    image = pixels(other)
    assert image.shape == (rendering_picture.HEIGHT, rendering_picture.WIDTH, 3)
    assert (image != pixels(tmp_path / "out.png")).any(axis=2).mean() > 0.1


def test_where_no_person_is_in_view_is_grey(tmp_path: Path) -> None:
    grey = np.array([0xE6, 0xE6, 0xE6])
    there = (pixels(rendered(tmp_path)) == grey).all(axis=2)
    empty = tmp_path / "empty.skeleton"
    with SkeletonWriter(empty) as writer:
        for number in range(60):
            writer.write(Pose(number / 30, number, 640, 480, ()))
    gone = (pixels(rendered(tmp_path, source=str(empty))) == grey).all(axis=2)
    assert gone.sum() > there.sum() + 50000


@pytest.mark.parametrize(
    ("picture", "words"),
    [("out.jpg", r"must end in \.png"), ("out.wav", "choose two names"), ("missing/out.png", "Is the folder there")],
)
def test_a_name_that_cannot_be_written_is_a_sentence_and_nothing_is_written(
    tmp_path: Path, picture: str, words: str
) -> None:
    with pytest.raises(UserError, match=words):
        rendered(tmp_path, picture=picture)
    assert list(tmp_path.iterdir()) == []


def test_without_matplotlib_it_says_before_rendering_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(GestureSynthError, match=r"pip install 'gesturesynth\[pictures\]'"):
        rendered(tmp_path)
    assert list(tmp_path.iterdir()) == []
