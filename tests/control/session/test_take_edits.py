"""Commands about one take: what they lead to, and when they are refused."""

from __future__ import annotations

import pytest

from gesturesynth.control.arguments import Value
from gesturesynth.control.session.events import DeleteTake, RelabelTake, RestoreTake, SwitchTake, TrimTake
from tests.support.session_events import answer, kinds, refused
from tests.support.session_harness import SessionHarness

EDITS: list[tuple[str, tuple[Value, ...]]] = [
    ("relabel", (1, "2")),
    ("trim", (1, 0.5, 1.5)),
    ("switch-take", (1, False)),
    ("delete-take", (1,)),
    ("restore-take", (1,)),
]


def world_with_takes() -> SessionHarness:
    world = SessionHarness(classes=("wave",))
    world.takes = ["1", "wave"]
    world.set_context()
    return world


def test_each_command_leads_to_its_change_and_is_answered_when_that_is_done() -> None:
    expected = [RelabelTake(1, "2"), TrimTake(1, 0.5, 1.5), SwitchTake(1, on=False), DeleteTake(1), RestoreTake(1)]
    for (name, values), event in zip(EDITS, expected, strict=True):
        world = world_with_takes()
        events = world.submit(name, *values)
        assert kinds(events) == [type(event)]
        assert event in events
        assert answer(events).text == "Done."


def test_without_a_value_a_take_is_switched_to_the_other_of_the_two() -> None:
    assert SwitchTake(2, on=None) in world_with_takes().submit("switch-take", 2)


@pytest.mark.parametrize(("name", "values"), EDITS)
def test_nothing_is_edited_during_a_take(name: str, values: tuple[Value, ...]) -> None:
    world = world_with_takes()
    world.submit("select", 1)
    world.submit("record")
    assert "Not during a take" in refused(world.submit(name, *values))
    assert world.takes == ["1", "wave"]


@pytest.mark.parametrize(
    ("classes", "target", "text"),
    [
        (("wave",), "7", "There is no snapshot 7; this preset has 1, 2, 3."),
        (("wave",), "wav", "There is no class 'wav', did you mean 'wave'? This preset names wave."),
        ((), "wave", "There is no 'wave': takes are for snapshots (1 to 9) here; the preset names no classes."),
    ],
)
def test_a_take_is_relabelled_only_for_what_is_there(classes: tuple[str, ...], target: str, text: str) -> None:
    world = world_with_takes()
    world.set_context(classes=classes)
    assert refused(world.submit("relabel", 1, target)) == text
