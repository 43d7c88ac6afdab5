"""Gestures fire once when they are performed, at any tempo and size, and nothing else fires them."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from gesturesynth.mapping.gestures.fitted import FittedGestures
from gesturesynth.mapping.gestures.spotter import GestureEvent, GestureSpotter
from tests.mapping.gestures.movements import SHAPES, Style, features, fired, fit, play, take, taught

pytestmark = pytest.mark.slow("performances of ten gestures")


@pytest.fixture(scope="module")
def ten() -> FittedGestures:
    return taught(*SHAPES, takes=3)


@pytest.mark.parametrize("name", SHAPES)
def test_each_of_ten_gestures_fires_once_and_no_other_does(ten: FittedGestures, name: str) -> None:
    assert fired(ten, name, Style(trembling=0.01)) == [name]


@pytest.mark.parametrize("name", ["throw", "swipe", "squat", "wave"])
@pytest.mark.parametrize(
    "style",
    [
        Style(tempo=0.7),
        Style(tempo=1.3),
        Style(size=0.8),
        Style(size=1.2),
        Style(distance=0.12),
        Style(distance=0.3),
        Style(rate_hz=15.0),
        Style(rate_hz=60.0),
    ],
    ids=["slower", "quicker", "smaller", "larger", "further", "nearer", "15 Hz", "60 Hz"],
)
def test_tempo_size_distance_and_frame_rate_do_not_matter(name: str, style: Style) -> None:
    assert fired(taught(name, takes=1), name, style) == [name]


@pytest.mark.parametrize("name", SHAPES)
def test_other_gestures_do_not_fire_the_one_that_was_taught(name: str) -> None:
    fitted = taught(name, takes=1)
    alike = {  # one is a part of the other: not what this test is about
        "both up": {"dip and reach"},
        "spread": {"clap"},
        "throw": {"wave", "circle"},
    }
    for other in SHAPES:
        if other != name and other not in alike.get(name, ()):
            assert fired(fitted, other) == [], other


def test_three_performances_in_a_row_fire_three_times() -> None:
    spotter = GestureSpotter(taught("throw", takes=1))
    times, values = features("throw", Style(before_s=0.0, after_s=0.0))
    lasts_s = float(times[-1]) + 1 / 30
    found = [play(spotter, times, values, start_s=number * lasts_s) for number in range(3)]
    found.append(play(spotter, *features("throw", Style(size=0.0)), start_s=3 * lasts_s))
    assert sum(map(len, found)) == 3


def test_it_fires_when_the_movement_ends() -> None:
    times, values = features("throw")
    spotter = GestureSpotter(taught("throw", takes=1))
    moments = [t for t, row in zip(times, values, strict=True) if spotter.observe(row, float(t))]
    assert len(moments) == 1
    assert moments[0] == pytest.approx(0.7 + 1.0, abs=0.15)


def test_events_tell_when_it_began_and_how_near_it_was() -> None:
    fitted = taught("throw", takes=1)
    (near,) = play(GestureSpotter(fitted), *features("throw"), start_s=100.0)
    (far,) = play(GestureSpotter(fitted), *features("throw", Style(size=0.8)), start_s=100.0)
    assert near.start_s == pytest.approx(100.7, abs=0.15)
    assert near.end_s == pytest.approx(101.7, abs=0.15)
    assert 0.9 < near.closeness <= 1.0
    assert 0.5 <= far.closeness < near.closeness


def test_standing_still_for_long_fires_nothing(ten: FittedGestures) -> None:
    assert fired(ten, "throw", Style(size=0.0, before_s=10.0, trembling=0.02)) == []


def test_half_a_gesture_fires_nothing() -> None:
    times, values = features("throw")
    up = times < 0.7 + 0.5
    held = np.repeat(values[up][-1:], 60, axis=0)
    spotter = GestureSpotter(taught("throw", takes=1))
    assert play(spotter, times[up], values[up]) == []
    assert play(spotter, np.arange(1, 61) / 30, held, start_s=float(times[up][-1])) == []


def test_a_gesture_that_is_interrupted_by_absence_is_forgotten() -> None:
    times, values = features("throw")
    first = times < 0.7 + 0.5
    fitted = taught("throw", takes=1)
    spotter = GestureSpotter(fitted)
    play(spotter, times[first], values[first])
    for number in range(1, 31):
        spotter.observe(None, float(times[first][-1]) + number / 30)
    assert spotter.states["throw"].progress == 0.0
    assert play(spotter, times[~first], values[~first], start_s=1.0) == []
    # Without the pause it counts.
    whole = GestureSpotter(fitted)
    assert play(whole, times[first], values[first]) == []
    assert len(play(whole, times[~first], values[~first])) == 1


def test_a_frame_or_two_without_a_body_do_not_matter() -> None:
    times, values = features("throw")
    spotter = GestureSpotter(taught("throw", takes=1))
    found: list[GestureEvent] = []
    for number, (time_s, row) in enumerate(zip(times, values, strict=True)):
        found += spotter.observe(None if number in {30, 31, 32} else row, float(time_s))
    assert [event.name for event in found] == ["throw"]


def test_an_arm_that_is_lost_for_a_moment_does_not_matter_and_one_that_is_never_seen_does() -> None:
    arm = ("right_wrist", "right_elbow")
    fitted = taught("throw", takes=1)
    assert fired(fitted, "throw", Style(hidden=arm, hidden_part=(0.4, 0.5))) == ["throw"]
    assert fired(fitted, "throw", Style(hidden=arm)) == []


def test_what_was_taught_as_none_is_not_recognised() -> None:
    lazy = Style(size=0.75)
    assert fired(fit([take("throw")]), "throw", lazy) == ["throw"]
    with_none = fit([take("throw"), take("throw", lazy, called="none")])
    assert with_none.names == ("throw",)
    assert fired(with_none, "throw", lazy) == []
    assert fired(with_none, "throw") == ["throw"]


def test_a_gesture_rests_after_firing() -> None:
    times, values = features("throw", Style(before_s=0.0, after_s=0.0))
    spotter = GestureSpotter(taught("throw", takes=1), rest_s=5.0)
    again_s = float(times[-1]) + 1 / 30
    assert len(play(spotter, times, values)) + len(play(spotter, *features("throw"), start_s=again_s)) == 1


def test_a_slow_performance_does_not_fire_before_its_end() -> None:
    style = Style(tempo=0.5)
    (event,) = play(GestureSpotter(taught("wave", takes=1)), *features("wave", style))
    assert event.end_s > style.before_s + 0.94 * style.duration_s("wave")


def test_one_performance_is_one_gesture_even_when_it_is_like_two() -> None:
    alike = fit([take("throw"), take("throw", Style(size=0.9), called="toss")])
    alike = msgspec.structs.replace(
        alike, gestures=tuple(msgspec.structs.replace(g, threshold=0.3) for g in alike.gestures)
    )
    assert fired(alike, "throw") == ["throw"]
    assert fired(alike, "throw", Style(size=0.9)) == ["toss"]


def test_a_take_that_does_not_show_an_arm_asks_the_rest_to_be_nearer() -> None:
    arm = ("left_wrist", "left_elbow")
    half = fit([take("both up", Style(hidden=arm))])
    assert fired(half, "both up") == ["both up"]
    assert fired(half, "both up", Style(size=0.655)) == []
    assert fired(fit([take("both up")]), "both up", Style(size=0.655)) == ["both up"]


def test_fitted_gestures_travel_as_messages(ten: FittedGestures) -> None:
    arrived = msgspec.msgpack.decode(msgspec.msgpack.encode(ten), type=FittedGestures)
    assert arrived == ten
    assert fired(arrived, "swipe") == ["swipe"]


def test_without_gestures_nothing_happens() -> None:
    spotter = GestureSpotter(fit([]))
    assert spotter.states == {}
    assert play(spotter, *features("throw")) == []
    assert spotter.states == {}
