"""Process entry of the trainer, which fits or evaluates one model and exits, and its messages.

    conductor (training_client)                    trainer (run_trainer)
        binds a socket, starts the process  -->
                                            <--    Ready
        FitJob or EvaluationJob             -->
                                            <--    Progress, Progress, ...
                                            <--    Fitted, Evaluated or Failed, and exits

A fit takes all the processor time it gets and imports a large library; in a process of its own, and niced, it cannot
delay sound or mapping, and when it crashes nothing else does. Messages are MessagePack: arrays, numbers and texts.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from typing import Final, TypeAlias

import msgspec
import zmq

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.core.search_paths import forbid_programs
from gesturesynth.mapping.learning.evaluation import EvaluationJob, evaluate
from gesturesynth.mapping.learning.fit import Report, fit
from gesturesynth.mapping.learning.job import FitJob
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.runtime.reports import Evaluation

NICENESS: Final = 10
JOB_TIMEOUT_S: Final = 10.0
"""A trainer that has received no job by then exits."""


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The trainer has connected and waits for its job."""


class Progress(msgspec.Struct, frozen=True, tag="progress"):
    """What the trainer does now: `fitting linear rbf, 18 examples`."""

    doing: str


class Fitted(msgspec.Struct, frozen=True, tag="fitted"):
    """The fit has succeeded. `took_s`: how long the fit itself took, in seconds."""

    mapping: FittedMapping
    took_s: float


class Evaluated(msgspec.Struct, frozen=True, tag="evaluated"):
    """The evaluation has succeeded. `took_s`: how long it took, in seconds."""

    evaluation: Evaluation
    took_s: float


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The fit has failed. `why`: a sentence for people. `accident`: as far as is known, the job was not the reason."""

    why: str
    accident: bool = False


Job: TypeAlias = FitJob | EvaluationJob
Answer: TypeAlias = Ready | Progress | Fitted | Evaluated | Failed


def run_trainer(endpoint: str) -> int:
    """Receives one job from a conductor's endpoint, does it, sends the answer, and returns an exit code.

    Returns:
        0 when the answer was Fitted or Evaluated, 1 when it was Failed or no job came within `JOB_TIMEOUT_S`.
    """
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    _exit_with_parent()
    forbid_programs()
    encoder = msgspec.msgpack.Encoder()
    with zmq.Context() as context, context.socket(zmq.PAIR) as connection:
        connection.set(zmq.LINGER, 2000)
        connection.connect(endpoint)
        connection.send(encoder.encode(Ready()))
        if not connection.poll(round(JOB_TIMEOUT_S * 1000)):
            connection.set(zmq.LINGER, 0)
            return 1
        answer = _answer_message(
            connection.recv(), lambda doing: connection.send(encoder.encode(Progress(doing)), zmq.NOBLOCK)
        )
        connection.send(encoder.encode(answer))
    return 1 if isinstance(answer, Failed) else 0


def _answer_message(message: bytes, report: Report) -> Fitted | Evaluated | Failed:
    try:
        job = msgspec.msgpack.decode(message, type=Job)
        begin_s = time.monotonic()
        if isinstance(job, EvaluationJob):
            evaluation = evaluate(job, report)
            return Evaluated(evaluation, time.monotonic() - begin_s)
        mapping = fit(job, report)
        return Fitted(mapping, time.monotonic() - begin_s)
    except GestureSynthError as error:
        return Failed(str(error))
    except Exception as error:  # noqa: BLE001 - the conductor must get an answer to any error
        traceback.print_exc()
        return Failed(f"the fit failed with an error that should not happen: {type(error).__name__}: {error}")


def _exit_with_parent() -> None:
    """Ends this process when its parent has ended, also in the middle of a fit.

    A thread checks for it; a fit may spend half a minute in native code, where nothing else could check.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, name="exit-with-parent", daemon=True).start()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m gesturesynth.pipeline.trainer ENDPOINT (the conductor starts it)")
    sys.exit(run_trainer(sys.argv[1]))
