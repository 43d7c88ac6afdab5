"""Edits, deletions and restorations in any order: undo goes back state by state, redo forth, also after a restart."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.dataset import examples_from_rows
from gesturesynth.mapping.examples.store import ExampleStore
from gesturesynth.mapping.examples.takes import TakeInfo
from tests.support.stored_takes import FEATURES, open_store, poses

OUTPUTS = ("pitch", "level")
Content = tuple[dict[int, TakeInfo], dict[int, dict[str, float]], dict[int, dict[str, float]], tuple[bytes, ...]]

A_TAKE = st.integers(1, 5)
STEP = st.one_of(
    st.tuples(st.just("relabel"), A_TAKE, st.sampled_from(["2", "3", "kick", "none"])),
    st.tuples(st.just("trim"), A_TAKE, st.sampled_from([(0.1, 0.5), (0.2, 0.6), (0.0, 99.0), (0.3, 0.31)])),
    st.tuples(st.just("switch"), A_TAKE, st.sampled_from([True, False, None])),
    st.tuples(st.just("delete"), A_TAKE, st.none()),
    st.tuples(st.just("restore"), A_TAKE, st.none()),
    st.tuples(st.sampled_from(["record", "delete last", "clear", "delete output"]), st.none(), st.none()),
    st.tuples(st.sampled_from(["undo", "redo", "restart"]), st.none(), st.none()),
)


def content(store: ExampleStore) -> Content:
    """All that can be seen of a store: takes, also deleted ones, what they teach, snapshots, and the rows of a fit."""
    takes = {info.id: info for info in store.takes(deleted=True)}
    rows = store.examples(FEATURES, OUTPUTS, None, everything=True)
    arrays = (rows.X, rows.Y, rows.labels, rows.takes)
    return takes, {take: store.sound(take) for take in takes}, store.snapshots(), tuple(a.tobytes() for a in arrays)


def assert_same(store: ExampleStore, expected: Content) -> None:
    """Takes that are not in it had not been recorded then: they are as good as deleted."""
    takes, sounds, snapshots, rows = content(store)
    later = takes.keys() - expected[0].keys()
    assert all(takes[take].deleted for take in later)
    known = expected[0].keys()
    assert ({take: takes[take] for take in known}, {take: sounds[take] for take in known}) == expected[:2]
    assert (snapshots, rows) == expected[2:]


def change(store: ExampleStore, name: str, take: Any, value: Any) -> str:
    """Carries out one step; its text, empty when there was nothing to do."""
    steps: dict[str, Callable[[], str]] = {
        "relabel": lambda: store.relabel(
            take, value, {"pitch": 330.0} if value.isdecimal() else {}, value.strip("123")
        ),
        "trim": lambda: store.trim(take, *value),
        "switch": lambda: store.switch(take, value),
        "delete": lambda: store.delete(take),
        "restore": lambda: store.restore(take),
        "record": lambda: store.add_take("3", {"pitch": 550.0}, "", poses(6, 120.0)).summary(),
        "delete last": store.delete_last,
        "clear": store.clear,
        "delete output": lambda: store.delete_output("pitch"),
    }
    return steps[name]()


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(STEP, min_size=3, max_size=20))
def test_undo_goes_back_state_by_state_and_redo_forth(steps: list[tuple[str, Any, Any]]) -> None:
    with tempfile.TemporaryDirectory(prefix="gs-edits-") as folder:
        path = Path(folder) / "examples.sqlite"
        store = open_store(path)
        store.add_take("1", {"pitch": 220.0, "level": -9.0}, "", poses(20))
        store.add_take("kick", {}, "kick", poses(20, 50.0))
        rows = [(7, "", np.zeros(1), np.array([100.0, -5.0])), (7, "", np.zeros(1), np.array([np.nan, -6.0]))]
        store.add_examples(examples_from_rows(rows, ["hands.distance"], OUTPUTS), "a file")
        store.save_snapshot(2, {"pitch": 440.0})
        past, now, future = list[Content](), content(store), list[Content]()
        for name, take, value in steps:
            if name == "restart":
                store.close()
                store = open_store(path)
            elif name in ("undo", "redo"):
                back, forth = (past, future) if name == "undo" else (future, past)
                if back:
                    assert getattr(store, name)()
                    forth.append(now)
                    now = back.pop()
            else:
                try:
                    done = change(store, name, take, value)
                except UserError:
                    done = ""
                if done:
                    past, now, future = [*past, now], content(store), []
            assert_same(store, now)
        while future:
            assert store.redo()
            past.append(now)
            now = future.pop()
        end = now
        store.close()
        store = open_store(path)
        states = [*past, end]
        for state in reversed(past):
            assert store.undo()
            assert_same(store, state)
        store.close()
        store = open_store(path)
        for state in states[1:]:
            assert store.redo()
            assert_same(store, state)
        assert not store.can_redo
        store.close()
