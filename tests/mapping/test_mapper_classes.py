"""The mapper: classes fire once when they are entered."""

from __future__ import annotations

from gesturesynth.mapping.class_gate import ClassRule
from tests.support.mapper_player import (
    HIGH,
    LOW,
    UNTAUGHT,
    WIDE,
    MapperPlayer,
    fitted_mapping,
)

DRUMS = fitted_mapping([(LOW, "none", ()), (HIGH, "up", ()), (WIDE, "wide", ())], outputs=())


def test_a_preset_of_triggers_alone_fires_each_class_once_when_it_is_entered() -> None:
    player = MapperPlayer(DRUMS, (), up=ClassRule(hold_s=0.1), wide=ClassRule(hold_s=0.1))
    for image in (LOW, HIGH, LOW, WIDE, HIGH, LOW):
        player.play(1.0, image)
    assert [name for frame in player.frames for name in frame.fired] == ["up", "wide", "up"]
    assert player.frames[-1].recognised == "none"
    assert player.frames[-1].values.shape == (0,)


def test_leaving_and_coming_back_fires_again_but_missing_frames_do_not() -> None:
    player = MapperPlayer(DRUMS, ())
    player.play(1.0, HIGH)
    player.play(2.0, HIGH, camera=False)
    assert player.frames[-1].recognised == ""
    player.play(1.0, HIGH)
    assert [name for frame in player.frames for name in frame.fired] == ["up", "up"]


def test_an_unknown_pose_fires_nothing() -> None:
    player = MapperPlayer(DRUMS, ())
    player.play(2.0, UNTAUGHT)
    assert not any(frame.fired for frame in player.frames)
    assert player.frames[-1].recognised == ""
