"""How long a training takes: the trainer's process by itself, and from the command to the new model's sound."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import zmq

from gesturesynth.config.preset import loader
from gesturesynth.control.command_socket import CommandClient
from gesturesynth.control.commands import COMMAND_LINE, call
from gesturesynth.mapping.examples.store import ExampleStore, store_path
from gesturesynth.mapping.learning.job import FitJob, make_job
from gesturesynth.pipeline.trainer import Failed, Fitted
from gesturesynth.pipeline.training_client import TrainingJob
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, Pose, Sound
from tests.benchmarks.figures import Figure, of
from tests.benchmarks.setup import LIMIT_S, Arrivals, MeasuringError, Plan, environment_of, own_folders
from tests.support.app_process import AppProcess
from tests.support.example_sets import held_poses, positions_as_outputs
from tests.support.five_voices import FIVE_VOICES
from tests.support.stick_figure import body
from tests.support.still_skeleton import write_still_skeleton

TITLE = "Training"
FEATURES = 6
ROWS_A_TAKE = 40


def measure(plan: Plan) -> Iterator[Figure]:
    """By rows and outputs, by kind of model, and with a running engine."""
    sizes = (10, 100, 1000, 5000, 20_000) if not plan.quick else (1000,)
    with own_folders(plan), zmq.Context() as context:
        for rows in sizes:
            for outputs in (1, 5, 20) if rows >= 1000 and not plan.quick else (5,):
                yield _process(context, _job(rows, outputs, "auto"), f"process: rbf, {rows:,} x {outputs}", plan)
        classes = _job(1000, 5, "auto", classes=5)
        yield _process(context, classes, "process: rbf and logistic, 1,000 x 5, 5 classes", plan)
        for model in ("gaussian-process", "polynomial", "mlp", "kernel-ridge", "forest") if not plan.quick else ():
            yield _process(context, _job(1000, 5, model), f"process: {model}, 1,000 x 5", plan)
    for rows in (1000, 20_000) if not plan.quick else (1000,):
        yield _heard(plan, rows)


def _job(rows: int, outputs: int, model: str, classes: int = 0) -> FitJob:
    random = np.random.default_rng(6)
    poses = max(2, min(rows // 30, 100))
    labels = tuple(f"class{number % classes}" for number in range(poses)) if classes else ()
    examples = held_poses(
        random.normal(size=(poses, FEATURES)), random.random((poses, outputs)), -(-rows // poses), labels=labels
    )
    return make_job(examples, examples.columns, positions_as_outputs(outputs), model=model)


def _process(context: zmq.Context[zmq.Socket[bytes]], job: FitJob, what: str, plan: Plan) -> Figure:
    took_s: list[float] = []
    fits_s: list[float] = []
    for _ in range(plan.choose(3, 2)):
        begun_s = time.monotonic()
        training = TrainingJob(context, job)
        try:
            answer = _answer(training)
        finally:
            training.cancel()
        took_s.append(time.monotonic() - begun_s)
        fits_s.append(answer.took_s)
    return of(what, "s", took_s, note=f"{float(np.median(fits_s)):.3f} s of it are the fit")


def _answer(training: TrainingJob) -> Fitted:
    end_s = time.monotonic() + LIMIT_S
    while time.monotonic() < end_s:
        answer = training.poll()
        if isinstance(answer, Fitted):
            return answer
        if isinstance(answer, Failed):
            raise MeasuringError(answer.why)
        time.sleep(0.002)
    raise MeasuringError(f"no model within {LIMIT_S:g} s")


def _heard(plan: Plan, rows: int) -> Figure:
    """Takes are deleted and restored, so that each training makes another model; the body does not move."""
    statue = write_still_skeleton(plan.folder / f"statue-{rows}.skeleton")
    piece = plan.folder / "five-voices.yaml"
    piece.write_text(FIVE_VOICES, encoding="utf-8")
    running = AppProcess("--source", statue, "--preset", piece, "--audio", "null")
    with environment_of(running):
        _fill(piece, rows)
        with running:
            running.until(EngineStatus, lambda status: bool(status.preset), "the engine", LIMIT_S)
            running.until(ConductorStatus, lambda status: "examples" in status.model, "a model", LIMIT_S)
            with CommandClient() as wire:
                took_s = [_retrain(running, wire, number) for number in range(plan.choose(4, 1))]
    return of(f"command to new sound: rbf, {rows:,} x 5", "s", took_s)


def _retrain(running: AppProcess, wire: CommandClient, number: int) -> float:
    _ask(wire, "undo" if number % 2 else "delete-last")
    running.until(ConductorStatus, lambda status: not status.training, "quiet", LIMIT_S)
    time.sleep(2.0)  # whatever still glides
    with Arrivals(running.runtime, Sound, ConductorStatus) as arrivals:
        time.sleep(0.2)
        begun_s = time.monotonic()
        _ask(wire, "train")
        running.until(ConductorStatus, lambda status: status.session.training, "the begin of it", LIMIT_S)
        running.until(ConductorStatus, lambda status: not status.session.training, "the end of it", LIMIT_S)
        time.sleep(0.3)
    # Whatever changes while it still trains is not the new model.
    fitting_s = max(at for at, status in arrivals.heard[ConductorStatus] if status.session.training)
    before = [sound.values for at, sound in arrivals.heard[Sound] if at <= fitting_s]
    changed = [at for at, sound in arrivals.heard[Sound] if at > fitting_s and sound.values != before[-1]]
    if not changed:
        raise MeasuringError(f"the new model sounds as the old one; {running.stderr_text()[-300:]}")
    return changed[0] - begun_s


def _ask(wire: CommandClient, command: str) -> None:
    answer = wire.ask(call(command, (), COMMAND_LINE), 20.0)
    if not answer.ok:
        raise MeasuringError(answer.text)


def _fill(piece: Path, rows: int) -> None:
    random = np.random.default_rng(3)
    outputs = loader.load(piece).mapping_outputs()
    with ExampleStore.open(store_path(loader.load(piece).key), datetime(2026, 3, 1, tzinfo=UTC)) as store:
        for number in range(max(2, rows // ROWS_A_TAKE)):
            right, left = random.uniform(10.0, 160.0, 2)
            frames = min(ROWS_A_TAKE, rows // 2)
            poses = [
                Pose(frame / 30, frame, 640, 480, (body(right + jitter[0], left + jitter[1]),))
                for frame, jitter in enumerate(random.normal(0.0, 1.0, (frames, 2)))
            ]
            values = {output.name: output.value(place) for output, place in zip(outputs, random.random(5), strict=True)}
            store.add_take(str(1 + number % 9), values, "", poses)
