"""Windows, differences and smoothing against the same computed from all samples; and ranges against values."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesturesynth.features.expressions.evaluator import Evaluator
from gesturesynth.features.expressions.memories import MOST_SAMPLES, Window
from gesturesynth.features.expressions.ranges import value_range
from gesturesynth.features.expressions.syntax import parse

Samples = Sequence[tuple[float, float]]
FRAMES = st.lists(
    st.tuples(st.floats(0.004, 0.3), st.one_of(st.floats(-5, 5).map(lambda x: round(x, 3)), st.just(math.nan))),
    min_size=1,
    max_size=60,
)


def run(text: str, frames: Samples) -> list[float]:
    evaluator = Evaluator(parse(text))
    return [evaluator.step({"x": sample}, time_s)[0] for time_s, sample in frames]


def timed(steps: Samples) -> Samples:
    times = np.cumsum([step for step, _ in steps]).tolist()
    return list(zip(times, [sample for _, sample in steps], strict=True))


def energy(samples: Samples) -> float:
    pairs = itertools.pairwise(samples)
    changes = [((after - before) / (after_s - before_s)) ** 2 for (before_s, before), (after_s, after) in pairs]
    return float(np.mean(changes)) if changes else 0.0


MEASURES: dict[str, Callable[[Samples], float]] = {
    "lowest": lambda kept: min(sample for _, sample in kept),
    "highest": lambda kept: max(sample for _, sample in kept),
    "mean": lambda kept: float(np.mean([sample for _, sample in kept])),
    "deviation": lambda kept: float(np.std([sample for _, sample in kept])),
    "energy": energy,
}


@pytest.mark.parametrize("function", MEASURES)
@given(steps=FRAMES)
@settings(max_examples=40)
def test_a_window_is_worth_what_its_samples_are(function: str, steps: Samples) -> None:
    frames = timed(steps)
    for place, found in enumerate(run(f"{function}(x, 0.5 s)", frames)):
        now_s = frames[place][0]
        kept = [one for one in frames[: place + 1] if one[0] > now_s - 0.5 and not math.isnan(one[1])]
        if kept:
            assert found == pytest.approx(MEASURES[function](kept), rel=1e-9, abs=1e-9)
        else:
            assert math.isnan(found)


def test_a_window_keeps_no_more_than_it_needs() -> None:
    window = Window(30.0, lambda samples, _: float(len(samples)))
    counts = [window.step(1.0, frame / 1000) for frame in range(40_000)]
    assert max(counts) == MOST_SAMPLES
    assert window._rows.shape[1] <= 2 * MOST_SAMPLES


def test_change_is_a_second_and_its_change_the_second_difference() -> None:
    frames = [(frame / 50, (frame / 50) ** 2) for frame in range(50)]
    speed, rise = run("change(x)", frames), run("change(change(x))", frames)
    assert math.isnan(speed[0])
    assert math.isnan(rise[1])
    assert speed[-1] == pytest.approx(2 * frames[-1][0] - 0.02)
    assert rise[-1] == pytest.approx(2.0)
    hidden = run("change(x)", [(0.0, 1.0), (0.1, math.nan), (0.2, 3.0), (0.3, 4.0)])
    assert math.isnan(hidden[2])
    assert hidden[3] == pytest.approx(10.0)


def test_smoothing_is_the_same_at_every_frame_rate() -> None:
    for rate in (20, 100):
        frames = [(frame / rate, float(frame > 0)) for frame in range(rate // 2 + 1)]
        assert run("smooth(x, 200 ms)", frames)[-1] == pytest.approx(1 - math.exp(-0.5 / 0.2))


def test_a_delay_gives_what_was_some_time_ago() -> None:
    frames = [(frame / 30, frame / 30) for frame in range(60)]
    late = run("delay(x, 250 ms)", frames)
    assert all(math.isnan(value) for value in late[:7])
    assert late[8:] == pytest.approx([time_s - 0.25 for time_s, _ in frames[8:]])


def test_onsets_are_counted_where_the_threshold_is_reached_from_below() -> None:
    frames = [(frame / 10, float(frame % 4 == 0)) for frame in range(40)]
    counts = run("onsets(x, 0.5, 1 s)", frames)
    assert counts[0] == 0.0
    assert set(counts[12:]) == {2.0, 3.0}
    assert run("onsets(x, 0.5, 1 s)", [*frames, (9.0, 0.0)])[-1] == 0.0


def test_recent_is_the_newest_first() -> None:
    evaluator = Evaluator(parse("recent(x, 3)"))
    assert evaluator.width == 3
    assert [evaluator.step({"x": float(n)}, float(n)) for n in range(4)] == [
        [0.0, 0.0, 0.0],
        [1.0, 0.0, 0.0],
        [2.0, 1.0, 0.0],
        [3.0, 2.0, 1.0],
    ]
    evaluator.reset()
    assert all(math.isnan(value) for value in evaluator.step({}, 9.0))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x + y", (-1.0, 11.0)),
        ("x - x", (-2.0, 2.0)),
        ("x * y", (-10.0, 10.0)),
        ("y / x", None),
        ("x / (y + 1)", (-1.0, 1.0)),
        ("x ^ 2", (0.0, 1.0)),
        ("x ^ 3", (-1.0, 1.0)),
        ("clip(y, 2, 4)", (2.0, 4.0)),
        ("scale(x, -1, 1, 0, 1)", (0.0, 1.0)),
        ("x > 0", (0.0, 1.0)),
        ("if(x, y, 20)", (0.0, 20.0)),
        ("abs(x)", (0.0, 1.0)),
        ("1 + 1", None),
        ("log(x)", (math.log(1e-12), 0.0)),
        ("(10 ^ 9) ^ 9", None),
    ],
)
def test_the_range_of_an_expression(text: str, expected: tuple[float, float] | None) -> None:
    assert value_range(parse(text), {"x": (-1.0, 1.0), "y": (0.0, 10.0)}) == (
        expected if expected is None else pytest.approx(expected)
    )


WITHIN = st.recursive(
    st.sampled_from(["x", "y", "2", "0.5", "-1"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(st.sampled_from(["abs", "sign", "floor", "sin", "negate"]), inner).map(
            lambda t: f"-({t[1]})" if t[0] == "negate" else f"{t[0]}({t[1]})"
        ),
        st.tuples(st.sampled_from(["min", "max", "hypot"]), inner, inner).map(lambda t: f"{t[0]}({t[1]}, {t[2]})"),
        inner.map(lambda text: f"({text}) ^ 2"),
        inner.map(lambda text: f"mean({text}, 1 s)"),
    ),
    max_leaves=5,
)


@given(text=WITHIN, x=st.floats(-1, 1), y=st.floats(0, 10))
def test_no_value_leaves_the_range(text: str, x: float, y: float) -> None:
    limits = value_range(parse(text), {"x": (-1.0, 1.0), "y": (0.0, 10.0)})
    (value,) = Evaluator(parse(text)).step({"x": x, "y": y}, 0.0)
    if limits is not None:
        slack = 1e-6 * max(1.0, abs(limits[0]), abs(limits[1]))
        assert limits[0] - slack <= value <= limits[1] + slack
