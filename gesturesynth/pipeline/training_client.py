"""The conductor's side of a fit or an evaluation: `TrainingJob` starts the trainer, sends the job, receives the result.

`trainer` has the messages and shows their order.
"""

from __future__ import annotations

import contextlib
import secrets
import subprocess
import time
from collections.abc import Sequence
from typing import Final, TypeAlias

import msgspec
import zmq

from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.core.search_paths import child_environment, python_command
from gesturesynth.pipeline.trainer import Answer, Evaluated, Failed, Fitted, Job, Progress, Ready

Context: TypeAlias = "zmq.Context[zmq.Socket[bytes]]"

RESULT_TIMEOUT_S: Final = 1.0
"""How long after the trainer's end its last message may still arrive."""

START_LIMIT_S: Final = 60.0
"""A trainer that has not begun its fit by then has hung: it is ended, and the fit has failed."""


SOCKET_PREFIX: Final = "fit-"
"""Of the socket of each fit, in the conductor's runtime folder."""


def remove_left_sockets() -> None:
    """Removes the sockets of fits that were running when the conductor before this one was killed."""
    folder = paths.socket_path("conductor", SOCKET_PREFIX).parent
    for file in folder.glob(f"{SOCKET_PREFIX}*"):
        with contextlib.suppress(OSError):
            file.unlink()


class TrainingJob:
    """One fit or evaluation in a process of its own. Never blocks, but for the milliseconds of starting or ending one.

    Args:
        context: of the conductor's sockets.
        job: what to fit or to evaluate.
        command: how to start a trainer; the endpoint is added at its end.

    Raises:
        GestureSynthError: the process cannot be started.
        UserError: the runtime folder is too long for a socket.
    """

    def __init__(self, context: Context, job: Job, command: Sequence[str] | None = None) -> None:
        self._message = msgspec.msgpack.encode(job)
        self._decoder: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)
        self._result: Fitted | Evaluated | Failed | None = None
        self._finished = False
        self._begun = False
        self._started_s = time.monotonic()
        self._ended_s: float | None = None
        self._file = paths.socket_path("conductor", f"{SOCKET_PREFIX}{secrets.token_hex(3)}")
        paths.private_folder(self._file.parent)
        self._socket = context.socket(zmq.PAIR)
        self._socket.set(zmq.LINGER, 0)
        self._socket.bind(f"ipc://{self._file}")
        # One thread of linear algebra from the start: the libraries make their threads when they are imported.
        environment = child_environment({f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")})
        module = python_command("-m", "gesturesynth.pipeline.trainer")
        try:
            self._process = subprocess.Popen(
                [*(command or module), f"ipc://{self._file}"],
                stdin=subprocess.DEVNULL,
                env=environment,
                process_group=0,  # Ctrl-C in a terminal is the conductor's; it ends its trainer itself
            )
        except OSError as error:
            self._close_socket()
            raise GestureSynthError(f"the trainer cannot be started: {error}") from error

    @property
    def pid(self) -> int:
        """Of the trainer's process."""
        return self._process.pid

    def poll(self) -> Progress | Fitted | Evaluated | Failed | None:
        """The newest progress since the last call, or at the end, once, the result; None otherwise."""
        if self._finished:
            return None
        newest = self._receive()
        if self._result is None:
            self._check_exit()
        if self._result is None:
            return newest
        # The result is here; the process would only hold its memory.
        self._process.kill()
        if self._process.poll() is None:
            return newest
        self._finished = True
        self._close_socket()
        return self._result

    def cancel(self) -> None:
        """Ends the trainer; `poll` returns None from then on. Does nothing when the job has ended."""
        if self._finished:
            return
        self._finished = True
        self._process.kill()
        self._process.wait()
        self._close_socket()

    def _receive(self) -> Progress | None:
        newest: Progress | None = None
        while self._result is None:
            try:
                answer = self._decoder.decode(self._socket.recv(zmq.NOBLOCK))
            except zmq.Again:
                break
            except (msgspec.MsgspecError, ValueError) as error:
                self._result = Failed(f"the trainer's answer cannot be read: {error}")
                break
            if isinstance(answer, Ready):
                # It may have ended since; `_check_exit` finds that.
                with contextlib.suppress(zmq.Again):
                    self._socket.send(self._message, zmq.NOBLOCK)
            elif isinstance(answer, Progress):
                newest, self._begun = answer, True
            else:
                self._result = answer
        return newest

    def _check_exit(self) -> None:
        """An end of the process without a result is a failure; a result may still arrive for `RESULT_TIMEOUT_S`."""
        now_s = time.monotonic()
        code = self._process.poll()
        if code is None:
            if not self._begun and now_s - self._started_s > START_LIMIT_S:
                self._result = Failed(
                    f"the trainer has not begun within {START_LIMIT_S:g} s: the model in use plays on", accident=True
                )
            return
        self._ended_s = self._ended_s or now_s
        if now_s - self._ended_s < (RESULT_TIMEOUT_S if code >= 0 else 0.0):
            return
        how = f"it was ended by signal {-code}" if code < 0 else f"exit code {code}"
        self._result = Failed(
            f"the trainer ended before it had an answer ({how}): the model in use plays on, train again", accident=True
        )

    def _close_socket(self) -> None:
        self._socket.close()
        self._file.unlink(missing_ok=True)
