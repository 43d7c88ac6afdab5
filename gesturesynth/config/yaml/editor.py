"""Changes one value or key of a YAML text: every character that is not part of it stays. Pure.

The places of values come from PyYAML's marks, as in `parser`. What is written is one line in YAML's short form
(`{to: theremin.pitch, range: [110, 880]}`), and only a new section of several entries gets a line for each. Every
result is read again before it is returned: it means what was asked for, or there is an error.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import yaml

from gesturesynth.config.yaml import parser, scalars
from gesturesynth.config.yaml.document import FileError, KeyPath, Value, dotted
from gesturesynth.core.errors import UserError

NewValue: TypeAlias = "Mapping[str, NewValue] | Sequence[NewValue] | str | int | float | bool | None"
"""What can be written. Numbers and switches are written as the texts that they are read as."""
_NAME: Final = "the text"
_STEP: Final = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")


class EditError(UserError):
    """A change that cannot be made; a sentence."""


def path_of(text: str) -> KeyPath:
    """The keys of `outputs.pitch.range[0]`, as `document.dotted` writes them.

    Raises:
        EditError: it is no such path.
    """
    path: list[str | int] = []
    at = 0
    while at < len(text):
        step = _STEP.match(text, at)
        if step is None:
            break
        path.append(step[1].strip() if step[1] else int(step[2]))
        at = step.end()
    if not path or at < len(text) or text.startswith("."):
        raise EditError(f"'{text}' is no path to a value; one looks like `outputs.pitch.range[0]`")
    return tuple(path)


def set_value(text: str, path: KeyPath, value: NewValue) -> str:
    """The text with another value at `path`. Keys that are missing are added, at the end of their section.

    Args:
        text: YAML that can be read, see `parser`.
        path: keys, and positions in lists; the position behind the last one adds to a list.
        value: the new value.

    Raises:
        EditError: the text cannot be read, or the path leads through a value that has no keys, or the change would
            change other values, too (an alias).
    """
    written = scalars.as_texts(value)
    data, root = _read(text)
    wanted = _changed(data, path, written)
    return _checked(_Editor(text, root).set_value(path, written), wanted, path)


def remove(text: str, path: KeyPath) -> str:
    """The text without the key or list item at `path`, and without the comment on its line.

    Raises:
        EditError: there is none, or as `set_value`.
    """
    data, root = _read(text)
    edited = _Editor(text, root).remove(path)
    return _checked(edited, _changed(data, path, None, removed=True), path)


def _read(text: str) -> tuple[dict[str, Value], yaml.Node | None]:
    """The data of a text and its outermost node."""
    try:
        document, root = parser.parse_with_nodes(text.encode("utf-8", "surrogatepass"), _NAME, may_be_empty=True)
    except FileError as error:
        raise EditError(f"the text cannot be changed before it can be read:\n{error}") from error
    if document.problems:
        raise EditError(f"the text cannot be changed before it can be read:\n{FileError(document.problems)}")
    return document.data, root


def _checked(text: str, wanted: dict[str, Value], path: KeyPath) -> str:
    try:
        found, _ = _read(text)
    except EditError as error:
        raise EditError(f"{dotted(path)} cannot be changed here; change it in the text. ({error})") from error
    if found != wanted:
        raise EditError(
            f"{dotted(path)} cannot be changed alone (an alias, *name, stands for it elsewhere, or it is written in an "
            "unusual way): change it in the text"
        )
    return text


def _changed(data: dict[str, Value], path: KeyPath, value: Value, *, removed: bool = False) -> dict[str, Value]:
    """The data after the change."""
    result: dict[str, Value] = copy.deepcopy(data)
    at: Value = result
    for depth, step in enumerate(path):
        there = _require(at, path[: depth + 1], may_be_added=not removed and depth == len(path) - 1)
        if depth < len(path) - 1:
            if isinstance(at, dict) and (not there or at[str(step)] is None) and not removed:
                at[str(step)] = {}
            at = at[step]  # type: ignore[index]  # as `_require` has found
        elif isinstance(at, list):
            at[int(step) : int(step) + 1] = [] if removed else [value]
        elif isinstance(at, dict) and removed:
            del at[str(step)]
        elif isinstance(at, dict):
            at[str(step)] = value
    return result


def _require(at: Value, path: KeyPath, *, may_be_added: bool) -> bool:
    """Whether the last step of `path` is in `at`; raises EditError where it cannot be, or is needed and is not."""
    step, here, wanted = path[-1], dotted(path[:-1]) or "the text", dotted(path)
    if isinstance(step, int):
        if not isinstance(at, list):
            raise EditError(f"{here} is no list; there is no {wanted}")
        if step > len(at) - (not may_be_added):
            raise EditError(f"{here} has {len(at)} items, counted from 0; there is no {wanted}")
        return step < len(at)
    if not isinstance(at, dict):
        raise EditError(f"{here} has no keys; there is no {wanted}")
    return step in at


class _Editor:
    """One change of one text."""

    def __init__(self, text: str, root: yaml.Node | None) -> None:
        self._text = text
        self._root = root if isinstance(root, yaml.MappingNode) else None
        found = re.search(r"\r\n|\n|\r", text)
        self._newline = found[0] if found else "\n"

    # ------------------------------------------------------------------------------------------------------ changes
    def set_value(self, path: KeyPath, value: Value) -> str:
        node: yaml.Node | None = self._root
        parents: list[tuple[yaml.Node, yaml.ScalarNode | None]] = []
        for depth, step in enumerate(path):
            if node is None or (isinstance(node, yaml.ScalarNode) and node.value in ("", "~")):
                return self._fill(parents, path, depth, value)
            key, child = _child(node, step)
            if child is None:
                return self._add(node, step, _nested(path[depth + 1 :], value))
            parents.append((node, key))
            node = child
        assert node is not None
        return self._replace(parents[-1][1], node, value, flow=_in_flow(parents))

    def remove(self, path: KeyPath) -> str:
        parent: yaml.Node | None = self._root
        above: tuple[yaml.ScalarNode | None, bool] = (None, False)
        for depth, step in enumerate(path[:-1]):
            assert parent is not None
            key, child = _child(parent, step)
            above = (key, above[1] or _is_flow(parent))
            if child is None:
                raise EditError(f"there is no {dotted(path[: depth + 1])}")
            parent = child
        assert parent is not None
        entries = _entries(parent)
        place = next((i for i, (key, _, name) in enumerate(entries) if name == path[-1]), None)
        if place is None:
            raise EditError(f"there is no {dotted(path)}")
        if len(entries) == 1:
            empty: Value = [] if isinstance(parent, yaml.SequenceNode) else {}
            return (
                self._text_without_all()
                if parent is self._root
                else self._replace(above[0], parent, empty, flow=above[1])
            )
        start = self._begin(entries[place])
        if place + 1 < len(entries) and (_is_flow(parent) or self._text[self._line(start) : start].strip()):
            return self._spliced(start, self._begin(entries[place + 1]), "")
        if _is_flow(parent):
            return self._spliced(self._end(entries[place - 1][1]), self._end(entries[place][1]), "")
        if isinstance(parent, yaml.SequenceNode):
            start = self._text.rindex("-", 0, start)
        return self._spliced(self._line(start), self._line_end(self._end(entries[place][1])), "")

    # -------------------------------------------------------------------------------------------------------- pieces
    def _replace(self, key: yaml.ScalarNode | None, node: yaml.Node, value: Value, *, flow: bool) -> str:
        """Another value in the place of a node; `key` is the key that leads to it."""
        style = node.style if isinstance(node, yaml.ScalarNode) and node.style in ("'", '"') else None
        new = scalars.written(value, style=style)
        start, end = node.start_mark.index, self._end(node)
        if isinstance(node, yaml.ScalarNode) and node.style not in ("|", ">"):
            return self._spliced(start, end, new if start < end else f" {new}")
        if _is_flow(node):
            return self._spliced(start, end, new)
        # A block begins on the lines after its key; the new value stands behind the key, in front of a comment there.
        if key is None or flow:
            return self._spliced(start, end, new + self._newline * self._text[:end].endswith(("\n", "\r")))
        after = self._text.index(":", key.end_mark.index) + 1
        head = self._text[after : self._line_end(after)]
        header = isinstance(node, yaml.ScalarNode)  # the sign of a block text, | or >, goes
        comment = re.search(r"\s+#.*", head)
        kept = comment[0].rstrip("\r\n") if comment else ""
        if not header and start < self._line_end(after):
            return self._spliced(start, end, new)
        stop = end if self._text[:end].endswith(("\n", "\r")) else self._line_end(end)
        return self._spliced(after, stop, f" {new}{kept}" + (self._newline if stop > after else ""))

    def _fill(
        self, parents: list[tuple[yaml.Node, yaml.ScalarNode | None]], path: KeyPath, depth: int, value: Value
    ) -> str:
        """A value below a key that has none; or the first key of an empty text."""
        inner = _nested(path[depth:], value)
        if not parents:
            text = self._text if not self._text or self._text.endswith(("\n", "\r")) else self._text + self._newline
            return text + scalars.entry(str(path[0]), _nested(path[1:], value), "", self._newline) + self._newline
        parent, key = parents[-1]
        _, node = _child(parent, path[depth - 1])
        assert node is not None
        return self._replace(key, node, inner, flow=_in_flow(parents))

    def _add(self, parent: yaml.Node, step: str | int, value: Value) -> str:
        """A new key or item at the end of a node."""
        entries = _entries(parent)
        in_list = isinstance(parent, yaml.SequenceNode)
        if _is_flow(parent):
            new = scalars.written(value) if in_list else f"{scalars.written(str(step))}: {scalars.written(value)}"
            close = parent.end_mark.index - 1
            if not entries:
                return self._spliced(parent.start_mark.index + 1, close, new)
            end = self._end(entries[-1][1])
            tail = self._text[end:close]
            comma = tail.find(",")
            if comma >= 0 and not tail[:comma].strip():
                return self._spliced(end + comma + 1, end + comma + 1, f" {new}")
            return self._spliced(end, end, f", {new}")
        column = entries[0][0].start_mark.column if entries[0][0] is not None else 0
        if in_list:
            start = entries[-1][1].start_mark.index
            column = self._text.rindex("-", 0, start) - self._line(start)
        line = (
            f"- {scalars.written(value)}" if in_list else scalars.entry(str(step), value, " " * column, self._newline)
        )
        end = self._end(entries[-1][1])
        at = end if self._text[:end].endswith(("\n", "\r")) else self._line_end(end)
        begin = "" if not self._text[:at] or self._text[:at].endswith(("\n", "\r")) else self._newline
        return self._spliced(at, at, f"{begin}{' ' * column}{line}{self._newline}")

    def _text_without_all(self) -> str:
        raise EditError("this is the only key of the text; it cannot be removed")

    # -------------------------------------------------------------------------------------------------------- places
    def _spliced(self, start: int, end: int, new: str) -> str:
        return self._text[:start] + new + self._text[end:]

    def _begin(self, entry: tuple[yaml.ScalarNode | None, yaml.Node, str | int]) -> int:
        key, node, _ = entry
        return int((key or node).start_mark.index)

    def _end(self, node: yaml.Node) -> int:
        """Where the last text of a node ends; the mark of a block is behind the comments that follow it."""
        if isinstance(node, yaml.ScalarNode):
            return self._scalar_end(node)
        if _is_flow(node) or not node.value:
            return int(node.end_mark.index)
        last = node.value[-1]
        inner = last[1] if isinstance(last, tuple) else last
        if inner.start_mark.index < node.start_mark.index:  # an alias: the place of its anchor
            return self._alias_end(node)
        return self._end(inner)

    def _alias_end(self, node: yaml.Node) -> int:
        last = node.value[-1]
        start = last[0].end_mark.index if isinstance(last, tuple) else node.start_mark.index
        found = re.compile(r"\*[^\s,\]}]+").search(self._text, start)
        return found.end() if found else int(node.end_mark.index)

    def _scalar_end(self, node: yaml.ScalarNode) -> int:
        end = int(node.end_mark.index)
        if node.style in ("|", ">"):  # the mark is behind the blank lines and comments that follow it
            lines = self._text[node.start_mark.index : end].splitlines(keepends=True)
            while len(lines) > 1 and (
                not lines[-1].strip() or (lines[-1].lstrip().startswith("#") and not _indented(lines))
            ):
                lines.pop()
            return int(node.start_mark.index) + sum(map(len, lines))
        return end

    def _line(self, at: int) -> int:
        """Where the line of a place begins."""
        return max(self._text.rfind("\n", 0, at), self._text.rfind("\r", 0, at)) + 1

    def _line_end(self, at: int) -> int:
        """Where the next line begins."""
        found = re.compile(r"\r\n|\n|\r").search(self._text, at)
        return found.end() if found else len(self._text)


def _indented(lines: Sequence[str]) -> bool:
    """Whether the last line is indented like the text of a block, whose first line follows its sign."""
    first = next((line for line in lines[1:] if line.strip()), "")
    return len(lines[-1]) - len(lines[-1].lstrip()) >= len(first) - len(first.lstrip())


def _nested(path: KeyPath, value: Value) -> Value:
    """The value below keys that do not exist yet."""
    for step in reversed(path):
        value = {step: value} if isinstance(step, str) else [value]
    return value


def _is_flow(node: yaml.Node) -> bool:
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style)


def _in_flow(parents: Sequence[tuple[yaml.Node, object]]) -> bool:
    return any(_is_flow(node) for node, _ in parents)


def _entries(node: yaml.Node) -> list[tuple[yaml.ScalarNode | None, yaml.Node, str | int]]:
    """Key, value and name of each entry of a mapping or list."""
    if isinstance(node, yaml.MappingNode):
        return [(key, value, parser.plain_key(key)) for key, value in node.value]
    return [(None, item, index) for index, item in enumerate(node.value)]


def _child(node: yaml.Node, step: str | int) -> tuple[yaml.ScalarNode | None, yaml.Node | None]:
    if isinstance(node, yaml.ScalarNode):
        return None, None
    return next(((key, value) for key, value, name in _entries(node) if name == step), (None, None))
