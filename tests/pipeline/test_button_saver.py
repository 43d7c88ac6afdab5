"""The pose of a record button: what is kept, what is refused with a sentence, and that it teaches nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from gesturesynth.cli.example_stores import all_examples
from gesturesynth.config.preset import loader
from gesturesynth.control.session.targets import BUTTON
from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.store import ExampleStore
from gesturesynth.pipeline.button_saver import button_saver, read_button
from gesturesynth.runtime.messages import Body, Pose
from tests.support import stick_figure
from tests.support.stored_takes import NOW
from tests.support.stored_takes import poses as figure


def frames(*bodies: Body) -> list[Pose]:
    """Four seconds, divided among the bodies."""
    return [Pose(number / 30, number, 640, 480, (bodies[number * len(bodies) // 120],)) for number in range(120)]


RAISED, LIFTED, HANGING = (stick_figure.body(degrees, degrees) for degrees in (90.0, 150.0, 10.0))


def without_hands() -> Body:
    image = stick_figure.pose(right_arm=(90.0, 175.0), left_arm=(90.0, 175.0), frame=(640, 480))
    image[15:17, 3] = 0.0
    return stick_figure.body_from(image)


def test_the_way_into_the_pose_does_not_count() -> None:
    held, after_a_way = read_button(frames(RAISED)), read_button(frames(HANGING, *[RAISED] * 7))
    assert np.abs(held.mean - after_a_way.mean).max() < 0.02


@pytest.mark.parametrize(
    ("poses", "said"),
    [
        (frames(HANGING), "Hands that hang are no button"),
        (frames(RAISED, LIFTED), "not held still"),
        (frames(without_hands()), "Both arms have to be in view"),
        ([], "no person could be seen"),
    ],
)
def test_what_cannot_be_a_button_is_refused(
    tmp_path_factory: pytest.TempPathFactory, poses: list[Pose], said: str
) -> None:
    with ExampleStore.open(tmp_path_factory.mktemp("button") / "examples.sqlite", NOW) as store:
        with pytest.raises(UserError, match=said):
            button_saver(BUTTON, poses)(store)
        assert store.takes() == ()


def test_its_take_is_listed_and_is_no_row_of_a_table(tmp_path_factory: pytest.TempPathFactory) -> None:
    preset = loader.load(paths.presets_dir() / "theremin.yaml")
    with ExampleStore.open(tmp_path_factory.mktemp("button") / "examples.sqlite", NOW) as store:
        assert button_saver(BUTTON, frames(RAISED))(store) == "take 1."
        store.add_take("1", {"pitch": 220.0}, "", figure(20))
        assert [info.target for info in store.takes()] == [BUTTON, "1"]
        assert set(all_examples(store, preset).takes.tolist()) == {2}
