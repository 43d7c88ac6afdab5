"""Who is there, classes and landmarks, as a preset sends them to other programs."""

from __future__ import annotations

import socket

import numpy as np
import pytest
from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_message import OscMessage

from gesturesynth.conductor.osc_output import OscOutput
from gesturesynth.config.preset.loader import loads
from gesturesynth.core import paths
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.running_preset import RunningPreset
from tests.support.mapper_player import HIGH, LOW
from tests.support.several_people import Image, moved, pose_of

Found = dict[str, list[float]]


def sent(name: str, targets: str, bodies: list[tuple[int, Image]]) -> Found:
    """What a preset sends at the fourth frame with these bodies, and at the first without one, as `empty:/...`."""
    file = paths.presets_dir() / f"{name}.yaml"
    found: Found = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", 0))
        ear.setblocking(False)
        preset = loads(file.read_text(encoding="utf-8") + targets.replace("PORT", str(ear.getsockname()[1])), file)
        piece, output = RunningPreset(preset), OscOutput()
        piece.take_over(fit(fit_job(preset, None)), 0.0)
        for step in range(5):
            time_s = step / 4
            frame = piece.process_pose(pose_of(time_s, *(bodies if step < 4 else [])), time_s)
            output.send(piece, frame, time_s)
            prefix = "" if step < 4 else "empty:"
            while packet := received(ear):
                for message in OscBundle(packet) if OscBundle.dgram_is_bundle(packet) else [OscMessage(packet)]:
                    found[prefix + message.address] = message.params
        output.close()
    return found


def received(ear: socket.socket) -> bytes:
    """The next datagram; on loop-back what was sent has arrived."""
    try:
        return ear.recv(65536)
    except BlockingIOError:
        return b""


def test_people_and_landmarks_of_each_voice_are_sent_while_somebody_is_there() -> None:
    targets = """
osc:
  - {port: PORT, address: /all, what: people}
  - {port: PORT, address: /one, what: present}
  - {port: PORT, address: /body, what: landmarks}
  - {port: PORT, address: /joint/, what: landmarks}
"""
    found = sent("company", targets, [(8, moved(LOW, 0.25)), (3, moved(HIGH, -0.25))])
    assert found["/all"] == [1.0, 2.0]
    assert found["/one"] == found["/one/2"] == [1.0]
    np.testing.assert_allclose(found["/body"], moved(LOW, 0.25).ravel())
    np.testing.assert_allclose(found["/body/2"], moved(HIGH, -0.25).ravel())
    assert found["/joint/right_wrist.x"] == pytest.approx([moved(LOW, 0.25)[16, 0]])
    assert found["empty:/all"][1] == 0.0
    assert not any(address.startswith(("empty:/body", "empty:/joint")) for address in found)


def test_a_class_is_sent_by_its_number() -> None:
    found = sent("drums", "\nosc:\n  - {port: PORT, address: /class, what: class}\n", [(0, HIGH)])
    assert found["/class"] in ([1.0], [2.0], [3.0], [4.0]), "a class that was taught with such a pose"
