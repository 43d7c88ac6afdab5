"""Takes become templates: trimmed, weighted, and with a threshold that follows from them."""

from __future__ import annotations

import numpy as np
import pytest

from gesturesynth.mapping.gestures.columns import GESTURE_FEATURES, column_units, sideways_columns
from gesturesynth.mapping.gestures.fit import LEAST_THRESHOLD, USUAL_THRESHOLD, feature_weights
from gesturesynth.mapping.gestures.fitted import STEP_S
from gesturesynth.mapping.gestures.takes import GestureTake, TakeError, sample_evenly, trim_to_movement
from tests.mapping.gestures.movements import SHAPES, Style, features, fit, take, taught, varied


@pytest.mark.parametrize("still_s", [0.2, 1.0, 4.0])
def test_templates_begin_and_end_with_the_movement(still_s: float) -> None:
    style = Style(before_s=still_s, after_s=still_s, trembling=0.005)
    (gesture,) = fit([take("circle", style)]).gestures
    assert gesture.duration_s == pytest.approx(style.duration_s("circle"), abs=0.3)


def test_a_take_in_which_nothing_moves_is_left_out_and_said() -> None:
    fitted = fit([take("throw", Style(size=0.0, trembling=0.01)), take("squat")])
    assert fitted.names == ("squat",)
    assert len(fitted.notes) == 1
    assert "take 0 of gesture throw is left out: nothing moves" in fitted.notes[0]


def test_takes_that_are_too_short_or_empty_are_left_out_and_said() -> None:
    nothing = GestureTake("throw", np.empty(0), np.empty((0, len(GESTURE_FEATURES))), "take 7")
    unseen = GestureTake("throw", np.arange(60) / 30, np.full((60, len(GESTURE_FEATURES)), np.nan), "take 8")
    fitted = fit([nothing, unseen])
    assert fitted.gestures == ()
    assert ["take 7" in fitted.notes[0], "take 8" in fitted.notes[1]] == [True, True]


@pytest.mark.parametrize("pause_s", [0.0, 1.0])
@pytest.mark.parametrize("name", ["throw", "dip and reach", "swipe", "squat"])
def test_a_take_of_two_performances_is_named(name: str, pause_s: float) -> None:
    times, once = features(name, Style(after_s=pause_s, trembling=0.003))
    _, again = features(name, Style(tempo=0.9, before_s=0.0, trembling=0.003), seed=1)
    both = np.concatenate([once, again])
    twice = GestureTake(name, np.arange(len(both)) / 30.0, both, "take 7")
    (note,) = fit([twice]).notes
    assert note.startswith(f"take 7 of gesture {name} seems to hold the movement more than once: trim it")
    assert fit([GestureTake(name, times, once, "take 6")]).notes == ()


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_a_take_of_one_performance_is_not_taken_for_two(name: str) -> None:
    assert fit([take(name, Style(trembling=0.01))]).notes == ()


def test_what_no_take_of_a_gesture_shows_is_named() -> None:
    hiding = Style(hidden=("left_elbow", "left_wrist"))
    (note,) = fit([take("throw", hiding, number) for number in range(2)]).notes
    assert note.startswith("No take of gesture throw shows the left wrist, left elbow: other movements may be taken")
    assert fit([take("throw", hiding, 0), take("throw", seed=1)]).notes == ()


def test_only_the_newest_five_takes_count() -> None:
    takes = [take("throw", Style(tempo=1.0 - 0.1 * number), number) for number in range(7)]
    (gesture,) = fit(takes).gestures
    assert len(gesture.templates) == 5
    assert gesture.templates[-1].shape[0] > gesture.templates[0].shape[0]


def test_takes_that_are_alike_make_the_threshold_stricter_than_takes_that_differ() -> None:
    alike = fit([take("throw", Style(trembling=0.005), seed) for seed in range(4)]).gestures[0]
    differing = fit([take("throw", Style(size=size), 0) for size in (0.65, 0.9, 1.15)]).gestures[0]
    assert LEAST_THRESHOLD <= alike.threshold < USUAL_THRESHOLD
    assert differing.threshold > alike.threshold
    assert differing.take_cost > alike.take_cost
    assert np.isnan(taught("throw", takes=1).gestures[0].take_cost)


def test_gestures_that_are_the_same_movement_are_said_to_be_hard_to_tell_apart() -> None:
    takes = [take("throw", Style(size=1.0 + 0.1 * n), n, called=name) for n in range(2) for name in ("throw", "toss")]
    assert any("hardly be told" in note for note in fit(takes).notes)
    assert not taught("throw", "squat").notes


def test_standing_still_in_the_mean_pose_costs_one() -> None:
    (gesture,) = taught("throw", takes=1).gestures
    template = gesture.templates[0].view
    offsets = template - template.mean(axis=0)
    assert float(np.mean(offsets**2 @ gesture.weights.view)) == pytest.approx(1.0)


def test_sideways_lengths_count_less_unless_the_gesture_is_sideways() -> None:
    def share(name: str) -> float:
        (gesture,) = taught(name, takes=1).gestures
        weights = dict(zip(GESTURE_FEATURES, gesture.weights.view, strict=True))
        return float(weights["right_wrist.x"] / weights["right_wrist.height"])

    assert share("throw") < 0.3
    assert share("swipe") > share("throw")
    side_to_side = np.zeros((40, len(GESTURE_FEATURES)))
    side_to_side[:, GESTURE_FEATURES.index("right_wrist.x")] = np.sin(np.arange(40) / 5)
    weights = feature_weights([side_to_side], column_units(GESTURE_FEATURES), sideways_columns(GESTURE_FEATURES))
    assert weights[GESTURE_FEATURES.index("right_wrist.x")] == weights.max()


def test_angles_and_lengths_have_units_that_compare() -> None:
    assert column_units(["right_wrist.x", "right_elbow.angle", "right_wrist.speed"]).tolist() == [1.0, 90.0, 4.0]
    assert sideways_columns(["right_wrist.x", "right_wrist.height", "body.upper"]).tolist()[:2] == [True, False]


def test_samples_are_even_and_bridge_short_gaps_only() -> None:
    times = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 1.7, 1.8])
    values = np.column_stack([10.0 * times, np.where(np.arange(10) < 3, 1.0, np.nan)])
    samples = sample_evenly(times, values)
    assert len(samples) == round(1.8 / STEP_S) + 1
    assert samples[15, 0] == pytest.approx(10.0 * 15 * STEP_S)
    assert samples[round(0.4 / STEP_S), 1] == 1.0  # held
    assert np.isnan(samples[round(0.9 / STEP_S), 1])  # lost
    assert np.isnan(samples[round(1.3 / STEP_S), 0])  # away for longer than a gap


def test_a_movement_that_is_too_long_is_refused() -> None:
    times = np.arange(0, 20, STEP_S)
    values = np.column_stack([np.sin(3.0 * times)])
    with pytest.raises(TakeError, match="at most 12 s"):
        trim_to_movement(values, np.ones(1))


def test_styles_of_the_stick_figure_differ() -> None:
    assert varied(Style(), tempo=2.0).duration_s("throw") == 0.5
