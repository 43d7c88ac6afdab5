"""OpenCV, imported late and kept quiet."""

from __future__ import annotations

import functools
import importlib
import os
from types import ModuleType
from typing import Final

ENVIRONMENT: Final = {
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "2",  # seconds; 10 by default
    "OPENCV_LOG_LEVEL": "FATAL",
    "OPENCV_FFMPEG_LOGLEVEL": "8",  # AV_LOG_FATAL: a bad network stream complains at every frame
}
"""What OpenCV reads once, most of it while it is imported. Who has set one of these keeps it."""


@functools.cache
def load_cv2() -> ModuleType:
    """Imports OpenCV with limits on how long a device may block and without its chatter.

    Its warnings and errors say that a source could not be opened, at every attempt, for months; we say that ourselves,
    in a sentence and once. Whatever else imports OpenCV (MediaPipe does) is imported after a call of this; where that
    did not happen, the level is set all the same.
    """
    quiet = "OPENCV_LOG_LEVEL" not in os.environ
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    cv2 = importlib.import_module("cv2")
    if quiet:
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_FATAL)
    cv2.setNumThreads(1)  # a frame is small, and the other cores have work of their own
    return cv2
