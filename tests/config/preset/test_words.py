"""The words of a preset: read with their text, checked with the place of each mistake."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from gesturesynth.conductor.last_known_good import copy_of, save_copy
from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.features.catalogue import find
from gesturesynth.words import grammar
from gesturesynth.words.bends import Bends
from gesturesynth.words.line_maker import LineMaker
from gesturesynth.words.template import Template

HEAD = """\
name: Sea
features: [right_wrist.height]
outputs:
  bright: {}
classes: {up: , none: }
gestures:
  throw:
words:
"""
TEXT = "The sea is grey. The night is long.\n"


def problems(words: str, folder: Path) -> list[str]:
    file = folder / "sea.yaml"
    file.write_text(HEAD + words, encoding="utf-8")
    (folder / "sea.txt").write_text(TEXT, encoding="utf-8")
    try:
        loader.load(file)
    except loader.PresetError as error:
        return [str(problem).removeprefix(f"{folder}/") for problem in error.problems]
    return []


def test_a_text_alone_is_enough_and_what_bends_lines_is_measured(tmp_path: Path) -> None:
    assert not problems("  text: sea.txt\n", tmp_path)
    preset = loader.load(tmp_path / "sea.yaml")
    assert preset.words
    assert preset.words.grammar.chain
    assert preset.words.bends == {"length": "energy", "pace": "energy"}
    assert preset.source_features == ("energy",)
    assert loader.load(tmp_path / "sea.yaml") == preset
    (tmp_path / "sea.txt").write_text(TEXT * 2, encoding="utf-8")
    assert loader.load(tmp_path / "sea.yaml") != preset


def test_every_key_can_be_given(tmp_path: Path) -> None:
    words = """\
  text: sea.txt
  lines: {up: [<sky> above, up], throw: gone, any: <text>}
  rules: {sky: [grey, <a|the> sky]}
  on: [class, time]
  every: 5 s
  rest: 1 s
  hold: 0
  fade: 2 s
  length: [2, 6]
  bend: {length: bright, loose: throw.progress, capitals: up.probability, pauses: right_wrist.speed, pace: motion}
  motion: right_wrist.speed
  idle: come
  seed: 7
"""
    assert not problems(words, tmp_path)
    setup = loader.load(tmp_path / "sea.yaml").words
    assert setup
    assert (setup.every_s, setup.seed, setup.motion) == ((5.0, 5.0), 7, "right_wrist.speed")
    assert setup.bends["pace"] == "right_wrist.speed"
    assert [name for name in setup.sources if find(name)] == ["right_wrist.speed"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("  rest: 2 s\n", "words: there is nothing to say: `text` or `lines` is needed"),
        ("  text: see.txt\n", "9:9: words.text: there is no file 'see.txt' in"),
        ("  text: ../sea.txt\n", "9:9: words.text: '../sea.txt' is not the name of a text beside the preset"),
        ("  text: sea.md\n", "9:9: words.text: 'sea.md' is not the name of a text"),
        ("  lines: [a, <b, c]\n", "9:14: words.lines"),
        ("  lines: a <b\n", "9:10: words.lines"),
        ("  lines: {up: <sky>}\n", "'sky' is not a rule of these words"),
        ("  lines: <text>\n", "`<text>` is a passage of the text, but there is no `text`"),
        ("  lines: {down: [a]}\n", "9:11: words.lines.down: 'down' is not a class, gesture or scene"),
        ("  lines: a\n  rules: {x: <y>, y: <x>}\n", "'x' contains itself (x > y > x)"),
        ("  lines: a\n  rules: {text: b}\n", "'text' has a meaning of its own"),
        ("  lines: a\n  bend: {length: enery}\n", "did you mean 'energy'?"),
        ("  lines: a\n  bend: {length: body.full}\n", "an output can follow one"),
        ("  lines: a\n  bend: {size: energy}\n", "'size' is not something that can be bent"),
        ("  lines: a\n  length: [9, 2]\n", "the shortest comes first"),
        ("  lines: a\n  on: [pose]\n", "'pose' is not what can bring a line"),
        ("  lines: a\n  seed: -1\n", "outside 0 to"),
    ],
)
def test_each_mistake_has_its_place_and_a_sentence(words: str, said: str, tmp_path: Path) -> None:
    found = problems(words, tmp_path)
    assert any(said in one for one in found), found
    assert len(found) == 1


def test_the_shipped_piece_with_words_has_a_line_for_everything() -> None:
    words = loader.load(paths.presets_dir() / "vigil.yaml").words
    assert words
    assert {"far", "near", "any"} == words.lines.keys()
    maker = LineMaker(words, 1)
    for templates in words.lines.values():
        lines = [maker.line(templates, Bends({"loose": n / 40, "length": n / 40})) for n in range(41)]
        assert all(lines)
        assert len(set(lines)) > 3


def test_a_long_list_of_lines_and_rules_is_measured_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[Template] = []
    size = grammar._size

    def counted(template: Template, sizes: Mapping[str, int]) -> int:
        measured.append(template)
        return size(template, sizes)

    monkeypatch.setattr(grammar, "_size", counted)
    lines, rules = ", ".join(["<r0>"] * 100), ", ".join(["b"] * 100)
    listed = "".join(f"    r{number}: [{rules}]\n" for number in range(10))
    assert not problems(f"  lines: {{up: [{lines}]}}\n  rules:\n{listed}", tmp_path)
    texts = 100 + 10 * 100
    assert texts < len(measured) < 20 * texts


def test_a_pipe_in_the_place_of_the_text_is_no_text_and_nothing_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert "there is no file 'pipe.txt'" in problems("  text: pipe.txt\n", tmp_path)[0]


def test_words_are_sent_over_osc_only_where_there_are_some(tmp_path: Path) -> None:
    osc = "osc: [{port: 9000, address: /line, what: words}]\n"
    assert not problems(f"  text: sea.txt\n{osc}", tmp_path)
    assert "'words' is not something that can be sent" in problems(f"\n{osc}", tmp_path)[0]


def test_the_copy_that_plays_after_a_bad_start_has_the_text(tmp_path: Path) -> None:
    assert not problems("  text: sea.txt\n", tmp_path)
    preset = loader.load(tmp_path / "sea.yaml")
    save_copy(preset)
    copy = loader.load(copy_of("sea"))
    assert copy.words == preset.words
