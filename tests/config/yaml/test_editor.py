"""A change of one value leaves every other line as it was, and the text then means what was asked for."""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesturesynth.config.yaml import parser
from gesturesynth.config.yaml.document import Document, KeyPath, Value, dotted
from gesturesynth.config.yaml.editor import EditError, path_of, remove, set_value
from gesturesynth.core import paths
from gesturesynth.core.errors import UserError

SHIPPED = sorted(paths.presets_dir().glob("*.yaml"))
UNUSUAL = """\
# A head comment: with a colon, and "quotes".

name:   'It''s  spaced'   # behind a value
about: >-   # folded
  Two lines
  of text.

  # no comment: still text

features: [right_wrist.height,   # the right one
           left_wrist.height,
           ]
outputs:
    # before the first
    pitch: {to: theremin.pitch, range: [110, 1760], unit: "Hz"}   # a row

    level:
      to: theremin.level
      range:
      - -28
      - 0
      unit: dB
empty:
nothing: {}   # flow
list:
  - a
  - {b: 1,
     c: 2}
  # after the last
idle: {after: 20 s,}
# the last line has no end"""


@functools.cache
def read(text: str) -> Document:
    return parser.parse(text.encode(), "a text")


def places(value: Value, path: KeyPath = ()) -> Iterator[KeyPath]:
    """The path of every value below the outermost."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inner:
        yield (*path, key)
        yield from places(child, (*path, key))


def at(value: Value, path: KeyPath) -> Value:
    for step in path:
        value = value[step]  # type: ignore[index]  # the path comes from the value
    return value


def replaced(data: dict[str, Value], path: KeyPath, value: Value) -> dict[str, Value]:
    wanted = copy.deepcopy(data)
    at(wanted, path[:-1])[path[-1]] = value  # type: ignore[index]  # as above
    return wanted


def without(data: dict[str, Value], path: KeyPath) -> dict[str, Value]:
    wanted = copy.deepcopy(data)
    del at(wanted, path[:-1])[path[-1]]  # type: ignore[union-attr,arg-type]  # as above
    return wanted


def changed_lines(before: str, after: str) -> range:
    """The lines of the former text, from 1, that are not in the same place in the later one, from either end."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    tail = 0
    while tail < min(len(old), len(new)) - same and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return range(same + 1, len(old) - tail + 1)


def own_lines(document: Document, path: KeyPath, text: str) -> range:
    """The lines from a value's key to the line before the next key that is not part of it."""
    first = min(document.place(path).line, document.place(path, key=True).line)
    others = [
        min(document.place(other).line, document.place(other, key=True).line)
        for other in places(document.data)
        if other[: len(path)] != path
    ]
    return range(first, min([line for line in others if line > first], default=len(text.splitlines()) + 1))


TEXTS = {file.stem: file.read_text(encoding="utf-8") for file in SHIPPED} | {
    "unusual": UNUSUAL,
    "of Windows": UNUSUAL.replace("\n", "\r\n"),
}
ALL = [(name, path) for name, text in TEXTS.items() for path in places(read(text).data)]
WHOLE = ("theremin", "unusual", "of Windows")
"""Texts of which every place is tried; of the others every fifth, each preset its own, to save minutes."""
NEW: list[Value] = ["7", "a: b # c", "", {"x": "1", "y": ["2", "3"]}, ["p", "q"], None]


def tried(name: str) -> list[KeyPath]:
    """The places of a text that are tried."""
    found = list(places(read(TEXTS[name]).data))
    return found if name in WHOLE else found[len(name) % 5 :: 5]


def test_there_are_presets_and_values_to_change() -> None:
    assert len(SHIPPED) >= 6
    assert len(ALL) > 200


@pytest.mark.parametrize("name", TEXTS)
def test_every_value_of_every_preset_can_be_replaced_and_only_its_own_lines_change(name: str) -> None:
    text, document = TEXTS[name], read(TEXTS[name])
    for path in tried(name):
        for value in (NEW[len(dotted(path)) % len(NEW)], NEW[3]):
            after = set_value(text, path, value)
            assert read(after).data == replaced(document.data, path, value), dotted(path)
            lines = own_lines(document, path, text)
            changed = changed_lines(text, after)
            assert not changed or (changed[0] in lines and changed[-1] in lines), (dotted(path), value, after)
        if isinstance(at(document.data, path), str) and path != ("about",):  # that has several lines
            after = set_value(text, path, "0.25")
            assert len(after.splitlines()) == len(text.splitlines())
            assert len(changed_lines(text, after)) <= 1


@pytest.mark.parametrize("name", TEXTS)
def test_every_key_of_every_preset_can_be_removed(name: str) -> None:
    text, document = TEXTS[name], read(TEXTS[name])
    for path in tried(name):
        after = remove(text, path)
        assert read(after).data == without(document.data, path), dotted(path)
        lines, changed = own_lines(document, path, text), changed_lines(text, after)
        # An only key leaves {} behind its parent, and takes the comments above it along; a first item in brackets takes
        # the break behind it along.
        first = lines[0]
        while text.splitlines()[first - 2].lstrip().startswith("#"):
            first -= 1
        assert first - 1 <= changed[0] <= changed[-1] <= lines[-1] + 1, dotted(path)


