"""Parses YAML files written by people: every value with its place, and a sentence for each problem.

Three rules keep the meaning of a file obvious:

* Only the structure is taken from YAML: keys, lists, texts. The type of a value (a number, a quantity, yes or no) is
  decided by its key. YAML 1.1's guesses (`on` is true, `1:30` is 90,
  `010` is 8) therefore never happen.
* A file is data from outside: its size, depth, aliases and characters are bounded, and tags are refused.
* All problems are found in one pass, each with line and column.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import yaml
from yaml.composer import Composer

from gesturesynth.config.yaml import blanks, syntax
from gesturesynth.config.yaml.document import Document, FileError, KeyPath, Place, Problem, Value, dotted, shortened
from gesturesynth.core.confusables import BLANKS, INVISIBLE, code_point_name, plain, unusual_character

MAX_BYTES: Final = 256 * 1024
"""A long preset has 5 kB; a larger file is not a preset or settings."""
MAX_DEPTH: Final = 16
"""Presets and settings use at most 5 levels."""
MAX_VALUES: Final = 10_000
"""Values after aliases are expanded: bounds the time of everything that follows."""

# C0 and C1 controls but tab and newline, and halves of surrogate pairs: no text for people, and not encodable as UTF-8.
# With the line breaks that YAML knows and editors do not count: line numbers after them would be wrong.
_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_INDENTED: Final = re.compile(rf"[{BLANKS}]|[{INVISIBLE}]+[ {BLANKS}]")
"""The beginning of a key that was meant to be indented further."""
_READ_DIFFERENTLY: Final = re.compile(r"[\t?!]")
_PLAIN_TAGS = {"tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"}


def read(path: Path, *, may_be_empty: bool = False) -> Document:
    """Reads a file.

    Args:
        path: the file.
        may_be_empty: an empty file, or only comments, is allowed.

    Returns:
        Its contents; problems of content (a key twice, a tag) are in `problems`.

    Raises:
        FileError: it has no usable contents: cannot be opened, too large, not UTF-8, not YAML, empty, a list.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise FileError([Problem(str(path), 1, 1, "", f"cannot be read: {error.strerror or error}")]) from error
    except ValueError as error:  # a zero byte in the name
        raise FileError([Problem(shortened(str(path)), 1, 1, "", f"is not the name of a file: {error}")]) from error
    return parse(data, str(path), may_be_empty=may_be_empty)


def parse(data: bytes, file: str, *, may_be_empty: bool = False) -> Document:
    """Reads the bytes of a file; as `read`."""
    return parse_with_nodes(data, file, may_be_empty=may_be_empty)[0]


def parse_with_nodes(data: bytes, file: str, *, may_be_empty: bool = False) -> tuple[Document, yaml.Node | None]:
    """Reads the bytes of a file, as `read`, and gives its outermost node, too; None for an empty file."""
    document = Document(file)
    text = _decoded(data, document)
    root = None if text is None else composed(text, document)
    if isinstance(root, yaml.MappingNode):
        _Converter(document, text or "").convert_root(root)
    if not document.problems and not document.data:
        message, place = _no_content_error(root, text or "")
        if may_be_empty and place is None:
            return document, root
        _add_error(document, message, place)
    if not document.data:
        raise FileError(document.problems)
    return document, root


def composed(text: str, document: Document) -> yaml.Node | None:
    """The outermost node of the text with ordinary blanks, or of the text itself where only that is valid YAML.

    None where it is neither; then the document has a problem more. Places count characters of the text.
    """
    ordinary = blanks.normalise_blanks(text)
    if (root := _quickly(ordinary)) is not None:
        return root
    loader = _Loader(ordinary)
    try:
        return loader.get_single_node()
    except _OutOfBoundsError as error:
        _add_error(document, str(error.problem), _place(error.problem_mark))
    except yaml.MarkedYAMLError as error:
        if ordinary != text:
            with suppress(yaml.YAMLError, ValueError, OverflowError):
                return _Loader(text).get_single_node()
        _add_error(document, *syntax.explain(error, ordinary))
    except (ValueError, OverflowError) as error:  # PyYAML lets them through: "\UFFFFFFFF"
        _add_error(document, f"not valid YAML: {error}", _place(loader.get_mark()))
    return None


