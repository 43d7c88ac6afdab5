"""Builds and controls the camera of virtual_camera.c."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from gesturesynth.tracking.images import Image
from gesturesynth.tracking.video_file import Clip

CameraState = Literal["play", "unplug", "busy", "hang", "stuck", "repeat"]

SIZE = (640, 480)


class VirtualCamera:
    """A V4L2 camera that plays a clip to every process started with `environment`."""

    device = "/dev/video42"

    def __init__(self, folder: Path, clip: Path, frames: int = 60, skip: int = 0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._library = build(folder)
        self._control = folder / "control"
        self.values_file = folder / "values"
        self._frames = folder / "frames"
        self._frames.mkdir()
        self.set_state("play")
        with Clip(clip) as film:
            for _ in range(skip):
                film.read()
            for number in range(frames):
                shot = film.read()
                if shot is None:
                    break
                cv2.imwrite(str(self._frames / f"{number:03}.jpg"), fit(shot[0]))

    def set_state(self, word: CameraState) -> None:
        """Sets what the camera does from now on."""
        draft = self._control.with_suffix(".new")
        draft.write_text(word)
        draft.replace(self._control)  # so that a reader never gets half of it

    def empty_frame(self, number: int) -> None:
        """Makes one frame an empty buffer, as real cameras send now and then."""
        (self._frames / f"{number:03}.jpg").write_bytes(b"")

    def control_values(self) -> dict[int, int]:
        """The values of its controls by V4L2's number, once one was set."""
        lines = self.values_file.read_text(encoding="ascii").splitlines() if self.values_file.exists() else []
        return {int(number): int(value) for number, value in (line.split() for line in lines)}

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(self._library),
            "VIRTUAL_CAMERA_DEVICE": self.device,
            "VIRTUAL_CAMERA_FRAMES": str(self._frames),
            "VIRTUAL_CAMERA_CONTROL": str(self._control),
            "VIRTUAL_CAMERA_VALUES": str(self.values_file),
        }


def fit(image: Image) -> Image:
    """The picture within 640x480, undistorted, on black."""
    width, height = SIZE
    scale = min(width / image.shape[1], height / image.shape[0])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    canvas = np.zeros((height, width, 3), np.uint8)
    top, left = (height - small.shape[0]) // 2, (width - small.shape[1]) // 2
    canvas[top : top + small.shape[0], left : left + small.shape[1]] = small
    return canvas


def build(folder: Path) -> Path:
    """Compiles the library into a folder."""
    compiler = shutil.which(os.environ.get("CC", "cc")) or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise RuntimeError("the virtual camera needs a C compiler: on Debian and Ubuntu, install the package gcc")
    library = folder / "virtual_camera.so"
    source = Path(__file__).with_suffix(".c")
    text = ["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
    done = subprocess.run(
        [compiler, *text, "-o", str(library), str(source), "-ldl"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"the virtual camera does not compile:\n{done.stderr}")
    return library
