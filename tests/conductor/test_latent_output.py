"""The latent of a piece reaches a generator: real datagrams, and the sketch of docs/generative.md as it is."""

from __future__ import annotations

import dataclasses
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pythonosc.osc_message import OscMessage

from gesturesynth.conductor.latent_output import LatentOutput
from gesturesynth.config.preset import loader
from gesturesynth.control.osc.codec import encode
from gesturesynth.control.osc.sender import OscTarget
from gesturesynth.mapping.latent.vectors import seed_vector
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.messages import Pose
from tests.support.raised_arms import several
from tests.support.stick_figure import body_from, pose

ROOT = Path(__file__).parents[2]
TICK_S = 1 / 60
PRESET = "name: Faces\nfeatures: [right_shoulder.angle]\nlatent:\n  snapshots: {1: 17, 2: 42}\n"
EXAMPLES = """\
take,class,feature:right_shoulder.angle,output:latent_1,output:latent_2
1,,20,1,0
2,,30,1,0
3,,150,0,1
4,,160,0,1
"""


class Generator:
    """Another program: a UDP port, and the latents that have come to it."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.port: int = self._socket.getsockname()[1]
        self.latents: dict[str, list[NDArray[np.float32]]] = {}

    def fetch(self) -> dict[str, list[NDArray[np.float32]]]:
        while True:
            try:
                message = OscMessage(self._socket.recv(65536))
            except BlockingIOError:
                return self.latents
            values = message.params
            if isinstance(values[0], bytes):
                values = struct.unpack(f">{len(values[0]) // 4}f", values[0])
            self.latents.setdefault(message.address, []).append(np.array(values, np.float32))

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def generator() -> Iterator[Generator]:
    made = Generator()
    yield made
    made.close()


def piece_for(folder: Path, text: str = PRESET, **changes: object) -> RunningPreset:
    file = folder / "faces.yaml"
    file.write_text(text, encoding="utf-8")
    file.with_suffix(".csv").write_text(EXAMPLES, encoding="utf-8")
    preset = dataclasses.replace(loader.load(file), **changes)  # type: ignore[arg-type]
    piece = RunningPreset(preset)
    piece.take_over(fit(fit_job(preset)), 0.0)
    return piece


def play(
    piece: RunningPreset,
    output: LatentOutput,
    seconds: float,
    arm: float,
    *,
    begin_s: float = 0.0,
    to: Generator | None = None,
) -> None:
    """A person whose right arm is held so, in degrees; the generator reads meanwhile, as a real one does."""
    image = pose(right_arm=(arm, 175))
    for tick in range(round(seconds / TICK_S)):
        time_s = begin_s + tick * TICK_S
        frame = piece.process_pose(Pose(time_s, tick, 640, 480, (body_from(image),)), time_s)
        output.send(piece, frame, time_s)
        if to:
            to.fetch()


@pytest.mark.parametrize("blob", ["false", "true"])
def test_each_pose_gives_its_latent_and_what_is_between_them_a_latent_as_long(
    tmp_path: Path, generator: Generator, blob: str
) -> None:
    piece = piece_for(
        tmp_path, f"{PRESET}  blob: {blob}\n", osc=(OscTarget("127.0.0.1", generator.port, "/latent", 20.0, "latent"),)
    )
    output = LatentOutput()
    play(piece, output, 3.0, 25.0, to=generator)
    first = generator.latents["/latent"]
    assert len(first) == pytest.approx(60, abs=2)
    first = first[:]
    assert first[0].shape == (512,)
    np.testing.assert_allclose(first[-1], seed_vector(17, 512), atol=0.1)
    play(piece, output, 3.0, 90.0, begin_s=3.0, to=generator)
    between = generator.fetch()["/latent"][-1]
    assert abs(np.linalg.norm(between) - np.linalg.norm(first[-1])) < 1.0
    assert np.linalg.norm(between - first[-1]) > 5.0
    play(piece, output, 3.0, 155.0, begin_s=6.0, to=generator)
    np.testing.assert_allclose(generator.fetch()["/latent"][-1], seed_vector(42, 512), atol=0.1)
    output.close()


def test_each_person_has_a_latent_where_each_has_a_voice(tmp_path: Path, generator: Generator) -> None:
    target = OscTarget("127.0.0.1", generator.port, "/latent", 60.0, "latent")
    piece = piece_for(tmp_path, osc=(target,), people=2, voices=2)
    output = LatentOutput()
    for tick in range(60):
        frame = piece.process_pose(several(tick / 30, {1: 0.1, 2: 0.9}), tick / 30)
        output.send(piece, frame, tick / 30)
    latents = generator.fetch()
    assert set(latents) == {"/latent", "/latent/2"}
    assert np.linalg.norm(latents["/latent"][-1] - latents["/latent/2"][-1]) > 5.0
    output.close()


def test_another_piece_ends_it_and_a_saved_one_goes_on(tmp_path: Path, generator: Generator) -> None:
    targets = (OscTarget("127.0.0.1", generator.port, "/latent", 60.0, "latent"),)
    output = LatentOutput()
    play(piece_for(tmp_path, osc=targets), output, 0.5, 25.0, to=generator)
    play(piece_for(tmp_path, osc=targets, about="saved again"), output, 0.5, 25.0, begin_s=0.5, to=generator)
    assert len(generator.fetch()["/latent"]) == pytest.approx(60, abs=2)
    play(piece_for(tmp_path, latent=None, osc=()), output, 0.5, 25.0, begin_s=1.0)
    before = len(generator.latents["/latent"])
    assert len(generator.fetch()["/latent"]) == before
    output.close()


def test_the_sketch_of_a_generator_makes_pictures_of_it(tmp_path: Path) -> None:
    sketch = shutil.copy(ROOT / "examples" / "python" / "latent_generator.py", tmp_path)
    command = [sys.executable, sketch, "--port", "0", "--frames", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port = int(process.stdout.readline().rpartition(" ")[2])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:  # what is no latent
            for packet in (
                b"",
                b"nonsense",
                encode("/latent", "text"),
                encode("/elsewhere", 1.0),
                b"/latent\0,b\0\0\0\0\0\3abc\0",
            ):
                other.sendto(packet, ("127.0.0.1", port))
        output = LatentOutput()
        piece = piece_for(tmp_path, osc=(OscTarget("127.0.0.1", port, "/latent", 60.0, "latent"),))
        lines: list[str] = []
        for second in range(3):
            play(piece, output, 0.1, 25.0 + 65.0 * second, begin_s=second)
            lines.append(process.stdout.readline())
        assert process.wait(10) == 0
    output.close()
    assert [line.split()[0] for line in lines] == ["1", "2", "3"]
    lengths = [float(line.rpartition(" ")[2]) for line in lines]
    assert all(abs(length - 512**0.5) < 3.0 for length in lengths)
