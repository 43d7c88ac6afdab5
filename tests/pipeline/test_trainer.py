"""The trainer: a real process that fits and exits, and what the conductor receives when it does not."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import psutil
import pytest
import zmq

from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import FitJob, make_job
from gesturesynth.pipeline.trainer import Evaluated, Failed, Fitted, Progress
from gesturesynth.pipeline.training_client import TrainingJob, remove_left_sockets
from tests.support.example_sets import held_poses, positions_as_outputs

pytestmark = pytest.mark.slow("a trainer process")

Context = zmq.Context[zmq.Socket[bytes]]
RANDOM = np.random.default_rng(5)


def a_job(model: str = "auto", poses: int = 4, frames: int = 10) -> FitJob:
    examples = held_poses(RANDOM.normal(size=(poses, 5)), RANDOM.random((poses, 2)), frames=frames)
    return make_job(examples, examples.columns, positions_as_outputs(2), model=model)


def long_job() -> FitJob:
    """Takes many seconds, in native code."""
    return msgspec.structs.replace(a_job("forest", poses=200, frames=200), model_settings={"trees": 100_000.0})


@pytest.fixture
def context() -> Iterator[Context]:
    with zmq.Context() as context:
        yield context


@pytest.fixture
def start(context: Context) -> Iterator[Callable[..., TrainingJob]]:
    jobs: list[TrainingJob] = []

    def start_job(job: FitJob, command: list[str] | None = None) -> TrainingJob:
        jobs.append(TrainingJob(context, job, command))
        return jobs[-1]

    yield start_job
    for job in jobs:
        job.cancel()


def until(condition: Callable[[], bool], deadline_s: float = 30.0) -> bool:
    end_s = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() > end_s:
            return False
        time.sleep(0.01)
    return True


def answers(training: TrainingJob, until_doing: str = "?") -> list[Progress | Fitted | Evaluated | Failed]:
    """All answers until the end, or until a progress with this text."""
    received: list[Progress | Fitted | Evaluated | Failed] = []

    def over() -> bool:
        answer = training.poll()
        if answer is not None:
            received.append(answer)
        return bool(received) and (not isinstance(received[-1], Progress) or until_doing in received[-1].doing)

    assert until(over), received
    return received


def leftovers() -> list[str]:
    folder = paths.runtime_dir() / "conductor"
    return [file.name for file in folder.iterdir()] if folder.is_dir() else []


@pytest.mark.parametrize("model", ["rbf", "mlp"])
def test_it_fits_in_a_process_of_its_own_and_leaves_no_files(start: Callable[..., TrainingJob], model: str) -> None:
    job = a_job(model)
    training = start(job)
    assert training.pid != os.getpid()
    *progress, fitted = answers(training)
    assert any(isinstance(answer, Progress) and f"{model}, 40 examples" in answer.doing for answer in progress)
    assert isinstance(fitted, Fitted)
    query = RANDOM.normal(size=5)
    np.testing.assert_allclose(fitted.mapping.predict(query), fit(job).predict(query), atol=1e-6)
    assert fitted.took_s > 0.0
    assert training.poll() is None
    assert not psutil.pid_exists(training.pid)
    assert leftovers() == []


def test_it_runs_with_a_lower_priority(start: Callable[..., TrainingJob]) -> None:
    training = start(long_job())
    answers(training, "fitting")
    assert psutil.Process(training.pid).nice() >= min(19, os.nice(0) + 10)


def test_a_trainer_that_is_killed_is_a_failure_with_a_sentence(start: Callable[..., TrainingJob]) -> None:
    training = start(long_job())
    answers(training, "fitting")
    os.kill(training.pid, signal.SIGKILL)
    failed = answers(training)[-1]
    assert isinstance(failed, Failed)
    assert "ended by signal 9" in failed.why
    assert "train again" in failed.why
    assert leftovers() == []


def test_a_fit_that_fails_says_why(start: Callable[..., TrainingJob]) -> None:
    failed = answers(start(msgspec.structs.replace(a_job(), model="rfb")))[-1]
    assert isinstance(failed, Failed)
    assert "'rfb' is not a model that moves outputs" in failed.why


def test_an_unexpected_exception_in_a_fit_is_a_failure(
    start: Callable[..., TrainingJob], capfd: pytest.CaptureFixture[str]
) -> None:
    failed = answers(start(msgspec.structs.replace(a_job(), takes=(1, 2))))[-1]
    assert isinstance(failed, Failed)
    assert "should not happen" in failed.why
    assert "Traceback" in capfd.readouterr().err, "for the developers"


def test_a_trainer_that_exits_without_an_answer_is_a_failure(start: Callable[..., TrainingJob]) -> None:
    failed = answers(start(a_job(), [sys.executable, "-c", "raise SystemExit(3)"]))[-1]
    assert isinstance(failed, Failed)
    assert "exit code 3" in failed.why


def test_a_trainer_that_hangs_before_it_begins_is_ended_and_a_failure(
    start: Callable[..., TrainingJob], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gesturesynth.pipeline.training_client.START_LIMIT_S", 0.3)
    training = start(a_job(), [sys.executable, "-c", "import time; time.sleep(60)"])
    failed = answers(training)[-1]
    assert isinstance(failed, Failed)
    assert failed.accident
    assert "has not begun" in failed.why
    assert not psutil.pid_exists(training.pid)


def test_a_trainer_that_cannot_be_started_is_an_error_at_once(start: Callable[..., TrainingJob]) -> None:
    with pytest.raises(GestureSynthError, match="cannot be started"):
        start(a_job(), [str(paths.runtime_dir() / "no-such-program")])
    assert leftovers() == []


def test_ctrl_c_in_the_terminal_does_not_reach_it(start: Callable[..., TrainingJob]) -> None:
    assert os.getpgid(start(long_job()).pid) != os.getpgid(0)


def test_an_answer_that_cannot_be_read_is_a_failure(start: Callable[..., TrainingJob]) -> None:
    program = (
        "import sys, zmq; s = zmq.Context().socket(zmq.PAIR); s.connect(sys.argv[1]); s.send(b'nonsense'); s.recv()"
    )
    failed = answers(start(a_job(), [sys.executable, "-c", program]))[-1]
    assert isinstance(failed, Failed)
    assert "cannot be read" in failed.why


def test_cancelling_ends_the_process_at_once_and_silently(start: Callable[..., TrainingJob]) -> None:
    training = start(long_job())
    answers(training, "fitting")
    training.cancel()
    assert not psutil.pid_exists(training.pid)
    assert training.poll() is None
    assert leftovers() == []
    training.cancel()


def test_two_fits_at_once_do_not_get_into_each_others_way(start: Callable[..., TrainingJob]) -> None:
    jobs = [a_job(), a_job()]
    ends = [answers(training)[-1] for training in [start(job) for job in jobs]]
    query = RANDOM.normal(size=5)
    for job, end in zip(jobs, ends, strict=True):
        assert isinstance(end, Fitted)
        np.testing.assert_allclose(end.mapping.predict(query), fit(job).predict(query), atol=1e-6)


def test_it_exits_in_the_middle_of_a_fit_when_the_conductor_has_ended(own_folders: Path) -> None:
    (own_folders / "job").write_bytes(msgspec.msgpack.encode(long_job()))
    conductor_program = """
