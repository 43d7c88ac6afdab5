"""Crops: where a body of a crop is in the frame, and the way of a crop to the whole frame."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.runtime.messages import Body
from gesturesynth.tracking.second_look.crops import LARGEST_SHIFT, WHOLE, Box, Crop, crop_around, widened

PLACES = st.floats(0.0, 1.0)


@given(PLACES, PLACES, st.floats(0.15, 0.8), PLACES, PLACES)
def test_every_crop_ends_as_the_whole_frame_and_the_body_moves_little_inside(
    x: float, y: float, scale: float, body_x: float, body_y: float
) -> None:
    crop = crop_around(Box(x, y, x, y), scale)
    centre = np.array([crop.left + body_x * crop.scale, crop.top + body_y * crop.scale])
    size = 0.4 * scale
    body = Box(*(centre - size / 2), *(centre + size / 2))
    for _ in range(40):
        assert 0.0 <= crop.left <= crop.left + crop.scale <= 1.0 + 1e-9
        assert 0.0 <= crop.top <= crop.top + crop.scale <= 1.0 + 1e-9
        if crop.whole:
            break
        wider = widened(crop, body)
        before = (centre - (crop.left, crop.top)) / crop.scale
        after = (centre - (wider.left, wider.top)) / wider.scale
        assert wider.whole or np.all(np.abs(after - before) <= LARGEST_SHIFT * size / wider.scale + 0.1)
        crop = wider
    assert crop == WHOLE


def test_a_body_in_a_crop_is_where_it_is_in_the_frame() -> None:
    image = np.zeros((33, 4), np.float32)
    image[:, :] = (0.5, 0.25, 0.1, 0.9)
    body = Crop(0.2, 0.4, 0.5).to_frame(Body.from_arrays(image, np.ones((33, 3), np.float32)))
    np.testing.assert_allclose(body.image_array()[0], (0.45, 0.525, 0.05, 0.9), rtol=1e-6)
    np.testing.assert_array_equal(body.world_array(), 1.0)
    frame = np.arange(40 * 60 * 3, dtype=np.uint32).astype(np.uint8).reshape(40, 60, 3)
    assert Crop(0.2, 0.4, 0.5).cut(frame).shape == frame.shape
    assert WHOLE.cut(frame) is frame
