"""Ports that come and go, with a FAKE of rtmidi2, since no driver can be plugged in here; the module is beside it."""

from __future__ import annotations

import importlib
import select
import sys

import pytest

from gesturesynth.core.errors import UserError
from gesturesynth.midi.library import MidiSystem, open_system, require_library
from gesturesynth.midi.ports import MidiInput, MidiOutput, list_ports, matching
from gesturesynth.midi.systems import CLIENT
from tests.support.fake_rtmidi2 import FakeDevice, FakeMidiIn, FakeMidiOut, FakeRtMidi


@pytest.fixture
def fake() -> FakeRtMidi:
    return FakeRtMidi(outputs=["Midi Through 14:0", f"{CLIENT} in:input"])


def system(fake: FakeRtMidi) -> MidiSystem:
    return MidiSystem("alsa", fake, 2)


def test_the_fake_has_names_of_the_real_module_and_no_others() -> None:
    real = importlib.import_module("rtmidi2")
    for name in ("API_LINUX_ALSA", "API_UNIX_JACK", "API_MACOSX_CORE"):
        assert getattr(real, name) == getattr(FakeRtMidi, name)
    for mine, theirs in ((FakeMidiOut, real.MidiOut), (FakeMidiIn, real.MidiIn)):
        used = {name for one in (mine, FakeDevice) for name in vars(one) if not name.startswith("_")}
        assert used - {"module", "opened"} <= set(dir(theirs))


def test_a_port_is_opened_by_a_part_of_its_name_and_opened_again_when_it_comes_back(fake: FakeRtMidi) -> None:
    output = MidiOutput(system(fake), "sub 37")
    assert not output.scan()
    assert output.problem == "MIDI output: waiting for 'sub 37'; ports are: 'Midi Through 14:0'"
    output.send([b"\x90\x3c\x40"])
    fake.outputs.append("Moog Sub 37 24:0")
    assert output.scan()
    assert (output.name, output.problem) == ("Moog Sub 37 24:0", "")
    assert not output.scan()
    output.send([b"\x90\x3c\x40"])
    fake.outputs.pop()
    assert not output.scan()
    assert not output.name
    fake.outputs.append("Moog Sub 37 28:0")  # ALSA counts clients on
    assert output.scan()
    assert fake.sent == [("Moog Sub 37 24:0", b"\x90\x3c\x40")]


def test_a_driver_that_fails_loses_the_port_and_ends_nothing(fake: FakeRtMidi) -> None:
    fake.broken = True
    output = MidiOutput(system(fake), "through")
    assert not output.scan()
    assert output.problem == "MIDI output: 'through' cannot be opened (the driver says no)"
    fake.broken = False
    assert output.scan()
    fake.broken = True
    output.send([b"\xf8"])
    assert not output.name


def test_a_port_of_its_own_is_opened_once(fake: FakeRtMidi) -> None:
    output = MidiOutput(system(fake), "virtual")
    assert output.scan()
    assert not output.scan()
    assert output.name == "Gesture Synth output"


def test_what_arrives_wakes_a_poller_and_is_read_once(fake: FakeRtMidi) -> None:
    fake.inputs = ["Keys"]
    port = MidiInput(system(fake), "keys")
    assert port.scan()
    assert select.select([port.fileno()], [], [], 0)[0] == []
    for number in range(3000):  # more than are kept, and than the socket that wakes holds
        fake.arrive(0xB0, 1, number % 128)
    assert select.select([port.fileno()], [], [], 0)[0]
    assert port.read()[-1] == [0xB0, 1, 2999 % 128]
    assert select.select([port.fileno()], [], [], 0)[0] == []
    assert port.read() == []
    port.end()
    fake.arrive(0xB0, 1, 1)


def test_our_own_ports_are_no_ports_for_us(fake: FakeRtMidi) -> None:
    fake.inputs = ["Keys"]
    assert list_ports(system(fake)) == [
        {"name": "Midi Through 14:0", "direction": "output"},
        {"name": "Keys", "direction": "input"},
    ]
    assert not MidiOutput(system(fake), CLIENT).scan()


def test_the_whole_name_wins_over_a_part_of_another() -> None:
    assert matching(["Keys 2", "Keys"], "keys") == "Keys"
    assert matching(["Keys 2", "Keys 3"], "keys") == "Keys 2"
    assert matching([], "keys") == ""


def test_without_the_package_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rtmidi2", None)
    with pytest.raises(UserError, match=r"pip install 'gesturesynth\[midi\]'"):
        require_library()


@pytest.mark.parametrize(
    ("platform", "wanted", "sentence"),
    [("linux", "core", "Core MIDI is a part of macOS"), ("darwin", "alsa", "ALSA is a part of Linux")],
)
def test_a_system_of_another_computer_is_refused(
    monkeypatch: pytest.MonkeyPatch, platform: str, wanted: str, sentence: str
) -> None:
    monkeypatch.setattr("gesturesynth.midi.library.sys.platform", platform)
    with pytest.raises(UserError, match=sentence):
        open_system(wanted)


def test_a_system_that_is_not_there_now_may_come_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "gesturesynth-none")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    with pytest.raises(ConnectionError, match="no JACK server runs"):
        open_system("jack")