def _quickly(text: str) -> yaml.Node | None:
    """The outermost node as libyaml reads it, in a tenth of PyYAML's time; None where PyYAML has to read the text.

    That is where there is no libyaml, where the text has an error (its sentence is made from PyYAML's), and where the
    two read different things: a tab, `?` and `!` in a word.
    """
    if _QuickLoader is None or _READ_DIFFERENTLY.search(text):
        return None
    with suppress(yaml.YAMLError, ValueError, OverflowError):
        return _QuickLoader(text).get_single_node()
    return None


def _no_content_error(root: yaml.Node | None, text: str) -> tuple[str, Place | None]:
    if isinstance(root, yaml.SequenceNode):
        return "a list; expected keys such as `name: ...`", _place(root.start_mark)
    if isinstance(root, yaml.ScalarNode) and root.value:
        end = root.end_mark
        cause = syntax.find_suspect_character(text, root.start_mark.line, end.line, end.column)
        return cause or ("a single text; expected keys such as `name: ...`", _place(root.start_mark))
    return "the file is empty; it needs keys such as `name: ...`", None


def _place(mark: yaml.Mark | None) -> Place:
    return Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)


def _add_error(document: Document, message: str, place: Place | None = None) -> None:
    line, column = (place.line, place.column) if place else (1, 1)
    document.problems.append(Problem(document.file, line, column, "", message))


def _decoded(data: bytes, document: Document) -> str | None:
    if len(data) > MAX_BYTES:
        _add_error(document, f"the file is larger than {MAX_BYTES // 1024} kB; that is no file of ours")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n")
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace"))
        document.problems.append(
            Problem(document.file, line + 1, column + 1, "", "not UTF-8 text; save the file as UTF-8")
        )
        return None
    unprintable = _NOT_TEXT.search(text.replace("\r", "\n"))  # of one length, so that the place is right
    if unprintable:
        at = unprintable.start()
        document.problems.append(
            Problem(
                document.file,
                text.count("\n", 0, at) + 1,
                at - text.rfind("\n", 0, at),
                "",
                f"the control character {code_point_name(text[at])} is not text; delete it",
            )
        )
        return None
    return text


def plain_key(node: yaml.Node) -> str:
    """The name of a key, as documents have it."""
    return plain(str(node.value))


class _OutOfBoundsError(yaml.MarkedYAMLError):
    """Too deep or too many; raised while composing."""


class _Bounded(Composer):
    """Composes nodes, with bounds on their depth and number."""

    _depth = 0
    _nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Composes one node and what is in it."""
        self._depth += 1
        self._nodes += 1
        if self._depth > MAX_DEPTH:
            raise _OutOfBoundsError(None, None, f"nested deeper than {MAX_DEPTH} levels", self._mark())
        if self._nodes > 2 * MAX_VALUES:  # keys are nodes too
            raise _OutOfBoundsError(None, None, f"more than {MAX_VALUES} values", self._mark())
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def _mark(self) -> yaml.Mark | None:
        return None


class _Loader(_Bounded, yaml.BaseLoader):
    """PyYAML's loader that resolves nothing."""

    def _mark(self) -> yaml.Mark | None:
        return self.get_mark()


_QuickLoader: Callable[[str], Composer] | None = None
if yaml.__with_libyaml__:

    class _LibyamlLoader(_Bounded, yaml.CBaseLoader):
        """libyaml's parser, composed as above: the composer of the C loader knows no bounds."""

        def __init__(self, text: str) -> None:
            yaml.CBaseLoader.__init__(self, text)
            Composer.__init__(self)

        def compose_scalar_node(self, anchor: dict[Any, yaml.Node]) -> yaml.ScalarNode:
            node = super().compose_scalar_node(anchor)
            node.style = node.style or None  # as PyYAML has it for a text without quotes
            return node

    _QuickLoader = _LibyamlLoader


