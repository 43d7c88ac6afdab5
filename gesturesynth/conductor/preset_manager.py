"""What is played: it keeps the running piece up to date with its files, and never takes it away for something broken.

file saved --> read and check (a thread) --> fit (the trainer) --> the new piece takes over, crossfaded
                      |                        |
                      +--- what is wrong ------+--> said; the former piece plays on
"""

from __future__ import annotations

import dataclasses
import math
import traceback
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Final

import zmq

from gesturesynth.conductor.last_known_good import PendingPreset
from gesturesynth.config.preset.model import Preset
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.pipeline.preset_reader import LoadedPreset, OwnExamples, Stamp, read, stamp_of
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.pipeline.trainer import Failed, Fitted, Progress, TrainingJob

LOOK_S: Final = 0.5
"""How often the preset's files are looked at."""

RETRY_S: Final = 5.0
LONGEST_RETRY_S: Final = 300.0
"""After an accident (the trainer was killed, say) a fit is tried again, since nobody may be there to ask for it; each
time twice as late as the time before, up to this."""


@dataclass(frozen=True)
class PresetEvent:
    """Something a person should hear of. `bad` when what they wanted could not be done.

    Attributes:
        fit: whether the fit that was asked for went well; None when none is over, or it was not asked for.
        change: whether another preset plays now; None when none was asked for.
    """

    message: str
    failed: bool = False
    fit: bool | None = None
    change: bool | None = None
    facts: dict[str, str | float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Training:
    """A fit that is under way. `asked`: somebody waits for it. `changes`: it is the first of a preset asked for."""

    job: TrainingJob
    piece: RunningPreset
    taught: bool
    requested: bool
    changes: bool


@dataclass(frozen=True)
class _PreviousPreset:
    """What played before a change that is under way: its files as they were read, and what was wrong with them."""

    files: tuple[Path, Path]
    stamp: Stamp | None
    preset_error: str
    model_error: str
    model_note: str


def _over(text: str, *, ok: bool, requested: bool, changes: bool = False) -> PresetEvent:
    """A fit, or what was to become one, is over; with it a change of preset, if it was for one."""
    return PresetEvent(text, failed=not ok, fit=ok if requested else None, change=True if changes else None)


def _read_if_wanted(given_up: Event, path: Path, own: OwnExamples) -> LoadedPreset:
    """Reads a preset, unless the reading was given up while it waited for its turn."""
    if given_up.is_set():
        raise GestureSynthError("the reading was given up")
    return read(path, own)


class PresetManager:
    """Keeps a piece playing. Nothing here blocks.

    Attributes:
        piece: what plays now.
        model: the running model in words; empty before the first fit.
        preset_error, model_error: what is wrong with the files now; empty when nothing is.
        model_note: what the examples do not teach, though they can be learnt from; may be empty.
        training: whether a fit is under way.
        good: what was taken over last with a model of its own; None before the first.

    Args:
        first: what plays first.
        context: for the trainer's sockets.
        volume_db: on top of the presets' own.
        worker: reads files.
        own: what was taught for a preset.
        awaited: what `first` stands in for: when its files change, it is tried again.
    """

    def __init__(
        self,
        first: Preset,
        context: zmq.Context[zmq.Socket[bytes]],
        volume_db: float,
        worker: Executor | None = None,
        own: OwnExamples = lambda _: None,
        *,
        awaited: PendingPreset | None = None,
    ) -> None:
        self.piece = RunningPreset(first, volume_db)
        self.last_good: Preset | None = None
        self.model = ""
        self.preset_error = awaited.why if awaited else ""
        self._pending = awaited
        self.model_error = ""
        self.model_note = ""
        self._context = context
        self._volume_db = volume_db
        self._files = (first.path, first.examples_path)
        self._own = own
        self._reader = worker or ThreadPoolExecutor(1, "preset-reader")
        self._reading: tuple[Future[LoadedPreset], bool] | None = None  # and whether somebody waits for its fit
        self._unread: Future[LoadedPreset] | None = (
            None  # one that was given up, and may still be in the worker's queue
        )
        self._given_up = Event()
        self._training: _Training | None = None
        self._taught = False  # whether the running model knows what somebody has taught
        self._asked = False  # for a fit that has not begun yet
        self._previous: _PreviousPreset | None = None
        self._stamp: Stamp | None = None
        self._look_s = 0.0
        self._retry_s = math.inf
        self._pause_s = RETRY_S

    @property
    def training(self) -> bool:
        """Whether a fit is under way."""
        return self._training is not None

    @property
    def changing(self) -> bool:
        """Whether another preset was asked for, and neither plays yet nor was given up."""
        return self._previous is not None

    @property
    def requested_path(self) -> Path:
        """The file of the preset that plays, or of the one that it stands in for."""
        return self._pending.files[0] if self._pending else (self._previous.files if self._previous else self._files)[0]

    def fit(self) -> None:
        """Fits anew, whatever has changed; the end comes as news."""
        self._asked = True
        self.request_reload()

    def cancel_fit(self) -> None:
        """Forgets the fit that was asked for, and a change of preset that has become one with it; no news will come."""
        reading = self._reading is not None and self._reading[1]
        training = self._training is not None and self._training.requested
        self._asked = False
        if reading:
            self._give_up_reading()
        if training:
            self._end_training()
        if self._previous and (reading or training):
            self._go_back(self._previous)

    def change(self, path: Path) -> None:
        """Plays another preset as soon as its model is fitted; if it cannot be used, what plays plays on."""
        busy = self._asked or self._reading or self._training  # with the files as they were: to be done again, then
        stamp = None if busy else self._stamp
        self._previous = self._previous or _PreviousPreset(
            self._files, stamp, self.preset_error, self.model_error, self.model_note
        )
        self._asked |= self._reading is not None and self._reading[1]
        self._files = (path, path.with_suffix(".csv"))
        self._give_up_reading()
        self.request_reload()

    def cancel_change(self) -> None:
        """Calls off a change of preset that is under way; no news of it will come."""
        if self._previous is None:
            return
        training = self._end_training()
        self._asked |= bool((self._reading and self._reading[1]) or (training and training.requested))
        self._give_up_reading()
        self._go_back(self._previous)

    def request_reload(self) -> None:
        """Reads the files at the next poll, changed or not."""
        self._stamp, self._look_s = None, 0.0

    def poll(self, now_s: float) -> PresetEvent | None:
        """Moves on with whatever is under way; the newest thing worth saying, if any."""
        if now_s >= self._retry_s:
            self._retry_s = math.inf
            self.request_reload()
        if now_s >= self._look_s:
            self._look_s = now_s + LOOK_S
            self._try_pending()
            stamp = stamp_of(*self._files)
            # One reading at a time, also when many are asked for and given up at once.
            going_on = self._unread is not None and not self._unread.done()
            if going_on:
                self._look_s = now_s
            if stamp != self._stamp and self._reading is None and not going_on:
                self._stamp, self._unread = stamp, None
                self._given_up = Event()
                self._reading = (
                    self._reader.submit(_read_if_wanted, self._given_up, self._files[0], self._own),
                    self._asked,
                )
                self._asked = False
        if self._reading and self._reading[0].done():
            (reading, requested), self._reading = self._reading, None
            return self._read_done(reading, now_s, requested=requested)
        if self._training:
            return self._training_step(self._training, now_s)
        return None

    def close(self) -> None:
        """Ends whatever is under way."""
        self._end_training()
        self._reader.shutdown(wait=True, cancel_futures=True)

    def _read_done(self, future: Future[LoadedPreset], now_s: float, *, requested: bool) -> PresetEvent | None:
        try:
            reading = future.result()
        except GestureSynthError as error:
            return self._not_read(str(error), requested=requested)
        except Exception as error:  # noqa: BLE001 - whatever a file made a library raise, what plays plays on
            traceback.print_exc()
            what = f"reading it failed in a way that should not happen: {type(error).__name__}: {error}"
            return self._not_read(what, requested=requested)
        changes = self._previous is not None
        self.preset_error = self._pending.why if self._pending and not changes else ""
        self.model_error = reading.trouble
        self.model_note = reading.note
        self._retry_s = math.inf
        former_fit = self._end_training()
        requested = requested or (former_fit is not None and former_fit.requested)
        same = reading.preset == self.piece.preset
        piece = self.piece if same else RunningPreset(reading.preset, self._volume_db)
        # What was taught and cannot be read now may be what plays: no factory example takes its place.
        if self.model and not changes and (reading.job is None or (reading.lost and self._taught)):
            return _over(
                f"{reading.trouble.rstrip('.')}. What was there before plays on.", ok=False, requested=requested
            )
        if reading.job is None:
            self._switch_to(piece, now_s)
            self._pending = None if changes else self._pending
            self.model, self._taught, self._previous = "", False, None
            return _over(reading.trouble, ok=False, requested=requested, changes=changes)
        try:
            job = TrainingJob(self._context, reading.job)
        except GestureSynthError as error:
            event = _over(str(error), ok=False, requested=requested, changes=changes)
            return self._not_fitted(event, now_s, accident=not isinstance(error, UserError))
        self._training = _Training(job, piece, reading.taught, requested, changes)
        return (
            PresetEvent(reading.trouble or reading.note, failed=bool(reading.trouble))
            if reading.trouble or reading.note
            else None
        )

    def _not_read(self, why: str, *, requested: bool) -> PresetEvent:
        event = _over(f"the preset cannot be used; the one before it plays on:\n{why}", ok=False, requested=requested)
        if self._previous:
            self._go_back(self._previous)
            return dataclasses.replace(event, change=False)
        self.preset_error = why
        return event

    def _training_step(self, training: _Training, now_s: float) -> PresetEvent | None:
        answer = training.job.poll()
        if answer is None or isinstance(answer, Progress):
            return None
        self._training = None
        event = _over("playing", ok=True, requested=training.requested, changes=training.changes)
        if isinstance(answer, Failed):
            event = dataclasses.replace(
                event, message=answer.why, failed=True, fit=False if training.requested else None
            )
            return self._not_fitted(event, now_s, accident=answer.accident)
        assert isinstance(answer, Fitted)
        self._switch_to(training.piece, now_s)
        training.piece.take_over(answer.mapping, now_s)
        self.model, self._taught = answer.mapping.describe(), training.taught
        if training.changes:
            self._previous = self._pending = None
        self.last_good = training.piece.preset
        self._pause_s = RETRY_S
        facts: dict[str, str | float] = {"preset": training.piece.preset.name, "model": self.model}
        return dataclasses.replace(event, facts=facts | {"fit_s": round(answer.took_s, 3)})

    def _not_fitted(self, event: PresetEvent, now_s: float, *, accident: bool) -> PresetEvent:
        if event.change and self._previous:
            self._go_back(self._previous)
            return dataclasses.replace(event, change=False)
        self.model_error = event.message
        if accident:
            self._retry_s = now_s + self._pause_s
            self._pause_s = min(2.0 * self._pause_s, LONGEST_RETRY_S)
        return event

    def _try_pending(self) -> None:
        """What was asked for at the start, and could not be used, has changed: reads it instead of its stand-in."""
        if self._pending is None or self._previous or stamp_of(*self._pending.files) == self._pending.stamp:
            return
        self._files, self._pending = self._pending.files, None
        self._asked |= self._reading is not None and self._reading[1]
        self._give_up_reading()
        self._stamp = None

    def _give_up_reading(self) -> None:
        if self._reading:
            self._unread, self._reading = self._reading[0], None
            self._given_up.set()

    def _end_training(self) -> _Training | None:
        """What was under way."""
        training, self._training = self._training, None
        if training:
            training.job.cancel()
        return training

    def _go_back(self, former: _PreviousPreset) -> None:
        """What was asked for is not to be played. The files of what plays are read only if they have changed since."""
        self._previous = None
        self._files = former.files
        self._stamp = None if self._asked else former.stamp
        self.preset_error, self.model_error = former.preset_error, former.model_error
        self.model_note = former.model_note

    def _switch_to(self, piece: RunningPreset, now_s: float) -> None:
        if piece is self.piece:
            return
        self.piece.process_pose(None, now_s)
        piece.continue_from(self.piece, now_s)
        self.piece = piece
