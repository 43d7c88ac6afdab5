"""Which parameters are pitches, so that a scale can lead them."""

from __future__ import annotations

from gesturesynth.synthesis.instruments import catalogue


def test_every_parameter_called_pitch_is_marked_and_can_follow_a_scale() -> None:
    for kind, instrument in catalogue().items():
        for parameter in instrument.parameters:
            assert parameter.pitch or parameter.name != "pitch", f"{kind}.{parameter.name} needs pitch=True"
            if parameter.pitch:
                assert parameter.unit in ("Hz", "x"), f"{kind}.{parameter.name}"
                assert parameter.low > 0.0
                assert parameter.warp == "exp"