import sys, time, msgspec, zmq
from gesturesynth.mapping.learning.job import FitJob
from gesturesynth.pipeline.trainer import Progress
from gesturesynth.pipeline.training_client import TrainingJob, remove_left_sockets
job = msgspec.msgpack.decode(open(sys.argv[1], "rb").read(), type=FitJob)
training = TrainingJob(zmq.Context(), job)
while True:
    if isinstance(training.poll(), Progress):
        print(training.pid, flush=True)
    time.sleep(0.01)
"""
    with subprocess.Popen(
        [sys.executable, "-c", conductor_program, str(own_folders / "job")], stdout=subprocess.PIPE, text=True
    ) as conductor:
        assert conductor.stdout is not None
        trainer = psutil.Process(int(conductor.stdout.readline()))
        conductor.kill()
    try:
        assert until(lambda: not trainer.is_running() or trainer.status() == psutil.STATUS_ZOMBIE, 10.0)
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            trainer.kill()


def test_it_exits_when_no_job_comes(own_folders: Path) -> None:
    program = (
        "import gesturesynth.pipeline.trainer as t, sys; t.JOB_TIMEOUT_S = 0.3; sys.exit(t.run_trainer(sys.argv[1]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, f"ipc://{own_folders}/no-conductor"],
        timeout=30.0,
        check=False,
        capture_output=True,
    )
    assert done.returncode == 1
    assert done.stderr == b""


def test_polling_never_waits(start: Callable[..., TrainingJob]) -> None:
    training = start(long_job())
    answers(training, "fitting")
    polls = 0
    end_s = time.monotonic() + 0.5
    while time.monotonic() < end_s:
        assert training.poll() is None
        polls += 1
    assert polls > 50, "a poll that waited for the fit would be alone"


def test_the_socket_of_a_fit_that_its_conductor_did_not_survive_is_removed(own_folders: Path) -> None:
    folder = paths.socket_path("conductor", "commands").parent
    paths.private_folder(folder)
    (folder / "commands").touch()
    with zmq.Context() as context:
        killed = context.socket(zmq.PAIR)
        killed.bind(f"ipc://{paths.socket_path('conductor', 'fit-0a1b2c')}")
        remove_left_sockets()
        assert {file.name for file in folder.iterdir()} == {"commands"}
        killed.close(linger=0)
    remove_left_sockets()
