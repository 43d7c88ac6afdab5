"""What words, a latent of 512 numbers and 512 outputs cost the conductor, in processor time of its thread."""

from __future__ import annotations

import dataclasses
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import zmq
from threadpoolctl import threadpool_limits

from gesturesynth.conductor.latent_output import LatentOutput
from gesturesynth.conductor.osc_output import OscOutput
from gesturesynth.conductor.words_output import WordsOutput
from gesturesynth.config.preset import loader
from gesturesynth.config.preset.model import Preset
from gesturesynth.control.osc.sender import OscTarget
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.messages import Pose
from gesturesynth.tracking.offline_poses import read_poses
from tests.benchmarks.figures import Figure, of, single
from tests.benchmarks.setup import Plan

TITLE = "512 numbers and words, for one tick"
RATE_HZ = 60.0
LATENT_US, LINE_US = 500.0, 1000.0
MOVED = "features: [right_wrist.height, left_wrist.height]\n"
SEEN = ("sea", "night", "stone", "wind", "door", "bird", "hand", "road")
POEM = "\n".join(f"The {a} {b} the {c}." for a in SEEN for b in ("waits for", "hears", "is") for c in SEEN)

Send = Callable[[RunningPreset, MapperFrame, float], object]


def measure(plan: Plan) -> Iterator[Figure]:
    """A latent between nine seeds, as many outputs, and lines."""
    poses = [pose for pose in read_poses("demo") if pose.bodies][: plan.choose(1500, 300)]
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        stack.enter_context(threadpool_limits(1))
        context = stack.enter_context(zmq.Context())
        receiver = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        receiver.bind(("127.0.0.1", 0))
        port = receiver.getsockname()[1]
        latent, numbers, words = LatentOutput(), OscOutput(), WordsOutput(context)
        seeds = ", ".join(f"{number}: {number}" for number in range(1, 10))
        driven = ", ".join(f"o{n}: {{from: right_wrist.height}}" for n in range(512))
        for what, text, to, send in (
            ("a latent of 512 numbers between nine", f"latent: {{snapshots: {{{seeds}}}}}", "latent", latent.send),
            ("512 outputs", f"outputs: {{{driven}}}", "outputs", numbers.send),
        ):
            preset = _preset(Path(folder), text, OscTarget("127.0.0.1", port, "/v", RATE_HZ, to))
            samples = _timed(preset, poses, send, receiver)
            share = 100 * RATE_HZ * sum(samples) / len(samples) / 1e6
            aim = LATENT_US if to == "latent" else None
            yield of(f"{what}, computed and sent", "us", samples, aim_median=aim)
            yield single(f"{what}, at {RATE_HZ:g} Hz", "% of a core", share)
        (Path(folder) / "poem.txt").write_text(POEM, encoding="utf-8")
        spoken = "words: {text: poem.txt, every: 0.5 s, rest: 0.2 s, bend: {loose: energy, repeat: energy}}"
        preset = _preset(Path(folder), spoken, OscTarget("127.0.0.1", port, "/line", RATE_HZ, "words"))
        samples = _timed(preset, poses, words.send, receiver)
        yield of("words, with or without a new line", "us", samples, aim_p99=LINE_US)
        for one in (latent, numbers, words):
            one.close()


def _preset(folder: Path, text: str, target: OscTarget) -> Preset:
    file = folder / "measured.yaml"
    file.write_text(f"name: Measured\n{MOVED}{text}\n", encoding="utf-8")
    return dataclasses.replace(loader.load(file), osc=(target,))


def _timed(preset: Preset, poses: list[Pose], send: Send, receiver: socket.socket) -> list[float]:
    """Microseconds of each tick; the amounts of latents move with the hands."""
    piece = RunningPreset(preset)
    samples: list[float] = []
    for number, pose in enumerate(poses):
        now_s = number / RATE_HZ + 1e-6 * number
        frame = piece.process_pose(pose, now_s)
        moved = (frame.features.predicted[[0]] * 0.3 + 0.5 + 0.05 * frame.positions).clip(0.0, 1.0)
        frame = dataclasses.replace(frame, positions=moved)
        begun_ns = time.thread_time_ns()
        send(piece, frame, now_s)
        samples.append((time.thread_time_ns() - begun_ns) / 1e3)
        receiver.setblocking(False)
        with suppress(BlockingIOError):
            receiver.recv(65536)
    return samples[len(samples) // 10 :]
