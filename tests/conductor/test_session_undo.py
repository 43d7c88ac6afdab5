"""Undo, redo, deleting and clearing of takes and snapshots."""

from __future__ import annotations

from tests.support.conductor_harness import (
    HIGH,
    LOW,
    THEREMIN,
    ConductorHarness,
)


def test_takes_are_undone_redone_and_cleared_and_the_state_has_their_number(
    harness: ConductorHarness,
) -> None:
    harness.done("select", 1)
    assert "nothing" in harness.refused("undo")
    for _ in range(2):
        harness.take(LOW)
    assert harness.state.takes == {"1": 2}
    assert "Undone: take 2" in harness.done("undo")
    assert (harness.state.takes, harness.state.can_redo) == ({"1": 1}, True)
    assert "Done again" in harness.done("redo")
    assert (harness.state.takes, harness.state.can_redo) == ({"1": 2}, False)
    harness.done("delete-last")
    assert harness.state.takes == {"1": 1}
    assert "Delete the only take?" in harness.done("clear")
    assert harness.state.takes == {"1": 1}, "it was only a question"
    harness.done("clear")
    assert harness.state.takes == {}
    harness.done("undo")
    assert harness.state.takes == {"1": 1}
    with harness.stored() as store:
        assert [info.id for info in store.takes()] == [1]


def test_undo_of_a_saved_snapshot_removes_and_releases_it(harness: ConductorHarness) -> None:
    harness.done("randomise")
    harness.done("save")
    assert (harness.state.target, harness.state.held) == ("4", "4")
    text = harness.done("undo")
    assert "snapshot 4" in text
    assert "Train" not in text, "training would not change a thing"
    harness.run_for(0.1)
    assert (harness.state.target, harness.state.held) == ("", "")
    assert "no snapshot 4" in harness.refused("select", 4)
    harness.done("redo")
    harness.done("select", 4)


def test_only_changes_of_takes_have_the_hint_to_train(harness: ConductorHarness) -> None:
    harness.done("randomise")
    harness.done("save")
    harness.take(LOW)
    both = [harness.submit("undo"), harness.submit("undo")]  # at once: neither knows yet what the other does
    assert [("Train" in harness.answer(number)[1]) for number in both] == [True, False]
    assert [("Train" in harness.done("redo")) for _ in both] == [False, True]


def test_what_another_program_does_to_the_examples_is_seen(harness: ConductorHarness) -> None:
    harness.done("select", 1)
    harness.take(LOW)
    with harness.stored() as store:
        store.delete(1)
    harness.until(lambda: harness.state.takes == {}, "the take to be gone")
    assert harness.state.can_undo
    harness.done("undo")
    assert harness.state.takes == {"1": 1}


def test_what_was_taught_is_there_again_the_next_time(harness: ConductorHarness) -> None:
    harness.done("select", 1)
    harness.take(LOW)
    harness.done("select", 2)
    harness.take(HIGH)
    harness.done("delete-last")
    harness.close()
    with ConductorHarness(THEREMIN) as again:
        again.wait_until_playing()
        assert again.state.takes == {"1": 1}
        assert "30 examples" in again.preset_manager.model
        again.done("undo")
        assert again.state.takes == {"1": 1, "2": 1}
