"""Class rules: when the likeliest class of each frame becomes an event."""

from __future__ import annotations

import pytest

from gesturesynth.mapping.class_gate import ClassGate, ClassRule

FRAME_S = 1.0 / 30.0


def fired_events(
    gate: ClassGate, likeliest: str, certainty: float = 1.0, start_s: float = 0.0
) -> list[tuple[int, str]]:
    """Observes one class a frame (`.` is no person, `n` is none); returns (frame, class) of each event."""
    return [
        (frame, fired)
        for frame, letter in enumerate(likeliest)
        for fired in gate.observe(certainties_of(letter, certainty), start_s + frame * FRAME_S)
    ]


def certainties_of(letter: str, certainty: float) -> dict[str, float]:
    return {} if letter == "." else {"none" if letter == "n" else letter: certainty}


def test_a_class_fires_once_when_it_was_the_likeliest_for_its_hold_time() -> None:
    assert fired_events(ClassGate({"a": ClassRule(hold_s=0.1)}), "nnaaaaaaaaaaaa") == [(5, "a")]


def test_without_a_hold_time_it_fires_with_the_first_frame() -> None:
    assert fired_events(ClassGate({"a": ClassRule(hold_s=0.0)}), "na") == [(1, "a")]


def test_a_flicker_fires_nothing_and_does_not_end_a_class() -> None:
    rule = ClassRule(hold_s=0.1, rest_s=0.0)
    assert fired_events(ClassGate({"a": rule, "b": rule}), "nnabnaannb") == []
    assert fired_events(ClassGate({"a": rule, "b": rule}), "aaaaaaanaaaa.aaaabaaaa") == [(3, "a")]


def test_it_fires_again_when_it_was_left_in_between() -> None:
    rule = ClassRule(hold_s=0.1, rest_s=0.0)
    assert fired_events(ClassGate({"a": rule}), "aaaaannnnnaaaaa") == [(3, "a"), (13, "a")]


def test_it_does_not_fire_again_while_it_rests() -> None:
    rule = ClassRule(hold_s=0.0, rest_s=0.5)
    gate = ClassGate({"a": rule, "b": rule})
    assert fired_events(gate, "an" * 5) == [(0, "a")]
    assert fired_events(gate, "b", start_s=0.4) == [(0, "b")], "each class rests for itself"
    assert fired_events(gate, "na", start_s=0.5) == [(1, "a")]


def test_too_little_certainty_counts_as_no_class() -> None:
    gate = ClassGate({"a": ClassRule(hold_s=0.0, min_certainty=0.6)})
    assert fired_events(gate, "aaaa", certainty=0.59) == []
    assert gate.recognised == ""
    assert fired_events(gate, "a", certainty=0.6, start_s=1.0) == [(0, "a")]


def certainties_over_time(gate: ClassGate, *frames: dict[str, float]) -> list[tuple[int, str]]:
    """Observes certainties, two frames each; returns (number of the certainties, class) of each event."""
    twice = [frame for frame in frames for _ in range(2)]
    return [(index // 2, fired) for index, frame in enumerate(twice) for fired in gate.observe(frame, index * FRAME_S)]


def test_at_the_edge_of_a_pose_it_does_not_strike_again() -> None:
    gate = ClassGate({"a": ClassRule(hold_s=0.0, rest_s=0.0, min_certainty=0.6)})
    edge = [{"a": 0.65, "none": 0.2}, {"a": 0.5, "none": 0.2}] * 5
    assert certainties_over_time(gate, *edge) == [(0, "a")]
    assert gate.recognised == "a"


def test_a_pose_that_was_really_left_strikes_again() -> None:
    gate = ClassGate({"a": ClassRule(hold_s=0.0, rest_s=0.0, min_certainty=0.6)})
    assert certainties_over_time(gate, {"a": 0.9}, {"a": 0.39}, {"a": 0.9}) == [(0, "a"), (2, "a")]


def test_another_class_that_is_certain_enough_is_entered_at_once() -> None:
    rule = ClassRule(hold_s=0.0, rest_s=0.0, min_certainty=0.45)
    gate = ClassGate({"a": rule, "b": rule})
    assert certainties_over_time(gate, {"a": 0.9, "b": 0.0}, {"a": 0.44, "b": 0.46}) == [(0, "a"), (1, "b")]


def test_a_class_is_not_entered_at_the_certainty_that_keeps_it() -> None:
    gate = ClassGate({"a": ClassRule(hold_s=0.0, min_certainty=0.6)})
    assert certainties_over_time(gate, {"a": 0.5}, {"a": 0.55}) == []


def test_none_is_recognised_and_never_fires() -> None:
    gate = ClassGate({"none": ClassRule(hold_s=0.0)})
    assert fired_events(gate, "nnnn") == []
    assert gate.recognised == "none"


def test_a_class_ends_when_no_person_is_in_view() -> None:
    gate = ClassGate()
    fired_events(gate, "aaaaa")
    assert gate.recognised == "a"
    fired_events(gate, "......", start_s=1.0)
    assert gate.recognised == ""


@pytest.mark.parametrize(
    "numbers", [{"hold_s": -0.1}, {"rest_s": float("inf")}, {"min_certainty": 1.1}, {"hold_s": float("nan")}]
)
def test_numbers_out_of_range_are_refused(numbers: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        ClassRule(**numbers)
