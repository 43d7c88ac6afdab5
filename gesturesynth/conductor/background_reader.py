"""Reads presets in the worker thread, one at a time; a reading that is no longer wanted can be abandoned."""

from __future__ import annotations

import traceback
from concurrent.futures import Executor, Future
from pathlib import Path
from threading import Event

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.pipeline.preset_reader import LoadedPreset, OwnExamples, read_preset


class BackgroundReader:
    """At most one reading is under way, besides one that was abandoned and has not ended yet.

    Args:
        worker: the thread that reads.
        own_examples: see `read_preset`.
    """

    def __init__(self, worker: Executor, own_examples: OwnExamples) -> None:
        self._worker = worker
        self._own_examples = own_examples
        self._future: Future[LoadedPreset] | None = None
        self._fit_requested = False
        self._abandoned: Future[LoadedPreset] | None = None  # it may still be in the worker's queue
        self._abandon = Event()

    @property
    def reading(self) -> bool:
        """Whether a reading is under way whose result is wanted."""
        return self._future is not None

    @property
    def fit_requested(self) -> bool:
        """Whether a command waits for the fit that follows this reading."""
        return self._future is not None and self._fit_requested

    @property
    def abandoned(self) -> bool:
        """Whether an abandoned reading has not ended yet; `start` must wait for it."""
        return self._abandoned is not None and not self._abandoned.done()

    def start(self, path: Path, *, fit_requested: bool, text: str | None = None) -> None:
        """Begins to read a preset, or `text` instead of its file."""
        self._abandoned, self._abandon = None, Event()
        self._future = self._worker.submit(_read_unless_abandoned, self._abandon, path, self._own_examples, text)
        self._fit_requested = fit_requested

    def completed(self) -> tuple[Future[LoadedPreset], bool] | None:
        """The reading that has ended, once, and whether a command waits for its fit; None while there is none."""
        if self._future is None or not self._future.done():
            return None
        future, self._future = self._future, None
        return future, self._fit_requested

    def abandon(self) -> None:
        """Drops the reading that is under way, if any: its result will not be reported."""
        if self._future:
            self._abandoned, self._future = self._future, None
            self._abandon.set()

    def close(self) -> None:
        """Ends the worker, after a reading that has begun."""
        self._worker.shutdown(wait=True, cancel_futures=True)


def result_of(future: Future[LoadedPreset]) -> LoadedPreset | str:
    """What was read by a reading that has ended; or the reason why it cannot be used, a sentence."""
    try:
        return future.result()
    except GestureSynthError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - no error of a library may stop what plays
        traceback.print_exc()
        return f"reading it failed in a way that should not happen: {type(error).__name__}: {error}"


def _read_unless_abandoned(abandon: Event, path: Path, own_examples: OwnExamples, text: str | None) -> LoadedPreset:
    """Reads a preset, unless the reading was abandoned while it waited for its turn."""
    if abandon.is_set():
        raise GestureSynthError("the reading was abandoned")
    return read_preset(path, own_examples, text)
