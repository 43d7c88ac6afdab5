"""What a face does, in six numbers that do not tell whose it is. Pure.

Ratios of lengths in the picture. Across is measured in distances between the outer corners of the eyes, up and down in
lengths of the nose: a face that turns or nods makes both shorter alike.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.runtime.body_points import FACE_VALUES

Array = NDArray[np.float64]

# Points of the face mesh (its canonical model); left and right are the performer's own.
_OUTER_CORNERS: Final = (33, 263)
_NOSE: Final = (168, 2)
"""Between the eyes, and below the tip."""
_LIPS: Final = (13, 14)
_MOUTH_CORNERS: Final = (61, 291)
_BROWS: Final = (66, 105, 296, 334)
_EYE_CORNERS: Final = (33, 133, 362, 263)
_LIDS: Final = {"right": ((159, 145), (33, 133)), "left": ((386, 374), (362, 263))}
_SHORTEST: Final = 3.0
"""Of both lengths that the others are measured in, in 192nds of a square: a face that looks shorter is not faced."""


def face_values(mesh: Array) -> NDArray[np.float32] | None:
    """The numbers of `body_points.FACE_VALUES`, float32 (6,); None of a face that turns away too far.

    Args:
        mesh: (468, 2), its eyes level, x to the right and y down.
    """
    across = float(mesh[_OUTER_CORNERS[1], 0] - mesh[_OUTER_CORNERS[0], 0])
    long = float(mesh[_NOSE[1], 1] - mesh[_NOSE[0], 1])
    if across < _SHORTEST or long < _SHORTEST:
        return None
    lips = mesh[list(_LIPS)]
    corners = mesh[list(_MOUTH_CORNERS)]
    eyes = mesh[list(_EYE_CORNERS)].mean(axis=0)
    lids = {}
    for side, (lid, corner) in _LIDS.items():
        wide = np.linalg.norm(mesh[corner[1]] - mesh[corner[0]])
        lids[side] = float(np.linalg.norm(mesh[lid[1]] - mesh[lid[0]]) / max(float(wide), 1.0))
    values = {
        "mouth_open": (lips[1, 1] - lips[0, 1]) / long,
        "mouth_wide": (corners[1, 0] - corners[0, 0]) / across,
        "smile": (lips[:, 1].mean() - corners[:, 1].mean()) / long,
        "brow_up": (eyes[1] - mesh[list(_BROWS), 1].mean()) / long,
        "left_eye_open": lids["left"],
        "right_eye_open": lids["right"],
    }
    found = np.array([values[name] for name in FACE_VALUES], dtype=np.float32)
    return found if np.isfinite(found).all() else None
