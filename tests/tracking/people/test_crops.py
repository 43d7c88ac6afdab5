"""Pictures that the networks look at, cut from frames with three channels and with four."""

from __future__ import annotations

import numpy as np
import pytest

from gesturesynth.tracking.people.crops import cut_part, with_fourth_channel
from gesturesynth.tracking.people.landmarks import HEAT_CELLS, refined
from gesturesynth.tracking.people.regions import BodyRegion


@pytest.mark.parametrize("region", [BodyRegion(320, 240, 300, 0.1), BodyRegion(10, 470, 500, -2.0)])
def test_a_region_is_the_same_to_the_bit_from_four_channels(region: BodyRegion) -> None:
    random = np.random.default_rng(2)
    inputs = [np.zeros((1, 256, 256, 3), np.float32) for _ in range(2)]
    buffer = None
    for _ in range(2):
        frame = random.integers(0, 256, (480, 640, 3), np.uint8)
        wide = with_fourth_channel(frame, buffer)
        assert buffer is None or wide is buffer, "no new memory for a frame of the same size"
        buffer = wide
        cut_part(frame, region, inputs[0])
        cut_part(wide, region, inputs[1])
        np.testing.assert_array_equal(inputs[0], inputs[1])
    assert with_fourth_channel(frame[:100], buffer).shape == (100, 640, 4)


def test_a_heat_map_moves_a_point_to_its_middle_also_at_the_edge() -> None:
    heat = np.full((HEAT_CELLS, HEAT_CELLS, 3), -80.0, np.float32)
    heat[30, 20, 0], heat[30, 22, 0] = 20.0, 20.0
    heat[0, 0, 1] = 20.0
    heat[10, 10, 2] = 20.0
    points = np.array(((21.5, 30.5), (1.5, 1.5), (50.5, 50.5))) / HEAT_CELLS
    for some in (points, points[[0, 0, 2]]):  # with one at the edge, and without
        moved = refined(some, heat[:, :, [0, 1, 2]] if some is points else heat[:, :, [0, 0, 2]]) * HEAT_CELLS
        np.testing.assert_allclose(moved[0], (21.0, 30.0), atol=1e-6)
        np.testing.assert_allclose(moved[2], (50.5, 50.5), err_msg="nothing is likely there")
    np.testing.assert_allclose(refined(points, heat)[1], (0.0, 0.0), atol=1e-6)
