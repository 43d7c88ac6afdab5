"""BlazePose's two networks, run by LiteRT (`ai-edge-litert`), which is an extra of the package.

The models are those in the bundle that MediaPipe gets, without the segmentation mask (`model/segmentation.py`). LiteRT
is imported only when several persons are to be followed.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.tracking.model.download import DETECTOR, LANDMARKS
from gesturesynth.tracking.model.segmentation import LARGEST_BUNDLE, without_segmentation
from gesturesynth.tracking.native_stderr import CapturedStderr
from gesturesynth.tracking.opencv import load_cv2
from gesturesynth.tracking.people import crops
from gesturesynth.tracking.people.detections import ANCHORS, Detection, detections
from gesturesynth.tracking.people.landmarks import ALL, HEAT_CELLS, Found, NetworkOutput, read_landmarks
from gesturesynth.tracking.people.regions import BodyRegion

MISSING: Final = (
    "to follow several persons it needs LiteRT, which is not installed: pip install 'gesturesynth[people]'. "
    "One person is followed"
)

LANDMARK_SHAPES: Final = ((1, ALL * 5), (1, 1), None, (1, HEAT_CELLS, HEAT_CELLS, ALL), (1, ALL * 3))
"""Of the outputs of the landmark network; the third one is a mask or what stands in its place."""
DETECTOR_SHAPES: Final = ((1, len(ANCHORS), 12), (1, len(ANCHORS), 1))


class Networks:
    """The detector and the landmark network. Not for two threads at once.

    Args:
        bundle: a pose landmarker bundle, from `model.download.ensure_model`.

    Attributes:
        looks: how often each of the two was run: `detector`, `landmarks`.

    Raises:
        GestureSynthError: LiteRT is not installed, or the bundle holds other networks.
    """

    def __init__(self, bundle: Path) -> None:
        make = _interpreter_class()
        name = paths.printable(bundle)
        try:
            if bundle.stat().st_size > LARGEST_BUNDLE:
                raise GestureSynthError(f"several persons cannot be followed with {name}: it is no pose model")
            data = bundle.read_bytes()
            with zipfile.ZipFile(io.BytesIO(without_segmentation(data) or data)) as archive:
                models = [archive.read(member) for member in (DETECTOR, LANDMARKS)]
            with CapturedStderr():
                self._detector = _Network(make, models[0], DETECTOR_SHAPES)
                self._landmarks = _Network(make, models[1], LANDMARK_SHAPES)
        except (OSError, KeyError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
            raise GestureSynthError(f"several persons cannot be followed with {name}: {error}") from error
        self.looks = {"detector": 0, "landmarks": 0}

    def detect(self, frame: NDArray[np.uint8], most: int) -> list[Detection]:
        """The persons in a frame, uint8 (h, w, 3), red first; at most so many, the surest first.

        Raises:
            GestureSynthError: OpenCV or LiteRT failed; its own message is part of ours.
        """
        self.looks["detector"] += 1
        with _failures_as_sentences():
            crops.fit_whole(frame, self._detector.input())
            boxes, logits = self._detector.run()
        height, width = frame.shape[:2]
        found = detections(boxes[0], logits[0, :, 0], width, height, most)
        return [one for one in found if one.region.usable]

    def look(self, frame: NDArray[np.uint8], region: BodyRegion) -> Found | None:
        """The person in a region of a frame, or None; raises GestureSynthError as `detect` does."""
        self.looks["landmarks"] += 1
        with _failures_as_sentences():
            crops.cut_part(frame, region, self._landmarks.input())
            landmarks, presence, _, heat, world = self.run_landmarks()
        output = NetworkOutput(landmarks.reshape(ALL, 5), float(presence[0, 0]), heat[0], world.reshape(ALL, 3))
        return read_landmarks(output, region)

    def run_landmarks(self) -> list[NDArray[np.float32]]:
        """Runs the landmark network; see `_Network.run`."""
        return self._landmarks.run()


@contextmanager
def _failures_as_sentences() -> Iterator[None]:
    """Raises GestureSynthError in the place of what LiteRT and OpenCV raise for a frame."""
    try:
        yield
    except (RuntimeError, load_cv2().error) as error:
        raise GestureSynthError(f"several persons could not be looked for in a frame: {error}") from error


class _Network:
    """One network, whose arrays are used where they lie: copies of a megabyte would cost a tenth of its time.

    Raises:
        ValueError: its outputs have other shapes than these; None stands for any.
    """

    def __init__(self, make: Callable[..., Any], model: bytes, shapes: tuple[tuple[int, ...] | None, ...]) -> None:
        # One thread: another process needs the other processors, and two threads cost 15 to 35 % more in all.
        self._interpreter = make(model_content=model, num_threads=1)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        details = self._interpreter.get_output_details()
        found = tuple(tuple(map(int, detail["shape"])) for detail in details)
        if len(found) != len(shapes) or any(shape not in (None, is_) for shape, is_ in zip(shapes, found, strict=True)):
            raise ValueError(f"its networks give other values than BlazePose's: {found}")
        self._outputs = [detail["index"] for detail in details]

    def input(self) -> NDArray[np.float32]:
        """Where the input is written to. No reference to it may be left when the network runs."""
        return np.asarray(self._interpreter.tensor(self._input)())

    def run(self) -> list[NDArray[np.float32]]:
        """The outputs. No reference to them may be left when the network runs again, which replaces their content."""
        self._interpreter.invoke()
        return [self._interpreter.tensor(index)() for index in self._outputs]


def _interpreter_class() -> Callable[..., Any]:
    try:
        with CapturedStderr():
            from ai_edge_litert.interpreter import Interpreter
    except (ImportError, OSError) as error:
        reason = "" if isinstance(error, ModuleNotFoundError) else f" ({error})"
        raise GestureSynthError(f"{MISSING}{reason}") from error
    made: Callable[..., Any] = Interpreter
    return made
