"""The JSON Schema of presets accepts what loads and refuses what does not."""

from __future__ import annotations

import re

import pytest
import yaml

from gesturesynth.config.json_schema import preset_schema
from gesturesynth.config.preset import loader
from gesturesynth.config.preset.loader import loads
from gesturesynth.config.reference import EXAMPLE
from gesturesynth.core import paths
from tests.support.preset_texts import SMALL, TREE, follows_schema, problems


@pytest.mark.parametrize("name", sorted(path.stem for path in paths.presets_dir().glob("*.yaml")))
def test_every_shipped_preset_loads_and_follows_the_schema(name: str) -> None:
    path = paths.presets_dir() / f"{name}.yaml"
    loader.load(path)
    assert follows_schema(path.read_text(encoding="utf-8"))


def test_a_default_is_written_as_a_preset_writes_it() -> None:
    """A form shows defaults: those of notes are texts such as `1/16`, as its field accepts them."""
    sections = preset_schema()["$defs"].values()
    fields = [field for section in sections for field in section.get("properties", {}).values()]
    texts = [field for field in fields if field.get("type") == "string" and "pattern" in field and "default" in field]
    assert len(texts) >= 3
    for field in texts:
        assert re.fullmatch(field["pattern"], field["default"]), field


def test_the_schema_accepts_what_loads() -> None:
    own_name = SMALL + "instruments: {lead: {kind: drone, level: -20 dB}, theremin: }\nmodel: {kind: mlp, alpha: 2}\n"
    beat = SMALL + "tempo: 96\ninstruments: {percussion: {rate: 1/16}}\nbuses: {echo: {kind: delay, time: 3/16}}\n"
    for text in (EXAMPLE, SMALL, own_name, beat, yaml.safe_dump(TREE)):
        loads(text, "p.yaml")
        assert follows_schema(text)


@pytest.mark.parametrize(
    "change",
    [
        ("name: x", "nme: x"),
        ("[lean]", "[Leen!]"),
        ("[lean]", "[]"),
        ("theremin.pitch", "pitch"),
        ("}}", "}}\nmodel: rbff"),
        ("}}", "}}\nsnapshots: {12: {}}"),
        ("}}", "}}\nidle: {after: 3 dB}"),
        ("}}", "}}\nmaster: {ceiling: 0}"),
        ("}}", "}}\ninstruments: {theremin: {vibrato: 400}}"),
        ("}}", "}}\ninstruments: {theremin: {vibrato: 1/16}}"),
        ("}}", "}}\ntempo: 500"),
        ("}}", "}}\ninstruments: {lead: {kind: theremin, vibrto: 1}}"),
        ("}}", "}}\ninstruments: {lead: {vibrato: 1}}"),
        ("}}", "}}\nclasses: {a: {snapshot: 10}, b: }"),
        ("}}", "}}\nclasses: {a: {preset: ../b}, b: }"),
        ("}}", "}}\nclasses: {a: {preset: b.yaml}, b: }"),
        ("}}", "}}\nclasses: {a: {strikes: 1}, b: }"),
        ("}}", "}}\nosc: [{port: 9000}]"),
        ("}}", "}}\nosc: [{port: 70000, address: /a}]"),
        ("}}", "}}\nosc: [{port: 9000, address: /a, rate: 1000}]"),
    ],
)
def test_the_schema_refuses_what_does_not_load(change: tuple[str, str]) -> None:
    text = SMALL.replace(*change)
    assert problems(text)
    assert not follows_schema(text)
