"""What a preset sends to other programs arrives there: real datagrams, from what plays and from a whole run."""

from __future__ import annotations

import dataclasses
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_message import OscMessage

from gesturesynth.conductor.osc_output import OscOutput
from gesturesynth.config.preset import loader
from gesturesynth.config.preset.model import Preset
from gesturesynth.config.preset.model_parts import PresetGesture
from gesturesynth.control.osc.sender import OscTarget
from gesturesynth.core import paths
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.messages import Pose
from tests.support.app_process import AppProcess
from tests.support.pieces import FREE_THEREMIN
from tests.support.raised_arms import several
from tests.support.stick_figure import body_from, pose
from tests.support.waiting import wait_for

TICK_S = 1.0 / 60.0
Messages = list[tuple[str, list[float]]]


class Receiver:
    """Another program: a UDP port, and all that has come to it."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.port: int = self._socket.getsockname()[1]
        self.messages: Messages = []

    def fetch(self) -> Messages:
        while True:
            try:
                packet = self._socket.recv(65536)
            except BlockingIOError:
                return self.messages
            several = OscBundle(packet) if OscBundle.dgram_is_bundle(packet) else [OscMessage(packet)]
            self.messages += [(message.address, message.params) for message in several]

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def receivers() -> Iterator[tuple[Receiver, Receiver]]:
    both = Receiver(), Receiver()
    yield both
    for receiver in both:
        receiver.close()


class Player:
    """Plays the theremin with a person in view, and sends to the targets of its preset."""

    def __init__(self, *targets: OscTarget) -> None:
        theremin = loader.load(FREE_THEREMIN)
        self.output = OscOutput()
        self.piece = RunningPreset(dataclasses.replace(theremin, osc=targets))
        self.piece.take_over(fit(fit_job(theremin)), 0.0)
        self.ticks = 0

    def play(self, seconds: float, rises_deg: float = 0.0) -> tuple[float, ...]:
        """Plays for so long, an arm rising by so much each tick; the newest values of the outputs."""
        values: tuple[float, ...] = ()
        for number in range(round(seconds / TICK_S)):
            self.ticks += 1
            time_s = self.ticks * TICK_S
            image = pose(right_arm=(150 + rises_deg * number, 175), left_arm=(100, 175))
            frame_pose = Pose(time_s, self.ticks, 640, 480, (body_from(image),))
            frame = self.piece.process_pose(frame_pose, time_s)
            sound = self.piece.sound(frame, time_s)
            self.output.send(self.piece, frame, time_s)
            values = sound.values
        return values

    def change(self, changed: Preset) -> None:
        former, self.piece = self.piece, RunningPreset(changed)
        self.piece.continue_from(former, self.ticks * TICK_S)
        self.piece.take_over(fit(fit_job(changed)), self.ticks * TICK_S)


def test_outputs_and_features_reach_other_programs_as_often_as_they_ask(receivers: tuple[Receiver, Receiver]) -> None:
    wekinator, synth = receivers
    player = Player(
        OscTarget("127.0.0.1", wekinator.port, "/wek/inputs", 20.0, "features"),
        OscTarget("localhost", synth.port, "/synth/", 10.0, "outputs"),
        OscTarget("localhost", synth.port, "/loud", 5.0, "level"),
    )
    values = player.play(3.0)
    features = [numbers for address, numbers in wekinator.fetch() if address == "/wek/inputs"]
    assert abs(len(features) - 60) <= 2
    assert all(len(numbers) == len(player.piece.columns) for numbers in features)
    by_address = {address: numbers for address, (numbers,) in synth.fetch()}
    assert by_address["/synth/pitch"] == pytest.approx(values[0], rel=1e-3)
    assert by_address["/synth/level"] == pytest.approx(values[1], abs=0.05)
    addresses = [address for address, _ in synth.messages]
    assert abs(addresses.count("/synth/timbre") - 30) <= 2
    assert abs(addresses.count("/loud") - 15) <= 2
    player.output.close()


def test_features_are_sent_as_the_sound_follows_them(receivers: tuple[Receiver, Receiver]) -> None:
    receiver, _ = receivers
    player = Player(OscTarget("127.0.0.1", receiver.port, "/height", 60.0, "right_wrist.height"))
    heights = []
    for player.piece.predict_s in (0.0, 0.06):
        player.play(0.5)
        player.play(0.5, rises_deg=-3.0)
        heights.append(receiver.fetch()[-1][1][0])
    assert heights[1] < heights[0] - 0.05, "the arm falls, and is carried on"
    player.output.close()


def test_what_is_held_is_sent_since_it_is_heard(receivers: tuple[Receiver, Receiver]) -> None:
    receiver, _ = receivers
    player = Player(OscTarget("127.0.0.1", receiver.port, "/pitch", 60.0, "pitch"))
    player.play(1.0)
    player.piece.hold({"pitch": 555.0})
    player.play(0.5)
    _, (pitch,) = receiver.fetch()[-1]
    assert pitch == pytest.approx(555.0)
    player.output.close()


def test_another_preset_has_other_receivers_and_a_saved_one_the_same(receivers: tuple[Receiver, Receiver]) -> None:
    first, second = receivers
    player = Player(OscTarget("127.0.0.1", first.port, "/a", 60.0))
    player.play(0.5)
    assert first.fetch()
    same = dataclasses.replace(player.piece.preset, about="saved again")
    player.change(same)
    before = len(first.fetch())
    player.play(0.5)
    assert len(first.fetch()) - before == pytest.approx(30, abs=2)
    drone = loader.load(paths.presets_dir() / "drone.yaml")
    player.change(dataclasses.replace(drone, osc=(OscTarget("127.0.0.1", second.port, "/b", 60.0),)))
    before = len(first.fetch())
    player.play(0.5)
    assert len(first.fetch()) == before
    assert all(address == "/b" and len(numbers) == len(drone.outputs) for address, numbers in second.fetch())
    assert second.messages
    player.change(drone)
    before = len(second.messages)
    player.play(0.5)
    assert len(second.fetch()) == before, "a preset without `osc` sends nothing"
    player.output.close()


def network_is_gone() -> bool:
    """Whether a datagram to the world is refused at once, as it is where the tests have left the network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.sendto(b"", ("192.0.2.1", 9))
        except OSError:
            return True
    return False


