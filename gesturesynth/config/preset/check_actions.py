"""Checks the actions of a preset: what brings them about, and the values that they send."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal

from gesturesynth.actions.http.addresses import host_has_placeholder, web_address
from gesturesynth.actions.template import POSITION, WORDS, filled, placeholders
from gesturesynth.config.preset.action_schema import CONTENT_TYPES, ActionEntry, ActionOscEntry, HttpEntry
from gesturesynth.config.preset.check_midi_actions import check_midi_action
from gesturesynth.config.preset.model_parts import PresetClass, PresetGesture
from gesturesynth.config.yaml.document import KeyPath
from gesturesynth.config.yaml.types import unknown_name
from gesturesynth.control.osc.sender import OscTarget
from gesturesynth.core.errors import UserError
from gesturesynth.features.catalogue import columns
from gesturesynth.features.computed.definition import label
from gesturesynth.mapping.class_gate import NONE
from gesturesynth.runtime.action_message import ActionEvent, ActionSetup, HttpAction, KeyAction, MidiAction, OscAction

if TYPE_CHECKING:
    from gesturesynth.config.preset.check import Checker

LEFT: Final = ".left"
_INT: Final = re.compile(r"[-+]?\d{1,10}")
_FLOAT: Final = re.compile(r"[-+]?(\d+\.\d*|\.\d+|\d+)([eE][-+]?\d{1,2})?")
_MOST_INT: Final = 2**31


def check_actions(checker: Checker) -> tuple[ActionSetup, ...]:
    """The actions of a preset, as far as they are right.

    Args:
        checker: of the whole preset, after its classes, gestures, scenes and outputs; receives the problems.
    """
    return _ActionsChecker(checker).check() if checker.entries.actions else ()


class _ActionsChecker:
    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._document, self._entries = checker.document, checker.entries
        outputs = list(checker.written("outputs")) + list(checker.outputs)
        features = [label(name) for name in columns(checker.features.full(checker.entries.features))]
        self._values = tuple(
            dict.fromkeys((*outputs, *(name + POSITION for name in outputs), *features, *WORDS)),
        )
        self._events = _events(checker)

    def check(self) -> tuple[ActionSetup, ...]:
        found = []
        for name, entry in self._entries.actions.items():
            here: KeyPath = ("actions", name)
            events = [self._event(here, index, text) for index, text in enumerate(entry.when)]
            does = self._does(here, entry)
            found.append(ActionSetup(name, tuple(event for event in events if event), does, entry.rest))
        return tuple(found)

    def _event(self, here: KeyPath, index: int, text: str) -> ActionEvent | None:
        event = self._events.get(text)
        if event is None:
            sentence = unknown_name(text, "something that happens in this preset", tuple(self._events))
            self._document.add_problem((*here, "when", index), sentence)
        return event

    def _does(self, here: KeyPath, entry: ActionEntry) -> tuple[OscAction | HttpAction | KeyAction | MidiAction, ...]:
        found: list[OscAction | HttpAction | KeyAction | MidiAction | None] = []
        if entry.osc:
            found.append(self._osc((*here, "osc"), entry.osc))
        if entry.http:
            found.append(self._http((*here, "http"), entry.http))
        if entry.key:
            found.append(KeyAction(entry.key))
        if entry.midi:
            found.append(check_midi_action(self._checker, (*here, "midi"), entry.midi))
        if not found and not self._has_problem(here):
            self._document.add_problem(here, "it sends nothing: give it `osc`, `http`, `midi` or `key`", key=True)
        return tuple(one for one in found if one)

    def _has_problem(self, here: KeyPath) -> bool:
        """Whether something below has a problem of its own already, so that it is missing here."""
        written = self._document.data.get("actions")
        entry = written.get(str(here[1])) if isinstance(written, dict) else None
        return isinstance(entry, dict) and any(entry.get(key) is not None for key in ("osc", "http", "midi", "key"))

    def _osc(self, here: KeyPath, entry: ActionOscEntry) -> OscAction | None:
        before = len(self._document.problems)
        for key, host, address in (("host", entry.host, "/any"), ("address", "localhost", entry.address)):
            try:
                OscTarget(host, entry.port, address)
            except UserError as error:
                self._document.add_problem((*here, key), str(error))
        if entry.address.endswith("/"):
            self._document.add_problem((*here, "address"), "the address of a message does not end with `/`")
        arguments = [self._argument((*here, "arguments", index), text) for index, text in enumerate(entry.arguments)]
        if len(self._document.problems) > before:
            return None
        return OscAction(
            OscTarget(entry.host, entry.port, "/any").receiver[0], entry.port, entry.address, tuple(arguments)
        )

    def _argument(self, path: KeyPath, text: str) -> int | float | str:
        _, source = self._document.written.get(path, (None, ""))
        if not source.startswith(("'", '"')):
            if _INT.fullmatch(text) and -_MOST_INT <= int(text) < _MOST_INT:
                return int(text)
            if _FLOAT.fullmatch(text):
                return float(text)
        self._check_values(path, text)
        return text

    def _http(self, here: KeyPath, entry: HttpEntry) -> HttpAction | None:
        before = len(self._document.problems)
        if entry.body and entry.method != "POST":
            self._document.add_problem((*here, "body"), "a body is sent with `method: POST` only")
        if host_has_placeholder(entry.url):
            self._document.add_problem((*here, "url"), "values stand behind the host only: it decides what is allowed")
        else:
            self._check_values((*here, "url"), entry.url)
            try:
                web_address(filled(entry.url, {}))
            except UserError as error:
                self._document.add_problem((*here, "url"), str(error))
        self._check_values((*here, "body"), entry.body)
        if len(self._document.problems) > before:
            return None
        method: Literal["GET", "POST"] = "POST" if entry.method == "POST" else "GET"
        return HttpAction(entry.url, method, entry.body, CONTENT_TYPES[entry.type])

    def _check_values(self, path: KeyPath, text: str) -> None:
        for name in placeholders(text):
            if name not in self._values:
                sentence = unknown_name(name, "an output or a feature of this preset", self._values)
                self._document.add_problem(path, sentence)


def _events(checker: Checker) -> dict[str, ActionEvent]:
    """All that may happen in a preset, by how it is written."""
    found: dict[str, ActionEvent] = {}
    for name in checker.written("classes"):
        found[name] = ActionEvent("entered", name)
    for name in checker.written("gestures"):
        if name != NONE:
            found.setdefault(name, ActionEvent("performed", name))
    for name in _struck(checker):
        found[name] = ActionEvent("struck", name)
    for name in checker.written("classes"):
        found[name + LEFT] = ActionEvent("left", name)
    found["person.comes"], found["person.goes"] = ActionEvent("comes"), ActionEvent("goes")
    scenes = tuple(checker.merged.scenes)
    if scenes:
        found["scene.changes"] = ActionEvent("scene")
        found |= {f"scene.{name}": ActionEvent("scene", name) for name in scenes}
    return found


def _struck(checker: Checker) -> Sequence[str]:
    """The triggers that classes and gestures strike."""
    effects: list[PresetClass | PresetGesture] = [*checker.classes.values(), *checker.gestures.values()]
    return tuple(dict.fromkeys(one.trigger for one in effects if one.trigger))
