"""OpenCV, imported late and kept quiet."""

from __future__ import annotations

import functools
import importlib
import os
from types import ModuleType


@functools.cache
def load_cv2() -> ModuleType:
    """Imports OpenCV with limits on how long a device may block and without its chatter.

    Its warnings say that a camera could not be opened, which we say ourselves, in a sentence and once.
    """
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")  # seconds; 10 by default
    os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "8")  # AV_LOG_FATAL: a bad network stream complains at every frame
    cv2 = importlib.import_module("cv2")
    cv2.setNumThreads(1)  # a frame is small, and the other cores have work of their own
    return cv2
