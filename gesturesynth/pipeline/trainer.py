"""The short-lived process that fits one model and leaves, and the conductor's hand on it.

    conductor (TrainingJob)                        trainer (run_trainer)
        binds a socket, starts the process  -->
                                            <--    Ready
        FitJob                              -->
                                            <--    Progress, Progress, ...
                                            <--    Fitted or Failed, and leaves

A fit takes all the processor it gets and imports a large library; in a process of its own, and niced, it cannot make
sound or mapping stumble, and when it crashes nothing else does. Messages are MessagePack: arrays, numbers and texts.
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
from gesturesynth.mapping.learning.fit import FitJob, Report, fit
from gesturesynth.mapping.learning.predictors import FittedMapping

NICENESS: Final = 10
PATIENCE_S: Final = 10.0
"""A trainer that has got no job by then leaves."""


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The trainer has connected and waits for its job."""


class Progress(msgspec.Struct, frozen=True, tag="progress"):
    """What the trainer does now, in a few words: `fitting linear rbf, 18 examples`."""

    doing: str


class Fitted(msgspec.Struct, frozen=True, tag="fitted"):
    """It worked. `took_s`: how long the fit itself took."""

    mapping: FittedMapping
    took_s: float


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """It did not; why is a sentence for people. `accident`: nothing was wrong with the job, as far as we know."""

    why: str
    accident: bool = False


Answer: TypeAlias = Ready | Progress | Fitted | Failed


# ---------------------------------------------------------------------------------------------------------- the trainer
def run_trainer(endpoint: str) -> int:
    """Fetches one job from a conductor's endpoint, fits it, answers, and returns an exit code.

    Returns:
        0 when the answer was Fitted, 1 when it was Failed or no job came within `PATIENCE_S`.
    """
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    _leave_with_parent()
    forbid_programs()
    encoder = msgspec.msgpack.Encoder()
    with zmq.Context() as context, context.socket(zmq.PAIR) as connection:
        connection.set(zmq.LINGER, 2000)
        connection.connect(endpoint)
        connection.send(encoder.encode(Ready()))
        if not connection.poll(round(PATIENCE_S * 1000)):
            connection.set(zmq.LINGER, 0)
            return 1
        answer = _work(connection.recv(), lambda doing: connection.send(encoder.encode(Progress(doing)), zmq.NOBLOCK))
        connection.send(encoder.encode(answer))
    return 0 if isinstance(answer, Fitted) else 1


def _work(message: bytes, report: Report) -> Fitted | Failed:
    try:
        job = msgspec.msgpack.decode(message, type=FitJob)
        begin_s = time.monotonic()
        mapping = fit(job, report)
        return Fitted(mapping, time.monotonic() - begin_s)
    except GestureSynthError as error:
        return Failed(str(error))
    except Exception as error:  # noqa: BLE001 - whatever a library raises, the conductor must hear of it
        traceback.print_exc()
        return Failed(f"the fit failed with an error that should not happen: {type(error).__name__}: {error}")


def _leave_with_parent() -> None:
    """Ends this process when the one that started it is gone, in the middle of a fit if need be.

    The thread only sleeps and looks; a fit may spend half a minute in native code, where nothing else could look.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, name="leave-with-parent", daemon=True).start()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m gesturesynth.pipeline.trainer ENDPOINT (the conductor starts it)")
    sys.exit(run_trainer(sys.argv[1]))
