"""The import probe: imports libraries in a process that may crash.

`python -m gesturesynth.ops.doctor.probes.imports cv2 mediapipe`, or `--shared libEGL.so.1` for libraries of the system.
"""

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

SHARED_FLAG: Final = "--shared"


def main(names: Sequence[str]) -> int:
    """Writes all results after each library, so that a crash loses only its own."""
    forbid_programs()
    results: dict[str, str] = {}
    if names[:1] == [SHARED_FLAG]:
        for name in names[1:]:
            results[name] = _load_library(name)
            emit(shared=results)
        return 0
    # Matplotlib, which MediaPipe imports, needs a folder; pyo prints a message unless it knows about its GUI.
    os.environ.setdefault("MPLCONFIGDIR", os.fspath(paths.cache_dir() / "matplotlib"))
    os.environ["PYO_GUI_WX"] = "0"
    for name in names:
        results[name] = _import_module(name)
        emit(imports=results)
    return 0


def _load_library(name: str) -> str:
    try:
        ctypes.CDLL(name)
    except OSError as error:
        return str(error)
    return ""


def _import_module(name: str) -> str:
    try:
        importlib.import_module(name)
    except (ImportError, OSError) as error:
        return f"{error}"
    except Exception as error:  # noqa: BLE001 - whatever a broken library does while it is imported is a finding
        return f"{type(error).__name__}: {error}"
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
