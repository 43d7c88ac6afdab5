"""The face mesh of MediaPipe, run by OpenCV on a square around a head: 468 points of a face, which stay in here.

MediaPipe's own face landmarker wants a newer model than its packages hold. The model of its former face mesh needs
nothing that OpenCV does not compute, and no face detector where the pose tells where the head is. Whether there is a
face is asked of the model when a face is found and at every fifth look (`model/face_presence.py`: a network of its own,
as OpenCV gives one output of a model); and at each look the mesh has to lie where the eyes and the nose of the pose
are.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.tracking.hands_and_face.regions import Square, head_region
from gesturesynth.tracking.model.face_presence import with_presence_last
from gesturesynth.tracking.opencv import load_cv2

Array = NDArray[np.float64]
Image = NDArray[np.uint8]

INPUT_SIDE: Final = 192
POINTS: Final = 468

RIGHT_EYE, LEFT_EYE = (33, 133), (362, 263)
"""Outer and inner corner, inner and outer corner."""
NOSE_TIP: Final = 1

MARGIN: Final = 1.5
"""Side of the square over the greater side of the mesh in it, as in MediaPipe's graph of the face mesh."""
FARTHEST: Final = 0.25
"""How far the eyes and the nose of the mesh may be from those of the pose, in heights of the face."""

PRESENCE_EVERY: Final = 5
"""Looks."""

_POSE_POINTS: Final = (5, 2, 0)
"""Right eye, left eye, nose of the pose."""


class FaceMesh:
    """Follows one face from frame to frame.

    Args:
        model: of `model.parts`.

    Raises:
        GestureSynthError: OpenCV cannot read the model.
    """

    def __init__(self, model: Path) -> None:
        self._cv2 = load_cv2()
        try:
            content = model.read_bytes()
            self._mesh, self._presence = (
                self._cv2.dnn.readNetFromTFLite(np.frombuffer(each, dtype=np.uint8))
                for each in (content, with_presence_last(content))
            )
        except (OSError, ValueError, self._cv2.error) as error:
            raise GestureSynthError(f"OpenCV cannot read the face model {paths.printable(model)}: {error}") from error
        self.reset()

    def reset(self) -> None:
        """Forgets the face."""
        self._square: Square | None = None
        self._looks = 0

    def find(self, frame: Image, pose: Array) -> Array | None:
        """The face of a body in a frame.

        Args:
            frame: uint8 (height, width, 3), red first.
            pose: of `regions.pixels`.

        Returns:
            float64 (468, 2), turned so that its eyes are level, in 192nds of the square that it was found in; None
            without a face.

        Raises:
            GestureSynthError: OpenCV cannot run the model.
        """
        try:
            return self._find(frame, pose)
        except self._cv2.error as error:
            raise GestureSynthError(f"OpenCV cannot run the face model: {error}") from error

    def _find(self, frame: Image, pose: Array) -> Array | None:
        square = self._square or head_region(pose)
        if square is None:
            return None
        scale = INPUT_SIDE / square.side
        cos, sin = scale * math.cos(square.turn), scale * math.sin(square.turn)
        half = INPUT_SIDE / 2.0
        turned = np.array([[cos, sin], [-sin, cos]])
        matrix = np.column_stack([turned, half - turned @ (square.x, square.y)])
        crop = self._cv2.warpAffine(frame, matrix, (INPUT_SIDE, INPUT_SIDE), flags=self._cv2.INTER_LINEAR)
        picture = self._cv2.dnn.blobFromImage(crop, 1.0 / 255.0)
        mesh = np.asarray(_output(self._mesh, picture), dtype=np.float64).reshape(POINTS, 3)[:, :2]
        in_frame = (mesh - half) @ turned / scale**2 + (square.x, square.y)
        asked = self._square is None or self._looks % PRESENCE_EVERY == 0
        self._looks += 1
        if not _agree(in_frame, pose) or (asked and float(_output(self._presence, picture).ravel()[0]) < 0.0):
            self.reset()
            return None
        self._square = _around(in_frame)
        return mesh


def _output(net: Any, picture: Any) -> Any:  # noqa: ANN401  # cv2 has no types for networks
    net.setInput(picture)
    return net.forward()


def _agree(mesh: Array, pose: Array) -> bool:
    """Whether eyes and nose of the mesh and of the pose are at the same places."""
    if not np.isfinite(mesh).all():
        return False
    eyes = [mesh[list(corners)].mean(axis=0) for corners in (RIGHT_EYE, LEFT_EYE)]
    distances = np.linalg.norm(np.array([*eyes, mesh[NOSE_TIP]]) - pose[list(_POSE_POINTS), :2], axis=1)
    return bool(distances.max() <= FARTHEST * float(np.ptp(mesh, axis=0).max()))


def _around(mesh: Array) -> Square:
    """The square in which the same face is looked for in the next frame."""
    along = mesh[LEFT_EYE[1]] - mesh[RIGHT_EYE[0]]
    turn = math.atan2(along[1], along[0])
    cos, sin = math.cos(turn), math.sin(turn)
    level = mesh @ np.array([[cos, -sin], [sin, cos]])
    low, high = level.min(axis=0), level.max(axis=0)
    x, y = np.array([[cos, -sin], [sin, cos]]) @ ((low + high) / 2.0)
    return Square(float(x), float(y), MARGIN * float((high - low).max()), turn)
