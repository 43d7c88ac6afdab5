"""Tries libraries, in a process that may crash: `python -m gesturesynth.ops.doctor.probes.imports cv2 mediapipe`."""

from __future__ import annotations

import ctypes
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Final

from gesturesynth.core import paths
from gesturesynth.core.search_paths import forbid_programs
from gesturesynth.ops.doctor.probes.subprocess_report import emit

SHARED: Final = "--shared"


def main(names: Sequence[str]) -> int:
    """Writes what came of each, after each: a crash must not take the others with it."""
    forbid_programs()
    results: dict[str, str] = {}
    if names[:1] == [SHARED]:
        for name in names[1:]:
            results[name] = _loaded(name)
            emit(shared=results)
        return 0
    # What MediaPipe and pyo bring along need folders, or talk.
    os.environ.setdefault("MPLCONFIGDIR", os.fspath(paths.cache_dir() / "matplotlib"))
    os.environ["PYO_GUI_WX"] = "0"
    for name in names:
        results[name] = _imported(name)
        emit(imports=results)
    return 0


def _loaded(name: str) -> str:
    try:
        ctypes.CDLL(name)
    except OSError as error:
        return str(error)
    return ""


def _imported(name: str) -> str:
    try:
        importlib.import_module(name)
    except (ImportError, OSError) as error:
        return f"{error}"
    except Exception as error:  # noqa: BLE001 - whatever a broken library does while it is imported is a finding
        return f"{type(error).__name__}: {error}"
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
