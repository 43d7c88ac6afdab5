"""OpenCV, imported only when it is used, with its own log messages switched off."""

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
"""Environment variables that OpenCV reads once, most of them while it is imported. Those that are set already stay."""


@functools.cache
def load_cv2() -> ModuleType:
    """Imports OpenCV with limits on how long a device may block, and without its log messages.

    Its warnings and errors would report at every attempt, for months, that a source cannot be opened; our log reports
    that once, in a sentence. Libraries that import OpenCV (MediaPipe does) should be imported after a call of this;
    where they were not, the level is set all the same.
    """
    quiet = "OPENCV_LOG_LEVEL" not in os.environ
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    cv2 = importlib.import_module("cv2")
    if quiet:
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_FATAL)
    cv2.setNumThreads(1)  # a frame is small, and other processes need the other cores
    return cv2
