"""The arrays of a `messages.Body` beyond its skeleton: two hands and a few numbers about the face.

A hand is float32, shape (21, 3), C order, in MediaPipe's order: the wrist, then four landmarks of each finger from the
thumb on, the tip last. x and y are fractions of the frame's width and height, as in `Body.image`; z is the depth from
the wrist in the scale of x (towards the camera is negative). A face is float32, shape (6,): `FACE_VALUES`. Landmarks of
a face never leave the tracker: these numbers tell what a face does, and not whose it is.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from gesturesynth.runtime.messages import LANDMARKS, Body

Side = Literal["left", "right"]
SIDES: Final[tuple[Side, Side]] = ("left", "right")

HAND_LANDMARKS: Final = 21
FACE_VALUES: Final = ("mouth_open", "mouth_wide", "smile", "brow_up", "left_eye_open", "right_eye_open")
"""What the numbers of a face are, in order. How each is measured: `tracking/hands_and_face/face_values.py`."""

HAND_ROWS: Final[dict[Side, slice]] = {
    "left": slice(LANDMARKS, LANDMARKS + HAND_LANDMARKS),
    "right": slice(LANDMARKS + HAND_LANDMARKS, LANDMARKS + 2 * HAND_LANDMARKS),
}
FACE_ROWS: Final = slice(LANDMARKS + 2 * HAND_LANDMARKS, LANDMARKS + 2 * HAND_LANDMARKS + 2)
"""Where they are in `all_points`."""

Float32 = NDArray[np.float32]


def hand_points(body: Body, side: Side) -> Float32 | None:
    """The landmarks of a hand, float32 (21, 3), read-only; None where there are none."""
    data = body.left_hand if side == "left" else body.right_hand
    return np.frombuffer(data, dtype=np.float32).reshape(HAND_LANDMARKS, 3) if data else None


def all_points(body: Body) -> Float32:
    """All that features are measured on.

    Returns:
        float32 (33, 4): `Body.image_array()`; or, where there is a hand or a face, (77, 4): below it 21 rows of the
        left hand and 21 of the right (x, y, z, 1), and two rows with the numbers of the face, filled up. What was not
        found is NaN.
    """
    image = body.image_array()
    if not (body.left_hand or body.right_hand or body.face):
        return image
    rows = np.full((FACE_ROWS.stop, 4), np.nan, dtype=np.float32)
    rows[:LANDMARKS] = image
    for side in SIDES:
        hand = hand_points(body, side)
        if hand is not None:
            rows[HAND_ROWS[side]] = np.column_stack([hand, np.ones(HAND_LANDMARKS, dtype=np.float32)])
    if body.face:
        rows[FACE_ROWS].ravel()[: len(FACE_VALUES)] = np.frombuffer(body.face, dtype=np.float32)
    return rows


def is_sound(body: Body) -> bool:
    """Whether all arrays of a body have their sizes, and all numbers in them are finite."""
    hand = HAND_LANDMARKS * 3 * 4
    arrays = (
        (body.image, (LANDMARKS * 4 * 4,)),
        (body.world, (LANDMARKS * 3 * 4,)),
        (body.left_hand, (0, hand)),
        (body.right_hand, (0, hand)),
        (body.face, (0, len(FACE_VALUES) * 4)),
    )
    return all(len(data) in sizes and np.isfinite(np.frombuffer(data, np.float32)).all() for data, sizes in arrays)
