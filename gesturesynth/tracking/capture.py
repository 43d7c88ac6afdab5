"""The newest frame of a source, and the source opened again whenever it breaks.

A thread for each opening reads frames as fast as they come and keeps the newest; it decides nothing. The owner's loop
calls `newest`, which also judges: a source lives as long as its frames are fresh, whatever the driver says about it.
A read that hangs cannot be stopped from outside, so its thread is left behind (it frees its device if it ever wakes)
and another one is started. When too many hang, no more are started and `hopeful` turns false: only a new process helps.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Final, Self

from gesturesynth.core import log as logs
from gesturesynth.runtime.messages import SourceState
from gesturesynth.tracking.backoff import LONGEST_PAUSE_S, Backoff
from gesturesynth.tracking.images import Image
from gesturesynth.tracking.streams import Opener, Stream, StreamEnded, StreamLost

OPENING_LIMIT_S: Final = 10.0
MOST_STUCK: Final = 3
"""Threads that hang in a read at the same time, beyond which no other is started."""

CLOSE_WAIT_S: Final = 0.3
"""How long `close` waits for the reading thread to free its device; a frame and a half at 5 frames a second."""


@dataclass(frozen=True)
class Frame:
    """One frame.

    Attributes:
        image: BGR, uint8, (h, w, 3).
        capture_time_s: monotonic time, taken right after the read returned.
        number: counts all frames of this capture, also those that nobody fetched, from 0.
        opening: which opening of the source it came from, from 1.
    """

    image: Image
    capture_time_s: float
    number: int
    opening: int


@dataclass(frozen=True)
class SourceReport:
    """How a source does.

    Attributes:
        name: for people; the device's own once it was open.
        state: see bus.SourceState.
        detail: a sentence about what is wrong; empty while frames are fresh.
        frame_age_s: infinite before the first frame.
        hopeful: frames are fresh, or the source is being opened again by plan.
    """

    name: str
    state: SourceState
    detail: str
    frame_age_s: float
    recoverable: bool = True


class Capture:
    """Keeps the newest frame of a source and the source open. A context manager.

    Args:
        name: of the source, for people, until it is open and tells its own.
        opener: opens it.
        longest_pause_s: between attempts to open it.
        announce: whether it is worth a line in the log when the source cannot be opened.
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

        Call it at least ten times a second: the source is judged and opened again in here.
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
        """What `newest` does for the source, for an owner that wants no frames yet."""
        with self._changed:
            self._check(time.monotonic())

    def report(self) -> SourceReport:
        """How the source does now."""
        with self._changed:
            now_s = time.monotonic()
            age_s = now_s - self._newest_s
            reading = self._reader
            if reading is None:
                hopeless = self._unrecoverable_reason()
                return SourceReport(self._name, "waiting", hopeless or self._detail, age_s, not hopeless)
            if not reading.frames:
                return SourceReport(self._name, "opening", self._detail, age_s)
            quiet_s = now_s - reading.newest_s
            if reading.stream and quiet_s > reading.stream.hang_after_s / 3.0:
                return SourceReport(self._name, "waiting", f"{self._name}: no frame for {quiet_s:.1f} s", age_s)
            return SourceReport(self._name, "live", "", age_s)

    def close(self) -> None:
        """Stops reading, within a third of a second even when the device hangs."""
        with self._changed:
            reading, self._reader, self._ended = self._reader, None, True
        if reading:
            reading.cancelled.set()
            reading.thread.join(CLOSE_WAIT_S)

    def deliver(self, reader: _Reader, image: Image, now_s: float) -> None:
        """A frame from a reading thread; nothing happens when that thread has been given up."""
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
        """A reading thread has ended."""
        with self._changed:
            self._changed.notify()

    def _check(self, now_s: float) -> None:
        reading = self._reader
        if reading is None:
            self._open_if_due(now_s)
        elif not reading.alive:
            self._ended = reading.at_end
            self._close_reader(reading, reading.reason or "reading failed", now_s)
        elif now_s - max(reading.begun_s, reading.newest_s) > reading.limit_s():
            reading.cancelled.set()
            self._stuck.append(reading)
            self._close_reader(reading, f"{self._name} hangs: no frame for {reading.limit_s():.0f} s", now_s)

    def _open_if_due(self, now_s: float) -> None:
        if self._ended or not self._backoff.due(now_s):
            return
        if self._unrecoverable_reason():
            return
        self._openings += 1
        self._reader = _Reader(self, self._opener, self._openings, now_s)
        self._reader.thread.start()

    def _unrecoverable_reason(self) -> str:
        """Why it is of no use to open the source again in this process; empty when it is."""
        self._stuck = [reading for reading in self._stuck if reading.alive]
        if self._ended or len(self._stuck) < MOST_STUCK:
            return ""
        return f"{self._name} hangs in its driver, {MOST_STUCK} times over, and cannot be opened again in this process"

    def _close_reader(self, reader: _Reader, reason: str, now_s: float) -> None:
        lived_s = reader.newest_s - reader.first_s if reader.frames else 0.0
        pause_s = self._backoff.record_failure(now_s, lived_s)
        self._reader = None
        self._frame = None
        self._detail = reason if self._ended else f"{reason}; trying again"
        if self._announce and reason != self._logged:  # a camera may be away for months
            self._logged = reason
            note = logs.get()
            if self._ended:
                note.info("source is over", source=self._name, reason=reason)
            else:
                note.warning("source lost, trying again for ever", source=self._name, reason=reason, retry_s=pause_s)

    def _log_opened(self, image: Image) -> None:
        self._logged = ""
        self._detail = ""
        self._announce = True
        height, width = image.shape[:2]
        logs.get().info("source live", source=self._name, width=width, height=height)


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
        # A daemon, because a thread that hangs in a driver must not keep the process from leaving.
        self.thread = threading.Thread(target=self._run, name=f"capture-{number}", daemon=True)

    def limit_s(self) -> float:
        """For how long there may be no frame."""
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
        except StreamLost as lost:
            self.at_end = isinstance(lost, StreamEnded)
            self.reason = str(lost)
        finally:
            self.alive = False
            self._capture.notify_ended()
