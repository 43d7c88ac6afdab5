"""The section `midi` of the settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesturesynth.config.settings.settings import loads
from gesturesynth.config.yaml.document import FileError


def test_bindings_have_one_form() -> None:
    text = b"midi: {enabled: true, input: Keys, bindings: {Note  C2: select 1, control 20 on 3: 'mute'}}\n"
    chosen = loads(text, Path("x.yaml")).midi
    assert chosen.bindings == {"note 36": "select 1", "control 20 on 3": "mute"}
    assert (chosen.output, chosen.input, chosen.system) == ("virtual", "Keys", "auto")


def test_a_controller_may_give_a_command_its_last_number() -> None:
    text = b"midi: {bindings: {control 7: volume, control 8: morph  1 2, control 9: volume -6 dB}}\n"
    assert loads(text, Path("x.yaml")).midi.bindings == {
        "control 7": "volume",
        "control 8": "morph 1 2",
        "control 9": "volume -6 dB",
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"midi: {bindings: {note X2: mute}}\n", "is no MIDI message"),
        (b"midi: {bindings: {pitch: mute}}\n", "is no MIDI message; allowed are `note C4`"),
        (b"midi: {bindings: {note C2: mut}}\n", "'mut' is not a command, did you mean 'mute'?"),
        (b"midi: {bindings: {note C2: volume}}\n", "`note 36` gives a command no number, as controllers do"),
        (b"midi: {bindings: {control 7: morph 1}}\n", "'morph' takes 3 values, not 1"),
        (b"midi: {bindings: {control 7: morph 1 20}}\n", "B must be a whole number from 1 to 9"),
        (b"midi: {bindings: {control 7: delete-take}}\n", "'delete-take' takes 1 value, not 0"),
        (b"midi: {system: alse}\n", "'alse' is not a system of MIDI, did you mean 'alsa'?"),
    ],
)
def test_a_mistake_is_a_sentence(text: bytes, sentence: str) -> None:
    with pytest.raises(FileError, match=None) as error:
        loads(text, Path("x.yaml"))
    assert sentence in str(error.value)
