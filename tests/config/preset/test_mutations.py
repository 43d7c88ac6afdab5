"""Changed and random files: they load, or every problem is reported where the change was made."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gesturesynth.config.preset.loader import PresetError, loads
from gesturesynth.config.preset.schema import PresetFile
from gesturesynth.config.yaml.document import KeyPath, Problem
from tests.support.preset_texts import TREE


def value_paths(tree: Any, here: KeyPath = ()) -> list[KeyPath]:
    """The path of every value of a tree."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path for key, value in inner for path in [(*here, key), *value_paths(value, (*here, key))]]


anything = st.one_of(
    st.sampled_from([None, True, "", "on", "1:30", "x", -1, 0, 1e9, "440 Hz", "-6 dB", [], {}, ["lean"], {"a": 1}]),
    st.text(max_size=8),
    st.recursive(
        st.integers() | st.text(max_size=3),
        lambda s: st.lists(s, max_size=3) | st.dictionaries(st.text(max_size=3), s, max_size=3),
    ),
)


def top_key(text: str, line: int) -> str:
    """The outermost key of the section that a line (from 1) belongs to, in what `yaml.safe_dump` writes."""
    above = [written for written in text.split("\n")[:line] if written and written[0] not in " -"]
    return above[-1].split(":")[0]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(value_paths(TREE)), st.sampled_from(["delete", "rename", "retype"]), anything)
def test_any_change_loads_or_is_reported_where_it_was_made(path: KeyPath, change: str, value: Any) -> None:
    tree = copy.deepcopy(TREE)
    parent: Any = tree
    for key in path[:-1]:
        parent = parent[key]
    old = parent.pop(path[-1])
    if change == "retype" and isinstance(parent, dict):
        parent[path[-1]] = value
    elif change == "retype":
        parent.insert(path[-1], value)
    elif change == "rename" and isinstance(parent, dict):
        parent["renamed"] = old
    text = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)
    # What was changed, or was in it: other parts may refer to these names.
    names = {"renamed", *map(str, path), *(str(key) for inner in value_paths(old) for key in inner)}
    names |= {"theremin", "percussion"} if path == ("instruments",) else set()
    for problem in problems_of(text):
        section = problem.where.split(".")[0].split("[")[0]
        missing = problem.message.startswith("is missing")
        assert missing or not section or top_key(text, problem.line) == section
        assert not section or any(name in problem.where or name in problem.message for name in names)


def problems_of(text: str) -> tuple[Problem, ...]:
    """All problems; empty for a preset that loads."""
    try:
        loads(text, "p.yaml")
    except PresetError as error:
        return error.problems
    return ()


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(list(PresetFile.model_fields)) | st.text(max_size=4), anything, max_size=8))
def test_no_tree_raises_anything_but_a_preset_error(tree: dict[str, Any]) -> None:
    written = yaml.safe_dump(tree, allow_unicode=True)
    assert all(1 <= problem.line <= written.count("\n") + 1 for problem in problems_of(written))


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=80))
def test_no_bytes_raise_anything_but_a_preset_error(data: bytes | str) -> None:
    with pytest.raises(PresetError):
        loads(data, "p.yaml")
