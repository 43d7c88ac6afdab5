"""The newest frame of a source, and the source opened again after each failure.

A thread for each opening reads frames as fast as they come and keeps the newest; it decides nothing. The owner's loop
calls `newest`, which also checks the source by the age of its frames, not by what the driver reports. A read that hangs
cannot be stopped from outside, so its thread is left behind (it frees its device if the read ever returns) and another
one is started. When too many hang, no more are started and `recoverable` becomes false: only a new process helps.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Final, Self

from gesturesynth.core import log as logs
from gesturesynth.runtime.messages import SourceState
from gesturesynth.runtime.view_reading import NO_READING, ViewReading
from gesturesynth.tracking.backoff import LONGEST_PAUSE_S, Backoff
from gesturesynth.tracking.images import Image
from gesturesynth.tracking.streams import Opener, Stream, StreamEnded, StreamLost

OPENING_LIMIT_S: Final = 10.0
MOST_STUCK: Final = 3
"""When so many threads hang in a read at the same time, no other is started."""

CLOSE_WAIT_S: Final = 0.3
"""How long `close` waits for the reading thread to free its device; a frame and a half at 5 frames a second."""


@dataclass(frozen=True)
class Frame:
    """One frame.

    Attributes:
        image: BGR, uint8, (h, w, 3).
        capture_time_s: monotonic time, taken right after the read returned, seconds.
        number: counts all frames of this capture from 0, also those that were not fetched.
        opening: number of the opening of the source that it came from, from 1.
    """

    image: Image
    capture_time_s: float
    number: int
    opening: int


@dataclass(frozen=True)
class SourceReport:
    """The state of a source.

    Attributes:
        name: for people; that of the device once it was open.
        state: see `messages.SourceState`.
        detail: a sentence about what is wrong; empty while frames arrive.
        frame_age_s: age of the newest frame, seconds; infinite before the first.
        recoverable: frames arrive, or the source can be opened again in this process.
        view: what keeps a person from being seen well.
    """

    name: str
    state: SourceState
    detail: str
    frame_age_s: float
    recoverable: bool = True
    view: ViewReading = NO_READING


class Capture:
    """Keeps a source open, and its newest frame. A context manager.

    Args:
        name: of the source, for people, until it is open and has a name of its own.
        opener: opens it.
        longest_pause_s: longest pause between attempts to open it.
        announce: whether a source that cannot be opened is logged.
    """

    def __init__(
        self, name: str, opener: Opener, *, longest_pause_s: float = LONGEST_PAUSE_S, announce: bool = True
    ) -> None:
        self._name = name
        self._opener = opener
        self._announce = announce
        self._backoff = Backoff(longest_pause_s)
        self._changed = threading.Condition()
        self._reader: _Reader | None = None
        self._stuck: list[_Reader] = []
        self._openings = 0
        self._frame: Frame | None = None
        self._frames = 0
        self._newest_s = float("-inf")
        self._detail = ""
        self._logged = ""
        self._ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def newest(self, timeout_s: float) -> Frame | None:
        """The newest frame that was not fetched yet, waiting up to `timeout_s` for one; or None.

        Call it at least ten times a second: it also checks the source and opens it again.
        """
        until_s = time.monotonic() + timeout_s
        with self._changed:
            while True:
                now_s = time.monotonic()
                self._check(now_s)
                if self._frame or now_s >= until_s:
                    frame, self._frame = self._frame, None
                    return frame
                self._changed.wait(until_s - now_s)

    def check(self) -> None:
        """Checks the source and opens it again, as `newest` does, for an owner that needs no frames yet."""
        with self._changed:
            self._check(time.monotonic())

    def report(self) -> SourceReport:
        """The state of the source now."""
        with self._changed:
            now_s = time.monotonic()
            age_s = now_s - self._newest_s
            reader = self._reader
            if reader is None:
                unrecoverable = self._unrecoverable_reason()
                return SourceReport(self._name, "waiting", unrecoverable or self._detail, age_s, not unrecoverable)
            if not reader.frames:
                return SourceReport(self._name, "opening", self._detail, age_s)
            quiet_s = now_s - reader.newest_s
            if reader.stream and quiet_s > reader.stream.hang_after_s / 3.0:
                return SourceReport(self._name, "waiting", f"{self._name}: no frame for {quiet_s:.1f} s", age_s)
            return SourceReport(self._name, "live", "", age_s)

    def close(self) -> None:
        """Stops reading, within a third of a second even when the device hangs."""
        with self._changed:
            reader, self._reader, self._ended = self._reader, None, True
        if reader:
            reader.cancelled.set()
            reader.thread.join(CLOSE_WAIT_S)

    def deliver(self, reader: _Reader, image: Image, now_s: float) -> None:
        """Takes a frame from a reading thread; one that was left behind is ignored."""
        with self._changed:
            if reader is not self._reader:
                return
            if not reader.frames:
                reader.first_s = now_s
                if reader.stream:
                    self._name = reader.stream.name
                self._log_opened(image)
            reader.frames += 1
            reader.newest_s = self._newest_s = now_s
            self._frame = Frame(image, now_s, self._frames, reader.number)
            self._frames += 1
            self._changed.notify()

    def notify_ended(self) -> None:
        """Wakes the owner: a reading thread has ended."""
        with self._changed:
            self._changed.notify()

    def _check(self, now_s: float) -> None:
        reader = self._reader
        if reader is None:
            self._open_if_due(now_s)
        elif not reader.alive:
            self._ended = reader.at_end
            self._close_reader(reader, reader.reason or "reading failed", now_s)
        elif now_s - max(reader.begun_s, reader.newest_s) > reader.limit_s():
            reader.cancelled.set()
            self._stuck.append(reader)
            self._close_reader(reader, f"{self._name} hangs: no frame for {reader.limit_s():.0f} s", now_s)

    def _open_if_due(self, now_s: float) -> None:
        if self._ended or not self._backoff.due(now_s):
            return
        if self._unrecoverable_reason():
            return
        self._openings += 1
        self._reader = _Reader(self, self._opener, self._openings, now_s)
        self._reader.thread.start()

    def _unrecoverable_reason(self) -> str:
        """Why the source cannot be opened again in this process; empty when it can."""
        self._stuck = [reader for reader in self._stuck if reader.alive]
        if self._ended or len(self._stuck) < MOST_STUCK:
            return ""
        return f"{self._name} hangs in its driver, {MOST_STUCK} times over, and cannot be opened again in this process"

    def _close_reader(self, reader: _Reader, reason: str, now_s: float) -> None:
        streamed_s = reader.newest_s - reader.first_s if reader.frames else 0.0
        pause_s = self._backoff.record_failure(now_s, streamed_s)
        self._reader = None
        self._frame = None
        self._detail = reason if self._ended else f"{reason}; trying again"
        if self._announce and reason != self._logged:  # a camera may be missing for months
            self._logged = reason
            logger = logs.get()
            if self._ended:
                logger.info("source ended", source=self._name, reason=reason)
            else:
                logger.warning("source lost", source=self._name, reason=reason, retry_s=pause_s)

    def _log_opened(self, image: Image) -> None:
        self._logged = ""
        self._detail = ""
        self._announce = True
        height, width = image.shape[:2]
        logs.get().info("source opened", source=self._name, width=width, height=height)


class _Reader:
    """One opening of the source and the thread that reads it. Fields change under the capture's lock only."""

    def __init__(self, capture: Capture, opener: Opener, number: int, now_s: float) -> None:
        self.number = number
        self.begun_s = now_s
        self.first_s = self.newest_s = float("-inf")
        self.frames = 0
        self.stream: Stream | None = None
        self.reason = ""
        self.at_end = False
        self.alive = True
        self.cancelled = threading.Event()
        self._capture = capture
        self._opener = opener
        # A daemon, because a thread that hangs in a driver must not keep the process from ending.
        self.thread = threading.Thread(target=self._run, name=f"capture-{number}", daemon=True)

    def limit_s(self) -> float:
        """For how many seconds there may be no frame."""
        return self.stream.hang_after_s if self.stream else OPENING_LIMIT_S

    def _run(self) -> None:
        try:
            stream = self._opener(self.cancelled)
            try:
                self.begun_s = time.monotonic()
                self.stream = stream
                while not self.cancelled.is_set():
                    image = stream.read()
                    self._capture.deliver(self, image, time.monotonic())
            finally:
                stream.close()
        except StreamLost as error:
            self.at_end = isinstance(error, StreamEnded)
            self.reason = str(error)
        finally:
            self.alive = False
            self._capture.notify_ended()
