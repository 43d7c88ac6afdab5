"""matplotlib, for figures that become PNG files: without a screen, a window or a state of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError, UserError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIX: Final = ".png"
PIXELS_PER_INCH: Final = 100


def check_picture_name(path: Path) -> None:
    """Raises UserError for a name that does not end in `.png`."""
    if path.suffix.lower() != SUFFIX:
        raise UserError(f"{path} cannot be written: a picture is written as PNG, so its name must end in {SUFFIX}")


def new_figure(width: int, height: int) -> Figure:
    """An empty figure of so many pixels.

    Raises:
        GestureSynthError: matplotlib is not installed; the message says how it gets there.
    """
    # It wants a folder for what it finds out about fonts, also where the home folder cannot be written.
    os.environ.setdefault("MPLCONFIGDIR", os.fspath(paths.cache_dir() / "matplotlib"))
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise GestureSynthError(
            "pictures are drawn with matplotlib, which is not installed here: pip install 'gesturesynth[pictures]'"
        ) from error
    size = (width / PIXELS_PER_INCH, height / PIXELS_PER_INCH)
    return Figure(figsize=size, dpi=PIXELS_PER_INCH, layout="constrained", facecolor="white")


def write_png(figure: Figure, file: IO[bytes]) -> None:
    """Draws the figure as PNG into a file that is open for writing. Equal figures give equal bytes."""
    figure.savefig(file, format="png", metadata={"Software": None})
