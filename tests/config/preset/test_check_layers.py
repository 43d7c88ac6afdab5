"""Instruments as layers, and the buses that they share, in a preset."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesturesynth.config.preset.loader import PresetError, loads
from gesturesynth.config.preset.model import Preset
from gesturesynth.runtime.messages import InstrumentSetup
from tests.support.preset_texts import SMALL, follows_schema, only_problem
from tests.support.sound_files import write_tone

MIXED = """\
name: x
features: [lean]
outputs:
  pitch: {to: theremin.pitch}
  place: {to: theremin.pan}
  far: {to: theremin.send_hall, range: [-30, 0]}
  ring: {to: hall.decay, range: [1 s, 8 s]}
instruments:
  theremin: {gain: -3 dB, sends: {echo: -12 dB}}
  bass: {kind: drone, pan: -0.5, sends: {hall: -20}}
buses:
  hall: {kind: reverb, cutoff: 3 kHz}
  echo: {kind: delay, time: 250 ms}
"""


def loaded(text: str, folder: Path) -> Preset:
    return loads(text, folder / "a.yaml")


def test_the_engine_is_told_what_is_mixed_and_sent_where(tmp_path: Path) -> None:
    preset = loaded(MIXED, tmp_path)
    scene = preset.scene()
    assert scene.buses == (
        InstrumentSetup("hall", "reverb", {"cutoff": 3000.0}),
        InstrumentSetup("echo", "delay", {"time": 0.25}),
    )
    assert scene.instruments == (
        InstrumentSetup("theremin", "theremin", {"gain": -3.0, "send_echo": -12.0}),
        InstrumentSetup("bass", "drone", {"pan": -0.5, "send_hall": -20.0}),
    )
    assert scene.parameters == ("theremin.pitch", "theremin.pan", "theremin.send_hall", "hall.decay")
    place, far, ring = preset.outputs[1:]
    assert (place.low, place.high, place.unit) == (-1.0, 1.0, "")
    assert (far.low, far.high, far.unit) == (-30.0, 0.0, "dB")
    assert (ring.low, ring.high, ring.warp) == (1.0, 8.0, "exp")


def test_a_bus_may_have_the_name_of_its_kind_and_nothing_said_about_it(tmp_path: Path) -> None:
    scene = loaded(
        f"{SMALL}buses: {{reverb: }}\ninstruments: {{theremin: {{sends: {{reverb: 0}}}}}}\n", tmp_path
    ).scene()
    assert scene.buses == (InstrumentSetup("reverb", "reverb"),)


def test_an_instrument_that_is_not_listed_has_a_place_too(tmp_path: Path) -> None:
    text = SMALL.replace("theremin.pitch", "theremin.pan")
    assert loaded(text, tmp_path).scene().parameters == ("theremin.pan",)


def test_editors_take_the_same_text_for_right() -> None:
    assert follows_schema(MIXED)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("buses: {hall: }", "4:9: buses.hall: 'hall' is not an effect. Allowed: reverb, delay, chorus, "),
        ("buses: {a: {kind: revreb}}", "4:19: buses.a.kind: 'revreb' is not an effect, did you mean 'reverb'?"),
        ("buses: {reverb: {decay: 1 kHz}}", "4:25: buses.reverb.decay: 'kHz' is not a unit for this"),
        (
            "buses: {reverb: {decy: 1 s}}",
            "4:18: buses.reverb.decy: 'decy' is not a parameter of 'reverb', did you mean",
        ),
        (
            "buses: {drone: {kind: reverb}}",
            "4:9: buses.drone: 'drone' is the name of an instrument; a bus needs another",
        ),
        ("instruments: {drone: {sends: {hall: -6}}}", "4:31: instruments.drone.sends.hall: 'hall' is not a bus"),
        (
            "instruments: {drone: {sends: {hall: 60}}}",
            "4:37: instruments.drone.sends.hall: 60 dB is outside -80 to 6 dB",
        ),
        ("instruments: {drone: {pan: 2}}", "4:28: instruments.drone.pan: 2 is outside -1 to 1"),
        (
            "buses: {reverb: }\ninstruments: {drone: {send_reverb: -6}}",
            "5:23: instruments.drone.send_reverb: write `sends: {reverb: -6}` instead",
        ),
    ],
)
def test_mistakes_are_said_with_their_place(line: str, problem: str) -> None:
    assert only_problem(f"{SMALL}{line}\n").startswith(problem)


@pytest.mark.parametrize(
    ("target", "fixed", "where"),
    [
        ("theremin.pan", "instruments: {theremin: {pan: 0}}", "instruments.theremin.pan"),
        ("reverb.decay", "buses: {reverb: {decay: 2 s}}", "buses.reverb.decay"),
        (
            "theremin.send_reverb",
            "buses: {reverb: }\ninstruments: {theremin: {sends: {reverb: -6}}}",
            "instruments.theremin.sends.reverb",
        ),
    ],
)
def test_what_is_fixed_cannot_be_moved(target: str, fixed: str, where: str) -> None:
    buses = "" if "buses" in fixed else "buses: {reverb: }\n"
    text = SMALL.replace("theremin.pitch", target) + buses + fixed
    assert f"{where}: fixed here, but moved by the output 'pitch'" in only_problem(text)


SAMPLED = """\
name: x
features: [lean]
outputs:
  pitch: {to: voices.pitch}
instruments:
  voices: {kind: sampler, sounds: samples/, hold: 0}
"""


def test_the_way_to_sounds_begins_at_the_preset(tmp_path: Path) -> None:
    write_tone(tmp_path / "samples" / "C4.flac", 261.63)
    setup = InstrumentSetup("voices", "sampler", {"hold": 0.0}, str(tmp_path / "samples"))
    assert loaded(SAMPLED, tmp_path).scene().instruments == (setup,)
    assert follows_schema(SAMPLED)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (SAMPLED, "6:35: instruments.voices.sounds: there is no folder or file "),
        (SAMPLED.replace("samples/", "."), "6:35: instruments.voices.sounds: there is no sound file in "),
        (
            SAMPLED.replace("sampler", "bells").replace(", hold: 0", ""),
            "6:25: instruments.voices.sounds: 'bells' plays no",
        ),
        (SAMPLED.replace("samples/", "''"), "6:35: instruments.voices.sounds: "),
    ],
)
def test_sounds_that_cannot_be_played_are_said_at_their_place(text: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(PresetError) as refused:
        loaded(text, tmp_path)
    assert [str(found).partition("a.yaml:")[2].startswith(problem) for found in refused.value.problems] == [True], (
        refused.value
    )