@pytest.mark.parametrize("name", TEXTS)
def test_a_key_can_be_added_to_every_section_and_removed_again(name: str) -> None:
    text, document = TEXTS[name], read(TEXTS[name])
    for path in [(), *tried(name)]:
        section = at(document.data, path)
        if isinstance(section, str):
            with pytest.raises(EditError, match="has no keys"):
                set_value(text, (*path, "new"), "1")
            continue
        new: KeyPath = (*path, len(section)) if isinstance(section, list) else (*path, "new")
        after = set_value(text, new, "a value")
        assert at(read(after).data, new) == "a value"
        assert len(changed_lines(text, after)) <= 1, dotted(path)
        assert section is None or read(remove(after, new)).data == document.data


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: str(file.stem))
def test_what_was_added_to_a_shipped_preset_and_removed_leaves_every_byte_as_it_was(file: Path) -> None:
    text = TEXTS[file.stem]
    for path in [(), *(path for path in tried(file.stem) if isinstance(at(read(text).data, path), dict))]:
        assert remove(set_value(text, (*path, "new"), "a value"), (*path, "new")) == text, dotted(path)


def test_sections_that_are_missing_are_added() -> None:
    after = set_value("name: A\n", ("instruments", "bells", "gain"), -6)
    assert after == "name: A\ninstruments: {bells: {gain: -6}}\n"
    after = set_value(after, ("outputs",), {"a": {"to": "bells.level", "range": [0, 1.5]}, "b": {"to": "bells.pan"}})
    assert after == (
        "name: A\ninstruments: {bells: {gain: -6}}\n"
        "outputs:\n  a: {to: bells.level, range: [0, 1.5]}\n  b: {to: bells.pan}\n"
    )
    assert set_value("", ("name",), "A") == "name: A\n"


def test_comments_and_alignment_stay() -> None:
    text = "name: A   # the name\nidle:   # when no person is in view\n  after:  20 s  # long\n\n# end\n"
    after = set_value(text, ("idle", "after"), "5 s")
    assert after == text.replace("20 s", "5 s")
    assert set_value(text, ("idle", "level"), -30) == text.replace("long\n", "long\n  level: -30\n")
    assert remove(text, ("idle", "after")) == text.replace(
        "idle:   # when no person is in view\n  after:  20 s  # long\n", "idle: {}   # when no person is in view\n"
    )


def test_what_stands_for_several_values_is_left_to_the_person() -> None:
    text = "a: &shared {b: 1}\nc: *shared\n"
    for path in (("a", "b"), ("c", "b"), ("c",)):
        with pytest.raises(EditError, match="change it in the text"):
            set_value(text, path, "2")


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        (("features", 9), "has 2 items"),
        (("name", "x"), "name has no keys"),
        (("name", 0), "name is no list"),
        (("outputs", 0), "outputs is no list"),
    ],
)
def test_a_path_that_leads_nowhere_gets_a_sentence(path: KeyPath, sentence: str) -> None:
    with pytest.raises(EditError, match=sentence):
        set_value("name: A\nfeatures: [a, b]\noutputs: {p: 1}\n", path, "1")


def test_a_broken_text_is_not_changed() -> None:
    with pytest.raises(EditError, match=r"the text:2:"):
        set_value("name: A\nidle: {after: }}\n", ("name",), "B")


def test_paths_are_read_as_they_are_written() -> None:
    for _, path in ALL:
        assert path_of(dotted(path)) == path
    for wrong in ("", ".", "a..b", "[x]", "a[", "a]b"):
        with pytest.raises(EditError, match="no path"):
            path_of(wrong)


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12) | st.sampled_from(
    ["- a", "a: b", "#", "'", '"', "[", "{", "~", "null", "? x", "*a", "&a", "!t", "%", "@", "`", "|", ">", "a\nb", "-"]
)
VALUES = st.recursive(
    WORDS | st.integers(-(10**6), 10**6) | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(place=st.sampled_from(ALL), value=VALUES)
def test_any_value_can_be_written_anywhere_or_gets_a_sentence(place: tuple[str, KeyPath], value: Value) -> None:
    name, path = place
    text = TEXTS[name]
    try:
        after = set_value(text, path, value)
    except UserError:  # a control character, or a key that no file gives back as it is
        assert not isinstance(value, int | float | bool | None)
        assert not isinstance(value, str) or not value.isprintable()
        return
    document = read(text)
    changed, lines = changed_lines(text, after), own_lines(document, path, text)
    assert not changed or (changed[0] in lines and changed[-1] in lines)
    found = at(read(after).data, path)
    if isinstance(value, str):
        assert found == value
    assert set_value(after, path, value) == after
