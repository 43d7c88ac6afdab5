"""Who has which role, as other programs are told over OSC."""

from __future__ import annotations

import socket

from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_message import OscMessage

from gesturesynth.conductor.osc_output import OscOutput
from gesturesynth.config.preset.loader import loads
from gesturesynth.core import paths
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.running_preset import RunningPreset
from tests.support.mapper_player import HIGH, LOW
from tests.support.several_people import moved, pose_of


def test_the_numbers_of_the_persons_in_all_roles_are_sent() -> None:
    file = paths.presets_dir() / "two.yaml"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", 0))
        ear.settimeout(5.0)
        port = ear.getsockname()[1]
        targets = f"""
osc:
  - {{port: {port}, address: /all, what: persons}}
  - {{port: {port}, address: /second, what: second.person}}
"""
        preset = loads(file.read_text(encoding="utf-8") + targets, file)
        piece, output = RunningPreset(preset), OscOutput()
        piece.take_over(fit(fit_job(preset, None)), 0.0)
        frame = piece.process_pose(pose_of(0.0, (3, moved(HIGH, -0.25)), (8, moved(LOW, 0.25))), 0.0)
        output.send(piece, frame, 0.0)
        found = {}
        for _ in range(2):
            packet = ear.recv(65536)
            for message in OscBundle(packet) if OscBundle.dgram_is_bundle(packet) else [OscMessage(packet)]:
                found[message.address] = message.params
        output.close()
    # first, second, four more, leftmost, rightmost, nearest, longest
    assert found == {"/all": [3.0, 8.0, 0.0, 0.0, 0.0, 0.0, 8.0, 3.0, 3.0, 3.0], "/second": [8.0]}