class _Converter:
    """Converts YAML nodes into the document's data, with the place of each value."""

    def __init__(self, document: Document, text: str) -> None:
        self._document = document
        self._written = text
        self._values = 0

    def convert_root(self, root: yaml.MappingNode) -> None:
        """Fills the document from its outermost node."""
        try:
            value = self._value(root, (), 0)
        except _OutOfBoundsError as error:
            _add_error(self._document, str(error.problem), _place(error.problem_mark))
        else:
            self._document.data = value if isinstance(value, dict) else {}

    def _value(self, node: yaml.Node, path: KeyPath, depth: int) -> Value:
        self._values += 1
        if depth > MAX_DEPTH or self._values > MAX_VALUES:  # aliases multiply, or contain themselves
            raise _OutOfBoundsError(None, None, "aliases (*name) make this file too large", node.start_mark)
        place = Place(node.start_mark.line + 1, node.start_mark.column + 1)
        key_place = self._document.keys.get(path, place)
        # An alias is the node of its anchor, further up; its place is where the alias was written.
        self._document.values[path] = max(place, key_place)
        if node.tag not in _PLAIN_TAGS and node.tag != "!":
            self._document.add_problem(path, f"the tag '{shortened(str(node.tag))}' is not used here; delete it")
            return None
        if isinstance(node, yaml.ScalarNode):
            return self._text(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*path, index), depth + 1) for index, item in enumerate(node.value)]
        result: dict[str, Value] = {}
        for key_node, value_node in node.value:
            if (key := self._key(key_node, path, result)) is not None:
                here = (*path, key)
                self._document.keys[here] = _place(key_node.start_mark)
                self._document.written_keys[here] = self._source(key_node)
                result[key] = self._value(value_node, here, depth + 1)
        return result

    def _key(self, node: yaml.Node, path: KeyPath, known: dict[str, Value]) -> str | None:
        """A key below `path`; None, with a problem, when it cannot be one."""
        if not isinstance(node, yaml.ScalarNode):
            self._problem_at(node, path, "a key must be a word")
            return None
        written = str(node.value)
        key = plain(written)
        here = (*path, key)
        if _INDENTED.match(written):
            self._problem_at(node, path, f"a line is indented with ordinary spaces{unusual_character(written)}")
        elif _NOT_TEXT.search(key):
            self._problem_at(node, path, "a key must be a word, without control characters")
        elif key in known:
            first = self._document.keys[here].line
            self._problem_at(node, here, f"this key is here twice, first in line {first}; keep one")
        elif key == "<<":
            self._problem_at(node, here, "merging ('<<') is not done here; write the keys out")
        else:
            return key
        return None

    def _text(self, node: yaml.ScalarNode, path: KeyPath) -> str | None:
        text = str(node.value)
        self._document.written[path] = self._source(node)
        if _NOT_TEXT.search(text):
            self._document.add_problem(path, "a text must not hold control characters")
            return None
        if node.style is None:  # quoted texts stay as written
            text = text.strip(BLANKS + INVISIBLE)
        return None if node.style is None and text in ("", "~") else text

    def _source(self, node: yaml.ScalarNode) -> tuple[Place, str]:
        """Where a text begins in the file, and its source text, with quotes."""
        return _place(node.start_mark), self._written[node.start_mark.index : node.end_mark.index]

    def _problem_at(self, node: yaml.Node, path: KeyPath, message: str) -> None:
        mark = node.start_mark
        self._document.problems.append(
            Problem(self._document.file, mark.line + 1, mark.column + 1, dotted(path), message)
        )
