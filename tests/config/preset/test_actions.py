"""The key `actions` of a preset, and the section of the settings."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from gesturesynth.config.json_schema import preset_schema
from gesturesynth.config.preset import loader
from gesturesynth.config.settings.settings import Settings, loads
from gesturesynth.config.yaml.document import FileError
from gesturesynth.runtime.action_message import ActionEvent, ActionSetup, HttpAction, KeyAction, MidiAction, OscAction
from tests.support import json_schema
from tests.support.preset_texts import only_problem

BEGIN = """\
name: Lamp
features: [right_wrist.height]
outputs: {pitch: {to: theremin.pitch}}
classes: {up: {trigger: percussion.kick}, none: }
gestures: {throw: }
scenes: {day: , night: }
actions:
"""
ALL = f"""{BEGIN}\
  lamp: {{when: up, rest: 1 s, osc: {{port: 7000, address: /lamp, arguments: [1, 0.5, {{pitch}}, go, "5"]}}}}
  hook:
    when: [throw, up.left, percussion.kick]
    http: {{url: "http://localhost/x?h={{right_wrist.height}}", method: POST, body: '{{"p": {{pitch.position}}}}'}}
    key: SHIFT+A
  strings: {{when: up, rest: 2 s, midi: {{note: C4, velocity: pitch, length: 1 s, channel: 3}}}}
  pedal: {{when: up.left, midi: {{control: 64, value: 0}}, key: RIGHT}}
  piano: {{when: scene.day, midi: {{program: 1}}}}
  scene: {{when: [scene.night, scene.changes, person.comes, person.goes], http: https://example.org/}}
"""


def test_everything_about_them_can_be_said() -> None:
    lamp, hook, *midi, scene = loader.loads(ALL, "here.yaml").actions
    osc = OscAction("127.0.0.1", 7000, "/lamp", (1, 0.5, "{pitch}", "go", "5"))
    assert lamp == ActionSetup("lamp", (ActionEvent("entered", "up"),), (osc,), 1.0)
    assert hook.when == (
        ActionEvent("performed", "throw"),
        ActionEvent("left", "up"),
        ActionEvent("struck", "percussion.kick"),
    )
    body = '{"p": {pitch.position}}'
    assert hook.does == (
        HttpAction("http://localhost/x?h={right_wrist.height}", "POST", body, "application/json"),
        KeyAction("SHIFT+A"),
    )
    assert [(one.kind, one.name) for one in scene.when] == [
        ("scene", "night"),
        ("scene", ""),
        ("comes", ""),
        ("goes", ""),
    ]
    assert scene.does == (HttpAction("https://example.org/"),)
    assert [one.does[-1] for one in midi] == [
        MidiAction("note", 60, 100, "pitch", 1.0, 3),
        MidiAction("control", 64, 0),
        MidiAction("program", 0),
    ]


def test_the_midi_process_is_told_of_those_that_send_midi() -> None:
    setup = loader.loads(ALL, "here.yaml").midi
    assert [one.name for one in setup.actions] == ["strings", "pedal", "piano"]
    assert setup.sends


def test_the_schema_for_editors_knows_them() -> None:
    schema = preset_schema()
    assert json_schema.valid(yaml.safe_load(ALL), schema, schema)


@pytest.mark.parametrize(
    ("line", "where", "words"),
    [
        ("a: {when: upp, key: RIGHT}", "actions.a.when", "did you mean 'up'?"),
        ("a: {when: up}", "actions.a", "it sends nothing"),
        ("a: {when: up, key: LEFTCTRL}", "actions.a.key", "not a key that may be pressed"),
        ("a: {when: up, osc: {port: 1, address: lamp}}", "actions.a.osc.address", "not an OSC address"),
        ("a: {when: up, osc: {port: 1, address: /a/}}", "actions.a.osc.address", "does not end with"),
        ("a: {when: up, osc: {port: 1, address: /a, host: lamp}}", "actions.a.osc.host", "not an IPv4 address"),
        ("a: {when: up, osc: {port: 1, address: /a, arguments: ['{pich}']}}", "arguments[0]", "did you mean 'pitch'?"),
        ("a: {when: up, midi: {}}", "actions.a.midi", "one of `note`, `control` and `program`"),
        ("a: {when: up, midi: {note: 60, program: 1}}", "actions.a.midi", "one of `note`, `control` and `program`"),
        ("a: {when: up, midi: {control: 120}}", "actions.a.midi.control", "0 to 119"),
        ("a: {when: up, midi: {control: 1, value: 128}}", "actions.a.midi.value", "0 to 127, or an output"),
        ("a: {when: up, midi: {control: 1, value: pich}}", "actions.a.midi.value", "did you mean 'pitch'?"),
        ("a: {when: up, midi: {control: 1, value: '--5'}}", "actions.a.midi.value", "not one of this preset's outputs"),
        ("a: {when: up, midi: {note: C4, velocity: 0}}", "actions.a.midi.velocity", "1 to 127, or an output"),
        ("a: {when: up, midi: {note: C4, value: 7}}", "actions.a.midi.value", "belongs to a `control`"),
        ("a: {when: up, midi: {program: 1, length: 1 s}}", "actions.a.midi.length", "belongs to a `note`"),
        ("a: {when: up, http: 'http://{pitch}/'}", "actions.a.http", "behind the host only"),
        ("a: {when: up, http: lamp.example.org}", "actions.a.http", "is not an address such as"),
        ("a: {when: up, http: {url: 'http://a/', body: x}}", "actions.a.http.body", "`method: POST`"),
        ("a: {when: up, http: {url: 'http://a/{what}'}}", "actions.a.http.url", "an output or a feature"),
    ],
)
def test_a_mistake_is_one_sentence_at_its_place(line: str, where: str, words: str) -> None:
    problem = only_problem(f"{BEGIN}  {line}\n")
    assert where in problem
    assert words in problem


def test_settings_say_what_may_be_reached_and_pressed() -> None:
    section = "{http: [HTTP://Lamp/x, 'http://10.0.0.5:80'], networks: [10.0.0.9/24], keys: [right, shift+a]}"
    chosen = loads(f"actions: {section}\n".encode(), Path("s.yaml")).actions
    assert [str(one) for one in chosen.addresses()] == ["http://lamp/x", "http://10.0.0.5/"]
    assert [str(one) for one in chosen.ip_networks()] == ["10.0.0.0/24"]
    assert chosen.key_codes() == {"RIGHT": (106,), "SHIFT+A": (42, 30)}
    nothing = Settings().actions
    assert (nothing.enabled, nothing.http, nothing.networks, nothing.keys) == (False, [], [], [])


@pytest.mark.parametrize(
    "section",
    ["{http: [example.org]}", "{networks: [lamp]}", "{keys: [POWER]}", "{rate: 1000}", "{http: ['http://a/{x}b c']}"],
)
def test_settings_that_are_wrong_are_said(section: str) -> None:
    with pytest.raises(FileError) as caught:
        loads(f"actions: {section}\n".encode(), Path("s.yaml"))
    assert len(caught.value.problems) == 1


def test_voices_and_zones_leave_channels_for_them() -> None:
    voices = BEGIN.replace("actions:\n", "voices: per_person\npeople: 2\nactions:\n")
    one = "  a: {when: up, midi: {note: C4, channel: 16}}\n"
    assert "the first one is 15 at most" in only_problem(voices + one)
    assert "leave `channel` out" in only_problem(f"midi: {{mpe: true}}\n{BEGIN}{one}")
