"""Checks the words of a preset: the text is there, templates can be read, what bends lines exists."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gesturesynth.config.preset.sources import SourceKind, source_problem
from gesturesynth.config.preset.words_schema import BY_MOTION, WordsEntry
from gesturesynth.config.yaml.document import KeyPath
from gesturesynth.config.yaml.types import unknown_name
from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.core.files import is_there
from gesturesynth.features.catalogue import find
from gesturesynth.mapping.class_gate import NONE
from gesturesynth.words.chain import Chain
from gesturesynth.words.grammar import Grammar, rule_problems, rule_sizes, template_problem
from gesturesynth.words.setup import ANY, WordsSetup
from gesturesynth.words.source_text import MOST_BYTES, decoded, shown
from gesturesynth.words.template import TEXT, Template, TemplateError, names, parse

if TYPE_CHECKING:
    from gesturesynth.config.preset.check import Checker

KEY: Final = "words"
_PASSAGE: Final = parse(f"<{TEXT}>")


def check_words(checker: Checker, kinds: Sequence[SourceKind]) -> WordsSetup | None:
    """The words of a preset; None where it has none, or a problem with them.

    Args:
        checker: of the whole preset; receives the problems.
        kinds: the sources of the preset whose readings can bend lines.
    """
    entry = checker.entries.words
    return _WordsChecker(checker, entry, kinds).check() if entry else None


class _WordsChecker:
    def __init__(self, checker: Checker, entry: WordsEntry, kinds: Sequence[SourceKind]) -> None:
        self._checker = checker
        self._document = checker.document
        self._entry = entry
        self._kinds = kinds
        self._rules: dict[str, tuple[Template, ...]] = {}

    def check(self) -> WordsSetup | None:
        before, entry = len(self._document.problems), self._entry
        chain = self._chain()
        if not {"text", "lines"} & self._checker.written(KEY).keys():
            self._add((KEY,), "there is nothing to say: `text` or `lines` is needed")
        self._rules = {name: self._templates((KEY, "rules", name), texts) for name, texts in entry.rules.items()}
        for name, problem in rule_problems(self._rules).items():
            self._add((KEY, "rules", name), problem)
        if len(self._document.problems) == before:
            self._check_sizes()
        lines = {name: self._templates((KEY, "lines", name), texts) for name, texts in entry.lines.items()}
        if chain is not None:
            lines.setdefault(ANY, (_PASSAGE,))
        self._check_occasions()
        if entry.length[0] > entry.length[1]:
            self._add((KEY, "length"), "the shortest comes first, then the longest, as in `[3, 10]`")
        motion = self._source((KEY, "motion"), entry.motion)
        bends = {
            name: motion if source == BY_MOTION else self._source((KEY, "bend", name), source)
            for name, source in entry.bend.items()
        }
        setup = WordsSetup(
            Grammar(self._rules, chain),
            lines,
            idle=self._templates((KEY, "idle"), entry.idle),
            occasions=tuple(entry.on),
            every_s=entry.every,
            rest_s=entry.rest,
            hold_s=entry.hold,
            fade_s=entry.fade,
            length=entry.length,
            bends=bends,
            motion=motion,
            seed=entry.seed,
            idle_after_s=self._checker.entries.idle.after,
            file=entry.text or "",
        )
        return setup if len(self._document.problems) == before else None

    def _chain(self) -> Chain | None:
        name = self._entry.text
        if name is None:
            return None
        path = Path(self._document.file).parent / name
        if not is_there(path):
            self._add((KEY, "text"), f"there is no file '{name}' in {paths.printable(path.parent)}")
            return None
        try:
            with path.open("rb") as file:
                return Chain(decoded(file.read(MOST_BYTES + 1), name))
        except OSError as error:
            self._add((KEY, "text"), f"'{name}' cannot be read: {error.strerror}")
        except UserError as error:
            self._add((KEY, "text"), str(error))
        return None

    def _templates(self, here: KeyPath, texts: Sequence[str]) -> tuple[Template, ...]:
        """The templates that are right; names in them are checked, too."""
        found: list[Template] = []
        for index, text in enumerate(texts):
            path = self._place(here, index)
            try:
                template = parse(shown(text))
            except TemplateError as error:
                self._add(path, str(error))
                continue
            found.append(template)
            for name in dict.fromkeys(names(template)):
                if name == TEXT and self._entry.text is None:
                    self._add(path, f"`<{TEXT}>` is a passage of the text, but there is no `text`")
                elif name != TEXT and name not in self._entry.rules:
                    known = (*self._entry.rules, *([TEXT] if self._entry.text else []))
                    self._add(path, unknown_name(name, "a rule of these words", known))
        return tuple(found)

    def _check_sizes(self) -> None:
        entry, sizes = self._entry, rule_sizes(self._rules)
        for here, texts in (*(((KEY, "lines", n), t) for n, t in entry.lines.items()), ((KEY, "idle"), entry.idle)):
            for index, text in enumerate(texts):
                try:
                    problem = template_problem(parse(shown(text)), sizes)
                except TemplateError:  # which has a problem of its own
                    continue
                if problem:
                    self._add(self._place(here, index), problem)

    def _place(self, here: KeyPath, index: int) -> KeyPath:
        """The place of a template in a list, or of the only one, which needs no list; `any` may be left out."""
        value: object = self._document.data
        place: KeyPath = ()
        for key in here:
            if isinstance(value, dict):
                value, place = value.get(str(key)), (*place, key)
        return (*place, index) if isinstance(value, list) else place

    def _check_occasions(self) -> None:
        """Lines are for classes, gestures and scenes of this preset."""
        checker = self._checker
        known = (ANY, *(n for key in ("classes", "gestures", "scenes") for n in checker.written(key) if n != NONE))
        for name in self._entry.lines:
            if name not in known:
                sentence = unknown_name(name, "a class, gesture or scene of this preset", known)
                self._add((KEY, "lines", name), sentence, key=True)

    def _source(self, path: KeyPath, source: str) -> str:
        """What bends a line, by its full name."""
        if source in self._checker.written("outputs"):
            return source
        if problem := self._source_problem(source):
            self._add(path, problem)
        return self._checker.features.single(source)

    def _source_problem(self, source: str) -> str:
        entry = find(source)
        if entry and len(entry.recipes) == 1:
            return ""
        return source_problem(source, self._kinds, self._checker.features)

    def _add(self, path: KeyPath, sentence: str, *, key: bool = False) -> None:
        self._document.add_problem(path, sentence, key=key)
