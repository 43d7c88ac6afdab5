"""The JSON Schema of presets accepts what loads and refuses what does not."""

from __future__ import annotations

import pytest
import yaml

from gesturesynth.config.preset import loader
from gesturesynth.config.preset.loader import loads
from gesturesynth.config.reference import EXAMPLE
from gesturesynth.core import paths
from tests.support.preset_texts import SMALL, TREE, follows_schema, problems


@pytest.mark.parametrize("name", ["theremin", "drone", "grains", "drums", "moves"])
def test_every_shipped_preset_loads_and_follows_the_schema(name: str) -> None:
    path = paths.presets_dir() / f"{name}.yaml"
    loader.load(path)
    assert follows_schema(path.read_text(encoding="utf-8"))


def test_the_schema_accepts_what_loads() -> None:
    own_name = SMALL + "instruments: {lead: {kind: drone, level: -20 dB}, theremin: }\nmodel: {kind: mlp, alpha: 2}\n"
    for text in (EXAMPLE, SMALL, own_name, yaml.safe_dump(TREE)):
        loads(text, "p.yaml")
        assert follows_schema(text)


@pytest.mark.parametrize(
    "change",
    [
        ("name: x", "nme: x"),
        ("[lean]", "[leen]"),
        ("[lean]", "[]"),
        ("theremin.pitch", "pitch"),
        ("}}", "}}\nmodel: rbff"),
        ("}}", "}}\nsnapshots: {12: {}}"),
        ("}}", "}}\nidle: {after: 3 dB}"),
        ("}}", "}}\nmaster: {ceiling: 0}"),
        ("}}", "}}\ninstruments: {theremin: {vibrato: 400}}"),
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
