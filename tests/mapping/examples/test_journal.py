"""Undo reverts every action, redo repeats it, also after a restart: random actions against a simple model."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule

from gesturesynth.mapping.examples.store import ExampleStore
from tests.support.stored_takes import open_store, poses

TAKE, SNAPSHOT = "take", "snapshot"
OUTPUTS = ("pitch", "level")
Key = tuple[str, int]
Values = dict[Key, object]


@dataclass
class Action:
    """The changes of one action: key -> (before, after).

    A take is True if present; a snapshot is its pitch or None; an output of a take is True if it teaches it.
    """

    changes: dict[Key, tuple[object, object]] = field(default_factory=dict)


class RandomActions(RuleBasedStateMachine):
    ids: Bundle[int] = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="gs-undo-")
        self.path = Path(self.folder.name) / "examples.sqlite"
        self.store: ExampleStore = open_store(self.path)
        self.state: Values = {}
        self.done: list[Action] = []
        self.undone: list[Action] = []
        self.labels: dict[int, str] = {}

    def record_action(self, changes: Values) -> None:
        if changes:
            self.done.append(Action({key: (self.state.get(key), value) for key, value in changes.items()}))
            self.undone = []
            self.state |= changes

    @property
    def present(self) -> list[int]:
        return sorted(number for (kind, number), value in self.state.items() if kind == TAKE and value)

    @rule(target=ids, names=st.sets(st.sampled_from(OUTPUTS)), label=st.sampled_from(["", "kick"]))
    def record(self, names: set[str], label: str) -> int:
        info = self.store.add_take("1", dict.fromkeys(names, 1.0), label, poses(1))
        self.state |= {(name, info.id): True for name in names}
        self.labels[info.id] = label
        self.record_action({(TAKE, info.id): True})
        return info.id

    def taught(self, number: int) -> set[str]:
        return {name for name in OUTPUTS if self.state.get((name, number))}

    @rule(name=st.sampled_from(OUTPUTS))
    def delete_output(self, name: str) -> None:
        naming = [number for number in self.present if name in self.taught(number)]
        alone = [number for number in naming if self.taught(number) == {name} and not self.labels[number]]
        assert bool(self.store.delete_output(name)) is bool(naming)
        changes: Values = {(TAKE, number): False for number in alone}
        self.record_action(changes | {(name, number): False for number in naming if number not in alone})

    @rule(number=ids)
    def delete_or_restore(self, number: int) -> None:
        present = number in self.present
        (self.store.delete if present else self.store.restore)(number)
        self.record_action({(TAKE, number): not present})

    @rule()
    def delete_last(self) -> None:
        last = self.present[-1:]
        assert bool(self.store.delete_last()) is bool(last)
        self.record_action({(TAKE, number): False for number in last})

    @rule()
    def clear(self) -> None:
        present = self.present
        assert bool(self.store.clear()) is bool(present)
        self.record_action({(TAKE, number): False for number in present})

    @rule(number=st.integers(1, 3), pitch=st.floats(20, 2000))
    def save(self, number: int, pitch: float) -> None:
        self.store.save_snapshot(number, {"pitch": pitch})
        self.record_action({(SNAPSHOT, number): pitch})

    @rule(number=consumes(ids))
    def erase(self, number: int) -> None:
        self.store.erase(number)
        for kind in (TAKE, *OUTPUTS):
            self.state.pop((kind, number), None)
            for action in (*self.done, *self.undone):
                action.changes.pop((kind, number), None)
        self.done = [action for action in self.done if action.changes]
        self.undone = [action for action in self.undone if action.changes]

    @precondition(lambda self: self.done)
    @rule()
    def undo(self) -> None:
        assert self.store.undo().startswith("undone: ")
        action = self.done.pop()
        self.undone.append(action)
        self.state |= {key: before for key, (before, _) in action.changes.items()}

    @precondition(lambda self: self.undone)
    @rule()
    def redo(self) -> None:
        assert self.store.redo().startswith("done again: ")
        action = self.undone.pop()
        self.done.append(action)
        self.state |= {key: after for key, (_, after) in action.changes.items()}

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = open_store(self.path)

    @invariant()
    def the_store_equals_the_model(self) -> None:
        found: Values = {(TAKE, info.id): not info.deleted for info in self.store.takes(deleted=True)}
        found |= {(SNAPSHOT, number): sound["pitch"] for number, sound in self.store.snapshots().items()}
        assert found == {
            key: bool(value) if key[0] == TAKE else value
            for key, value in self.state.items()
            if key[0] not in OUTPUTS and (key[0] == TAKE or value is not None)
        }
        for kind, number in self.state:
            if kind == TAKE:
                assert set(self.store.sound(number)) == self.taught(number)
        named = [name for number in self.present for name in self.taught(number)]
        assert self.store.named_counts() == {name: named.count(name) for name in set(named)}
        assert [info.id for info in self.store.takes()] == self.present
        assert self.store.can_undo is bool(self.done)
        assert self.store.can_redo is bool(self.undone)
        if not self.done:
            assert self.store.undo() == ""
        if not self.undone:
            assert self.store.redo() == ""

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


TestRandomActions = RandomActions.TestCase
TestRandomActions.settings = settings(max_examples=25, stateful_step_count=30, deadline=None, derandomize=True)


def test_all_actions_can_be_undone_and_redone(own_folders: Path) -> None:
    path = own_folders / "examples.sqlite"
    with open_store(path) as store:
        states = [(store.takes(), store.snapshots())]

        def append_state() -> None:
            states.append((store.takes(), store.snapshots()))

        store.add_take("1", {"pitch": 1.0}, "", poses(2))
        append_state()
        store.add_take("2", {"pitch": 2.0}, "", poses(2))
        append_state()
        store.save_snapshot(4, {"pitch": 4.0})
        append_state()
        store.delete(1)
        append_state()
        store.clear()
        append_state()
        store.restore(2)
        append_state()
    for expected in reversed(states[:-1]):
        with open_store(path) as store:  # each after a restart
            assert store.undo()
            assert (store.takes(), store.snapshots()) == expected
    for expected in states[1:]:
        with open_store(path) as store:
            assert store.redo()
            assert (store.takes(), store.snapshots()) == expected
    with open_store(path) as store:
        store.undo()
        store.add_take("3", {}, "", poses(1))
        assert not store.can_redo
