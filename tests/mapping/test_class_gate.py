"""Class rules: when a guess becomes an event."""

from __future__ import annotations

import pytest

from gesturesynth.mapping.class_gate import ClassGate, ClassRule

FRAME_S = 1.0 / 30.0


def follow(follower: ClassGate, guesses: str, belief: float = 1.0, start_s: float = 0.0) -> list[tuple[int, str]]:
    """Plays one guess a frame (`.` is nobody, `n` is none); returns (frame, class) of each event."""
    names = {".": "", "n": "none"}
    return [
        (frame, fired)
        for frame, guess in enumerate(guesses)
        for fired in follower.observe(names.get(guess, guess), belief, start_s + frame * FRAME_S)
    ]


def test_a_class_fires_once_when_it_has_won_for_its_hold_time() -> None:
    assert follow(ClassGate({"a": ClassRule(hold_s=0.1)}), "nnaaaaaaaaaaaa") == [(5, "a")]


def test_without_a_hold_time_it_fires_with_the_first_frame() -> None:
    assert follow(ClassGate({"a": ClassRule(hold_s=0.0)}), "na") == [(1, "a")]


def test_a_flicker_fires_nothing_and_does_not_end_a_class() -> None:
    rule = ClassRule(hold_s=0.1, rest_s=0.0)
    assert follow(ClassGate({"a": rule, "b": rule}), "nnabnaannb") == []
    assert follow(ClassGate({"a": rule, "b": rule}), "aaaaaaanaaaa.aaaabaaaa") == [(3, "a")]


def test_it_fires_again_when_it_was_left_in_between() -> None:
    rule = ClassRule(hold_s=0.1, rest_s=0.0)
    assert follow(ClassGate({"a": rule}), "aaaaannnnnaaaaa") == [(3, "a"), (13, "a")]


def test_it_does_not_fire_again_while_it_rests() -> None:
    rule = ClassRule(hold_s=0.0, rest_s=0.5)
    follower = ClassGate({"a": rule, "b": rule})
    assert follow(follower, "an" * 5) == [(0, "a")]
    assert follow(follower, "b", start_s=0.4) == [(0, "b")], "each class rests for itself"
    assert follow(follower, "na", start_s=0.5) == [(1, "a")]


def test_too_little_belief_is_nobody() -> None:
    follower = ClassGate({"a": ClassRule(hold_s=0.0, min_certainty=0.6)})
    assert follow(follower, "aaaa", belief=0.59) == []
    assert follower.recognised == ""
    assert follow(follower, "a", belief=0.6, start_s=1.0) == [(0, "a")]


def test_none_is_recognised_and_never_fires() -> None:
    follower = ClassGate({"none": ClassRule(hold_s=0.0)})
    assert follow(follower, "nnnn") == []
    assert follower.recognised == "none"


def test_a_class_ends_when_nobody_is_there() -> None:
    follower = ClassGate()
    follow(follower, "aaaaa")
    assert follower.recognised == "a"
    follow(follower, "......", start_s=1.0)
    assert follower.recognised == ""


@pytest.mark.parametrize(
    "numbers", [{"hold_s": -0.1}, {"rest_s": float("inf")}, {"min_certainty": 1.1}, {"hold_s": float("nan")}]
)
def test_numbers_out_of_range_are_refused(numbers: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        ClassRule(**numbers)