def test_a_receiver_that_cannot_be_reached_is_logged_once_and_stops_nothing(
    receivers: tuple[Receiver, Receiver], capsys: pytest.CaptureFixture[str]
) -> None:
    receiver, _ = receivers
    player = Player(
        OscTarget("192.0.2.1", 9, "/nowhere", 60.0),
        OscTarget("127.0.0.1", receiver.port, "/here", 60.0),
    )
    try:
        player.play(2.0)
    finally:
        player.output.close()
    assert abs(len(receiver.fetch()) - 120) <= 2
    written = capsys.readouterr()
    said = (written.out + written.err).count("OSC output lost")
    assert said == (1 if network_is_gone() else 0)


def test_a_run_sends_to_the_targets_of_its_preset_and_to_others_when_it_is_saved(
    receivers: tuple[Receiver, Receiver], tmp_path: Path
) -> None:
    first, second = receivers
    file = tmp_path / "mine.yaml"
    shutil.copy(FREE_THEREMIN.with_suffix(".csv"), file.with_suffix(".csv"))
    text = FREE_THEREMIN.read_text(encoding="utf-8")

    def save(port: int) -> None:
        file.write_text(f"{text}\nosc: [{{port: {port}, address: /synth/, rate: 60 Hz}}]\n", encoding="utf-8")

    def moving(receiver: Receiver) -> Callable[[], bool]:
        return lambda: len({numbers[0] for address, numbers in receiver.fetch() if address == "/synth/pitch"}) > 20

    save(first.port)
    with AppProcess("--source", "demo", "--audio", "null", "--preset", file) as running:
        running.wait_until_playing()
        wait_for(moving(first), "a pitch that moves with the demo performer", 60.0)
        save(second.port)
        wait_for(moving(second), "the same at the other program", 60.0)
        count = len(first.fetch())
        wait_for(lambda: len(second.fetch()) > 500, "two or three seconds of values", 60.0)
        assert len(first.fetch()) == count
        assert running.stop() == 0


def test_readings_of_gestures_are_sent_also_while_nothing_is_followed(receivers: tuple[Receiver, Receiver]) -> None:
    every, one = receivers
    theremin = loader.load(FREE_THEREMIN)
    targets = (
        OscTarget("127.0.0.1", every.port, "/g/", 100.0, "gestures"),
        OscTarget("127.0.0.1", one.port, "/much", 100.0, "throw.progress"),
    )
    piece = RunningPreset(dataclasses.replace(theremin, osc=targets, gestures={"throw": PresetGesture(2.0, 0.25)}))
    piece.take_over(fit(fit_job(theremin)), 0.0)
    piece.voices[0].performed["throw"] = 4
    frame = piece.process_pose(Pose(0.0, 1, 640, 480, (body_from(pose()),)), 0.0)
    output = OscOutput()
    output.send(piece, frame, 0.0)
    wait_for(lambda: bool(every.fetch() and one.fetch()), "values")
    assert dict(every.messages) == {
        "/g/throw.progress": [0.0],
        "/g/throw.closeness": [0.0],
        "/g/throw.speed": [0.0],
        "/g/throw.performed": [4.0],
    }
    assert one.messages == [("/much", [0.0])]
    output.close()


def test_each_voice_has_an_address_of_its_own(receivers: tuple[Receiver, Receiver]) -> None:
    every, one = receivers
    theremin = loader.load(FREE_THEREMIN)
    targets = (
        OscTarget("127.0.0.1", every.port, "/synth/", 100.0),
        OscTarget("127.0.0.1", one.port, "/wek/inputs", 100.0, "pitch"),
    )
    piece = RunningPreset(dataclasses.replace(theremin, osc=targets, people=2, voices=2))
    piece.take_over(fit(fit_job(theremin)), 0.0)
    for tick in range(60):
        frame = piece.process_pose(several(tick / 30, {1: 0.1, 2: 0.9}), tick / 30)
    output = OscOutput()
    output.send(piece, frame, 0.0)
    wait_for(lambda: len(every.fetch()) >= 6 and len(one.fetch()) >= 2, "values")
    sent = dict(every.messages)
    assert set(sent) == {f"/synth/{voice}{name}" for voice in ("", "2/") for name in ("pitch", "level", "timbre")}
    assert sent["/synth/pitch"][0] < sent["/synth/2/pitch"][0]
    assert dict(one.messages) == {"/wek/inputs": sent["/synth/pitch"], "/wek/inputs/2": sent["/synth/2/pitch"]}
    output.close()
