"""Where loudspeakers stand, and what each gets of a layer: the same power at every place, without a step."""

from __future__ import annotations

import numpy as np
import pytest

from gesturesynth.core.errors import UserError
from gesturesynth.synthesis.space.layout import SpeakerLayout

LAYOUTS = [
    SpeakerLayout(4),
    SpeakerLayout(8),
    SpeakerLayout(8, rotation_deg=31.0, order=(3, 1, 2, 5, 4, 8, 6, 7)),
    SpeakerLayout(4, "row"),
    SpeakerLayout(8, "row", order=(8, 7, 6, 5, 4, 3, 2, 1)),
]
PLACES = np.linspace(-0.3, 1.7, 20001)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: f"{layout.name}, {layout.rotation_deg:g}")
def test_power_is_the_same_everywhere_whatever_both_sides_have_in_common(layout: SpeakerLayout) -> None:
    left, right = layout.side_gains(PLACES).transpose(1, 0, 2)
    assert np.square(left).sum(axis=0) == pytest.approx(1.0)
    assert np.square(right).sum(axis=0) == pytest.approx(1.0)
    assert (left * right).sum(axis=0) == pytest.approx(0.0, abs=1e-9), "so the power of left + right is the same, too"


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: f"{layout.name}, {layout.rotation_deg:g}")
def test_no_gain_steps_as_a_place_moves(layout: SpeakerLayout) -> None:
    per_speaker = (PLACES[1] - PLACES[0]) * layout.placed
    assert np.abs(np.diff(layout.side_gains(PLACES), axis=2)).max() < 3.0 * per_speaker


def test_two_loudspeakers_around_a_place_get_left_and_right_and_the_others_nothing() -> None:
    assert SpeakerLayout(4).side_gains(np.array([0.0]))[:, :, 0] == pytest.approx(
        np.array([[1, 0], [0, 1], [0, 0], [0, 0]]), abs=1e-9
    )
    behind = SpeakerLayout(4).side_gains(np.array([0.5]))[:, :, 0]
    assert behind == pytest.approx(np.array([[0, 0], [0, 0], [1, 0], [0, 1]]), abs=1e-9)


def test_a_ring_is_counted_clockwise_and_can_be_turned_and_connected_in_any_order() -> None:
    assert SpeakerLayout(4).azimuths_deg == (-45.0, 45.0, 135.0, -135.0)
    assert SpeakerLayout(4, rotation_deg=45.0).azimuths_deg == (0.0, 90.0, -180.0, -90.0)
    crossed = SpeakerLayout(4, order=(1, 2, 4, 3))
    assert crossed.azimuths_deg == (-45.0, 45.0, -135.0, 135.0)
    straight = SpeakerLayout(4).side_gains(PLACES)
    assert crossed.side_gains(PLACES) == pytest.approx(straight[[0, 1, 3, 2]])
    assert crossed.channel_names == ("1_-45deg", "2_+45deg", "3_-135deg", "4_+135deg")


def test_the_ends_of_a_row_are_its_first_and_last_loudspeaker() -> None:
    gains = SpeakerLayout(4, "row").side_gains(np.array([-1.0, 0.0, 1.0, 2.0]))
    middles = (gains[:, 0] + gains[:, 1]) / np.sqrt(2.0)
    assert middles == pytest.approx(np.array([[1, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 1, 1]]), abs=1e-9)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: f"{layout.name}, {layout.rotation_deg:g}")
def test_effects_come_back_from_both_sides_alike(layout: SpeakerLayout) -> None:
    assert sum(layout.return_sides()) == layout.placed // 2


def test_a_device_with_fewer_outputs_gets_what_it_can_play() -> None:
    asked = SpeakerLayout(8, order=(2, 1, 3, 4, 5, 6, 7, 8))
    assert asked.with_outputs(9) == asked
    assert [asked.with_outputs(outputs).name for outputs in (7, 4, 3, 2, 1)] == [
        "ring of 4",
        "ring of 4",
        "stereo",
        "stereo",
        "mono",
    ]
    assert SpeakerLayout(8, "row").with_outputs(6).name == "row of 4"
    assert SpeakerLayout(2, "headphones").with_outputs(1).name == "mono"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"channels": 3}, "1, 2, 4 or 8 channels, not 3"),
        ({"channels": 4, "shape": "headphones"}, "headphones have 2 channels, not 4"),
        ({"channels": 4, "order": (1, 2, 3, 3)}, "each once, not \\[1, 2, 3, 3\\]"),
        ({"channels": 4, "order": (1, 2)}, "channels 1 to 4"),
    ],
)
def test_what_does_not_fit_is_said(asked: dict[str, object], words: str) -> None:
    with pytest.raises(UserError, match=words):
        SpeakerLayout(**asked)  # type: ignore[arg-type]
