"""Takes are relabelled, trimmed, switched, deleted and restored by commands, each answered once, and undone."""

from __future__ import annotations

import pytest

from tests.support.conductor_harness import HIGH, LOW, ConductorHarness


@pytest.fixture
def taught(harness: ConductorHarness) -> ConductorHarness:
    """With take 1 for snapshot 1 and take 2 for snapshot 3."""
    for number, pose in ((1, LOW), (3, HIGH)):
        harness.done("select", number)
        harness.take(pose)
    return harness


def test_each_edit_is_stored_and_undone_and_hints_at_training(taught: ConductorHarness) -> None:
    edits: dict[tuple[str, *tuple[object, ...]], str] = {
        ("relabel", 1, "2"): "Take 1 is for 2 instead of 1. Train to hear it.",
        ("trim", 1, 0.2, 0.8): "Take 1 trimmed to 0.2 to 0.8 s. Train to hear it.",
        ("switch-take", 2): "Take 2 switched off. Train to hear it.",
        ("switch-take", 2, True): "Take 2 switched on. Train to hear it.",
        ("delete-take", 2): "Take 2 for 3 (30 rows) deleted. Train to hear it.",
        ("restore-take", 2): "Take 2 for 3 (30 rows) restored. Train to hear it.",
    }
    with taught.stored() as store:
        states = [(store.takes(), store.sound(1))]
        for (name, *values), text in edits.items():
            assert taught.done(name, *values) == text
            states.append((store.takes(), store.sound(1)))
        assert taught.state.takes == {"2": 1, "3": 1}
        for state in reversed(states[:-1]):
            assert taught.done("undo").startswith("Undone: take ")
            assert (store.takes(), store.sound(1)) == state
        for state in states[1:]:
            assert "Train to hear it." in taught.done("redo")
            assert (store.takes(), store.sound(1)) == state
    assert all(len(replies) == 1 for replies in taught.answers.values())


def test_a_take_gets_the_sound_that_the_snapshot_has_now_and_plays_it(taught: ConductorHarness) -> None:
    taught.done("delete-take", 1)
    taught.train()
    taught.done("relabel", 2, "1")
    taught.train()
    taught.run_for(2.0, HIGH)
    assert taught.values["pitch"] == pytest.approx(110.0, rel=0.02)
    taught.done("undo")
    taught.train()
    taught.run_for(2.0, HIGH)
    assert taught.values["pitch"] == pytest.approx(1760.0, rel=0.02)


def test_the_same_target_once_more_takes_over_a_changed_snapshot(taught: ConductorHarness) -> None:
    with taught.stored() as store:
        store.save_snapshot(1, {"pitch": 150.0})
    text = "Train to hear it."
    assert text in taught.done("relabel", 1, "1"), "the list of takes is the same, what they teach is not"
    assert text in taught.done("undo")


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("relabel", (9, "1"), "no take 9"),
        ("trim", (1, 0.1, 0.11), "at least 5"),
        ("trim", (1, 0.8, 0.1), "to a later end"),
        ("switch-take", (2, True), "on already"),
        ("delete-take", (3,), "no take 3"),
        ("restore-take", (1,), "not deleted"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    taught: ConductorHarness, name: str, values: tuple[object, ...], words: str
) -> None:
    with taught.stored() as store:
        before = store.takes(True)
        assert words in taught.refused(name, *values)
        assert store.takes(True) == before
