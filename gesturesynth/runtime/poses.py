"""The message of the tracker: a frame with the skeletons in it. See `messages` for what all messages have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LANDMARKS: Final = 33
"""Landmarks of one body, in the order of the BlazePose topology."""


class Body(msgspec.Struct, frozen=True, omit_defaults=True):
    """One skeleton as it left the landmarker.

    Attributes:
        image: float32, shape (33, 4), C order: x, y, z, visibility. x and y are fractions of the frame's width and
            height (right, down; may leave 0..1), z is depth in the scale of x (towards the camera is negative).
            Visibility is 0..1.
        world: float32, shape (33, 3): metres from the middle of the hips (x right, y down, z away from the camera).
        person: number of the person, from 1, which no other person of the same tracker process gets; 0 where one
            person is followed, and persons are not told apart.
        left_hand, right_hand, face: see `runtime/body_points.py`; empty where not asked for or not found.
    """

    image: bytes
    world: bytes
    person: int = 0
    left_hand: bytes = b""
    right_hand: bytes = b""
    face: bytes = b""

    @classmethod
    def from_arrays(cls, image: NDArray[np.float32], world: NDArray[np.float32], person: int = 0) -> Body:
        """Packs arrays of shape (33, 4) and (33, 3); raises ValueError for any other shape."""
        import numpy as np  # noqa: PLC0415 - shells read statuses, and do not wait for numpy

        if image.shape != (LANDMARKS, 4) or world.shape != (LANDMARKS, 3):
            raise ValueError(f"a body has arrays of shape (33, 4) and (33, 3), not {image.shape} and {world.shape}")
        return cls(
            np.ascontiguousarray(image, dtype=np.float32).tobytes(),
            np.ascontiguousarray(world, dtype=np.float32).tobytes(),
            person,
        )

    def image_array(self) -> NDArray[np.float32]:
        """The image landmarks, float32 (33, 4), read-only."""
        import numpy as np  # noqa: PLC0415 - see above

        return np.frombuffer(self.image, dtype=np.float32).reshape(LANDMARKS, 4)

    def world_array(self) -> NDArray[np.float32]:
        """The world landmarks, float32 (33, 3), read-only."""
        import numpy as np  # noqa: PLC0415 - see above

        return np.frombuffer(self.world, dtype=np.float32).reshape(LANDMARKS, 3)


class Pose(msgspec.Struct, frozen=True):
    """The result of tracking one frame. No `bodies` means: a new frame with no person in it.

    Attributes:
        capture_time_s: monotonic time at which the frame was read from its source, seconds.
        sequence: number of the frame in this tracker process, from 0; gaps are frames that were left out.
        width, height: size of the (rotated) frame in pixels: the aspect ratio of the landmarks.
        bodies: of the persons in the frame, the one who has been in view longest first; at most six.
        inference_s: duration of the landmarker's inference, seconds; 0 for a pose of a recording, and for a frame that
            was not looked at (`tracking/idle_pacing.py`).
        inputs: numbers that other programs sent (`runtime/inputs.py`), by the name of the input; the conductor adds
            them. One that is not finite, or is left out, is not seen.
    """

    capture_time_s: float
    sequence: int
    width: int
    height: int
    bodies: tuple[Body, ...]
    inference_s: float = 0.0
    inputs: dict[str, tuple[float, ...]] = {}

    @property
    def empty(self) -> bool:
        """Whether neither a body nor an input is in it."""
        return not self.bodies and not self.inputs
