"""Keeps the preset that plays up to date with its files, and never replaces it by one that is broken.

file saved or text edited --> read and check (worker) --> fit (trainer) --> the new version takes over, crossfaded
                      |                        |
                      +---- on an error -------+--> PresetEvent with a sentence; the former one plays on
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

import zmq

from gesturesynth.conductor.background_reader import BackgroundReader, result_of
from gesturesynth.conductor.last_known_good import PendingPreset
from gesturesynth.conductor.preset_events import PresetEvent
from gesturesynth.conductor.preset_progress import PlayedText, PreviousPreset, Training, continued_note
from gesturesynth.config.preset.model import Preset
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.mapping.learning.evaluation import EvaluationJob
from gesturesynth.mapping.learning.job import FitJob
from gesturesynth.mapping.learning.kept_models import with_kept_models
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.pipeline.example_library import Taught
from gesturesynth.pipeline.preset_reader import LoadedPreset, OwnExamples, Stamp, stamp_of
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.pipeline.trainer import Failed, Fitted, Progress
from gesturesynth.pipeline.training_client import TrainingJob

CHECK_S: Final = 0.5
"""How often the files of the preset are checked for changes."""
RETRY_S: Final = 5.0
MAX_RETRY_S: Final = 300.0
"""After an accident (the trainer was killed, say) a fit is tried again, each time twice as late, up to this."""


class PresetManager:
    """Reads, fits and swaps presets. No method blocks.

    Attributes:
        piece: what plays now.
        model: description of the model in use; empty before the first fit.
        preset_error, model_error: what is wrong with the files now; empty when nothing is.
        model_note: what the examples do not teach, though they can be learnt from; may be empty.
        last_good: the preset that was taken over last with a model of its own; None before the first.
        mapping, fitted: the model in use, and what it was fitted to; None before the first.
        model_takes: by output, the takes that the model in use was fitted to.
        kept_outputs: outputs that keep their model when another one is fitted for the same preset.

    Args:
        first: the preset that plays first.
        context: for the trainer's sockets.
        predict_s: how far the body is carried forward in presets that do not say it.
        worker: the thread that reads files.
        own_examples: gives what was taught for a preset.
        pending: the requested preset that `first` replaces: when its files change, it is tried again.
    """

    def __init__(
        self,
        first: Preset,
        context: zmq.Context[zmq.Socket[bytes]],
        predict_s: float,
        worker: Executor | None = None,
        own_examples: OwnExamples = lambda _: Taught(),
        *,
        pending: PendingPreset | None = None,
    ) -> None:
        self.piece = RunningPreset(first, predict_s)
        self.last_good: Preset | None = None
        self.model = self.model_error = self.model_note = ""
        self.preset_error = pending.reason if pending else ""
        self._pending = pending
        self.model_takes: Mapping[str, frozenset[int]] = {}
        self.kept_outputs: frozenset[str] = frozenset()
        self.mapping: FittedMapping | None = None
        self._context, self._predict_s = context, predict_s
        self._files = (first.path, first.examples_path)
        self._reader = BackgroundReader(worker or ThreadPoolExecutor(1, "preset-reader"), own_examples)
        self._training: Training | None = None
        self._edit: PlayedText | None = None
        self.fitted: FitJob | None = None
        self._model_has_own_examples = self._model_may_stay = False
        self._fit_requested = False  # and has not begun yet
        self._previous: PreviousPreset | None = None
        self._stamp: Stamp | None = None  # of the files as read
        self._check_due_s, self._retry_s, self._retry_pause_s = 0.0, math.inf, RETRY_S

    @property
    def reading(self) -> bool:
        """Whether the files are being read."""
        return self._reader.reading

    @property
    def training(self) -> bool:
        """Whether a fit is under way."""
        return self._training is not None

    @property
    def changing(self) -> bool:
        """Whether another preset was requested, and neither plays yet nor was refused."""
        return self._previous is not None

    @property
    def stands_in(self) -> bool:
        """Whether another preset plays because the requested one cannot be used."""
        return self._pending is not None

    @property
    def requested_path(self) -> Path:
        """The file of the preset that plays, or of the one that it replaces."""
        return self._pending.files[0] if self._pending else (self._previous.files if self._previous else self._files)[0]

    def fit(self) -> None:
        """Fits the model again, whether or not anything has changed; `poll` returns the result."""
        self._fit_requested = True
        self.request_reload()

    def cancel_fit(self) -> None:
        """Cancels the requested fit, and a change of preset whose first fit it is; `poll` returns nothing of it."""
        reading = self._reader.fit_requested
        training = self._training is not None and self._training.requested
        self._fit_requested = False
        if reading:
            self._reader.abandon()
        if training:
            self._end_training()
        if self._previous and (reading or training):
            self._restore_previous(self._previous)

    def change(self, path: Path) -> None:
        """Plays another preset as soon as its model is fitted; if it cannot be used, the present one plays on."""
        # A fit of the present files that is under way is abandoned: they have to be read again if the change fails.
        busy = self._fit_requested or self._reader.reading or self._training
        stamp = None if busy else self._stamp
        self._previous = self._previous or PreviousPreset(
            self._files, stamp, self.preset_error, self.model_error, self.model_note
        )
        self._files = (path, path.with_suffix(".csv"))
        self._abandon_reading()

    def cancel_change(self) -> None:
        """Cancels a change of preset that is under way; `poll` returns nothing of it."""
        if self._previous is None:
            return
        training = self._end_training()
        self._fit_requested |= self._reader.fit_requested or bool(training and training.requested)
        self._reader.abandon()
        self._restore_previous(self._previous)

    @property
    def edited(self) -> bool:
        """Whether an edited text plays, or will, instead of the file."""
        return self._edit is not None

    def play_text(self, path: Path, text: str | None) -> None:
        """Plays a text instead of the file of the preset that plays; None: the file again. Another preset plays on."""
        self._edit = PlayedText(path, text) if text is not None and self.requested_path == path else None
        self._model_may_stay = True  # if only the text has changed
        self._abandon_reading()

    def move_file(self, old: Path, new: Path) -> None:
        """The preset was kept as `new`, which is its file from now on; `old` may be the same."""
        files = (new, new.with_suffix(".csv"))
        if self._previous:
            self._previous = dataclasses.replace(self._previous, files=files, stamp=None)
        elif self._files[0] == old:
            self._files = files
        self.play_text(new, None)

    def request_reload(self) -> None:
        """Reads the files at the next poll, changed or not."""
        self._stamp, self._check_due_s = None, 0.0

    def _abandon_reading(self) -> None:
        """Reads the files from the beginning, at the next poll."""
        self._fit_requested |= self._reader.fit_requested
        self._reader.abandon()
        self.request_reload()

    def begin_evaluation(self, job: EvaluationJob) -> TrainingJob:
        """Starts an evaluation in a process of its own; raises as `TrainingJob` does."""
        return TrainingJob(self._context, job)

    def poll(self, now_s: float) -> PresetEvent | None:
        """Continues reading, fitting and swapping; returns the newest event, if any."""
        if now_s >= self._retry_s:
            self._retry_s = math.inf
            self.request_reload()
        if now_s >= self._check_due_s:
            self._check_files(now_s)
        if completed := self._reader.completed():
            future, requested = completed
            return self._handle_reading(future, now_s, requested=requested)
        return self._poll_training(self._training, now_s) if self._training else None

    def close(self) -> None:
        """Ends reading and training."""
        self._end_training()
        self._reader.close()

    def _check_files(self, now_s: float) -> None:
        """Begins to read the files, if they have changed and nothing is being read."""
        self._check_due_s = now_s + CHECK_S
        self._try_pending()
        stamp = stamp_of(*self._files)
        # One reading at a time, also when many are requested and abandoned at once.
        if self._reader.abandoned:
            self._check_due_s = now_s
        elif stamp != self._stamp and not self._reader.reading:
            self._stamp = stamp
            text = self._edit.text if self._edit and self._edit.path == self._files[0] else None
            self._reader.start(self._files[0], fit_requested=self._fit_requested, text=text)
            self._fit_requested = False

    def _handle_reading(self, future: Future[LoadedPreset], now_s: float, *, requested: bool) -> PresetEvent | None:
        loaded = result_of(future)
        if isinstance(loaded, str):
            return self._refuse_preset(loaded, requested=requested)
        changes = self._previous is not None
        model_may_stay, self._model_may_stay = self._model_may_stay and not changes, False
        self.preset_error = self._pending.reason if self._pending and not changes else ""
        self.model_error = loaded.error
        self.model_note = loaded.note
        self._retry_s = math.inf
        former_fit = self._end_training()
        requested = requested or (former_fit is not None and former_fit.requested)
        same = loaded.preset == self.piece.preset
        piece = self.piece if same else RunningPreset(loaded.preset, self._predict_s)
        if not same or not self.model:
            piece.idle_outputs = loaded.idle
        # Own examples that cannot be read now may be in the model that plays: no factory example replaces them.
        lost = loaded.job is None or (loaded.own_examples_lost and self._model_has_own_examples)
        if self.model and not changes and lost:
            reason = f"{loaded.error.rstrip('.')}. What was there before plays on."
            return PresetEvent.fit_failure("examples refused", reason, requested=requested)
        if loaded.job is None:
            self._switch_to(piece, now_s)
            self._pending = None if changes else self._pending
            self.model, self._model_has_own_examples, self._previous = "", False, None
            self.mapping, self.model_takes, self.fitted = None, {}, None
            return PresetEvent.fit_failure("examples refused", loaded.error, requested=requested, changes=changes)
        if model_may_stay and not requested and self.mapping and loaded.job == self.fitted:
            return self._continue_with_model(piece, now_s)
        try:
            job = TrainingJob(self._context, loaded.job)
        except GestureSynthError as error:
            event = PresetEvent.fit_failure("fit failed", str(error), requested=requested, changes=changes)
            return self._handle_failed_fit(event, now_s, accident=not isinstance(error, UserError))
        self._training = Training(job, piece, loaded.has_own_examples, requested, changes, loaded.takes, loaded.job)
        problem = PresetEvent("examples refused", loaded.error, failed=True) if loaded.error else None
        return problem or (PresetEvent("examples missing", loaded.note) if loaded.note else None)

    def _continue_with_model(self, piece: RunningPreset, now_s: float) -> PresetEvent | None:
        """An edit that a fit would not notice: it is heard at once, with the model that there is."""
        assert self.mapping
        self.model_note = continued_note(self.model_note, self.mapping)
        if piece is self.piece:
            return None
        self._switch_to(piece, now_s)
        piece.take_over(self.mapping, now_s)
        self.last_good = piece.preset
        return PresetEvent("preset edited", fields={"preset": piece.preset.name})

    def _refuse_preset(self, reason: str, *, requested: bool) -> PresetEvent:
        text = f"the preset cannot be used; the one before it plays on:\n{reason}"
        event = PresetEvent.fit_failure("preset refused", text, requested=requested)
        if self._previous:
            self._restore_previous(self._previous)
            return dataclasses.replace(event, change=False)
        self.preset_error = reason
        return event

    def _poll_training(self, training: Training, now_s: float) -> PresetEvent | None:
        answer = training.job.poll()
        if answer is None or isinstance(answer, Progress):
            return None
        self._training = None
        piece, requested, changes = training.piece, training.requested, training.changes
        if isinstance(answer, Failed):
            event = PresetEvent.fit_failure("fit failed", answer.why, requested=requested, changes=changes)
            return self._handle_failed_fit(event, now_s, accident=answer.accident)
        assert isinstance(answer, Fitted)
        mapping, takes = answer.mapping, dict(training.takes)
        if piece is self.piece and self.mapping:
            mapping = with_kept_models(mapping, self.mapping, self.kept_outputs)
            takes |= {name: self.model_takes.get(name, frozenset()) for name in self.kept_outputs}
        self._switch_to(piece, now_s)
        piece.take_over(mapping, now_s)
        self.mapping, self.model_takes, self.fitted = mapping, takes, training.sent
        self.model, self._model_has_own_examples = answer.mapping.describe(), training.has_own_examples
        if changes:
            self._previous = self._pending = None
        self.model_note = continued_note(self.model_note, answer.mapping)
        self.last_good = piece.preset
        self._retry_pause_s = RETRY_S
        return PresetEvent(
            "preset changed" if changes else "model fitted",
            fit=True if requested else None,
            change=True if changes else None,
            fields={"preset": piece.preset.name, "model": self.model, "fit_s": round(answer.took_s, 3)},
        )

    def _handle_failed_fit(self, event: PresetEvent, now_s: float, *, accident: bool) -> PresetEvent:
        if event.change and self._previous:
            self._restore_previous(self._previous)
            return dataclasses.replace(event, change=False)
        self.model_error = event.message
        if accident:
            self._retry_s = now_s + self._retry_pause_s
            self._retry_pause_s = min(2.0 * self._retry_pause_s, MAX_RETRY_S)
        return event

    def _try_pending(self) -> None:
        """Reads the preset requested at the start, which could not be used, when its files have changed."""
        if self._pending is None or self._previous or stamp_of(*self._pending.files) == self._pending.stamp:
            return
        self._files, self._pending = self._pending.files, None
        self._fit_requested |= self._reader.fit_requested
        self._reader.abandon()
        self._stamp = None

    def _end_training(self) -> Training | None:
        """Cancels the fit that is under way, and returns it."""
        training, self._training = self._training, None
        if training:
            training.job.cancel()
        return training

    def _restore_previous(self, previous: PreviousPreset) -> None:
        """The requested preset is not played. The files of what plays are read only if they have changed since."""
        self._previous = None
        self._files = previous.files
        self._stamp = None if self._fit_requested else previous.stamp
        self.preset_error, self.model_error = previous.preset_error, previous.model_error
        self.model_note = previous.model_note

    def _switch_to(self, piece: RunningPreset, now_s: float) -> None:
        if piece is self.piece:
            return
        self.piece.process_pose(None, now_s)
        piece.continue_from(self.piece, now_s)
        self.piece = piece
        if self._edit and self._edit.path != piece.preset.path:
            self._edit = None  # another preset plays
