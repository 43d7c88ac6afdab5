"""Why a clip cannot be played, or not completely: a sentence for each cause, with what to do about it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Final

from gesturesynth.core import paths
from gesturesynth.tracking.containers import Container, examine
from gesturesynth.tracking.frame_times import FrameTimes

CODECS: Final = {
    "h264": "H.264",
    "avc1": "H.264",
    "hevc": "H.265",
    "hvc1": "H.265",
    "hev1": "H.265",
    "av01": "AV1",
    "vvc1": "H.266",
    "vp80": "VP8",
    "vp90": "VP9",
    "mjpg": "Motion JPEG",
    "fmp4": "MPEG-4",
    "mp4v": "MPEG-4",
    "mpg1": "MPEG-1",
    "mpg2": "MPEG-2",
}
"""Common names of codings, by the four characters that OpenCV gives, in lower case."""

NOT_DECODED: Final = frozenset({"av01", "vvc1"})
"""OpenCV's wheels know of these but bring no decoder for them (measured: opencv-contrib-python 5.0.0.93)."""

COPY_AGAIN: Final = "copy it again from where it was made"
MISSING_SHARE: Final = 0.01
"""So large a share of the pictures may be missing without a warning; one picture always may."""
MOST_FRAMES: Final = 1e9
"""The pictures of a year at 30 a second. Where a container has no number, OpenCV gives one far above."""
ESTIMATED_SHARE: Final = 0.1
ESTIMATED_S: Final = 1.0
"""Where the number is an estimate from the duration (perhaps of the sound), more than both must be missing."""


def unopened(path: Path) -> str:
    """Why FFmpeg found no video in a file that can be read."""
    name = paths.printable(path)
    try:
        with path.open("rb") as file:
            found = examine(file)
    except OSError as error:
        return f"{name} cannot be read: {error.strerror}."
    if found.kind == "empty":
        return f"{name} cannot be read as a video: it is empty (0 bytes). {COPY_AGAIN.capitalize()}."
    if found.kind == "text":
        return f"{name} cannot be read as a video: it is a text file."
    if found.kind == "sound" or not found.has_pictures:
        return f"{name} cannot be read as a video: there is sound in it, but no picture."
    if not found.has_index:
        return (
            f"{name} cannot be read as a video: its index is missing (the part `moov` of an MP4 or MOV file), because "
            f"the recording was not finished or the copy was cut off. If the original plays, {COPY_AGAIN}."
        )
    cut = _cut_off(found)
    return f"{name} cannot be read as a video: {cut or 'no decoder of this computer understands it'}. {_convert(name)}"


def without_pictures(path: Path, fourcc: int, promised: float) -> str:
    """Why not one picture came out of a video that could be opened.

    Args:
        path: the file.
        fourcc: the coding of its pictures, as OpenCV gives it (CAP_PROP_FOURCC).
        promised: number of pictures by its container.
    """
    name = paths.printable(path)
    if promised == 0:
        return f"{name} cannot be used as a source: there is no picture in it."
    coding = codec(fourcc)
    if _letters(fourcc).lower() in NOT_DECODED:
        why = f"its pictures are coded as {coding}, for which this computer's OpenCV has no decoder"
    else:
        why = f"not one of its pictures ({coding}) can be decoded: it is damaged, or of a kind that is not known here"
    return f"{name} cannot be read as a video: {why}. {_convert(name)}"


def codec(fourcc: int) -> str:
    """The name of a coding: `H.264 (avc1)`."""
    letters = _letters(fourcc)
    return f"{CODECS[letters.lower()]} ({letters})" if letters.lower() in CODECS else letters or "of an unknown coding"


def shortfall(path: Path, read: int, promised: float, fps: float, end_s: float) -> str:
    """A sentence when a file that was read to its end has fewer pictures than it promises; else empty.

    Args:
        path: the file.
        read: number of pictures that were read.
        promised: number of pictures by its container; 0, less or far too many where it has no number.
        fps: pictures a second, by the container.
        end_s: time at which the last one ends by its time stamps, seconds from the first.
    """
    name = paths.printable(path)
    try:
        with path.open("rb") as file:
            found = examine(file)
    except OSError:
        return ""  # it was removed meanwhile; what was read is played
    cut = _cut_off(found)
    expected = round(promised * found.shown) if 0 < promised < MOST_FRAMES else 0
    if found.counts_frames:
        allowed = 0.0 if cut else max(1.0, MISSING_SHARE * expected)
        missing = expected - read > allowed
    else:
        missing = expected / fps - end_s > max(ESTIMATED_S, ESTIMATED_SHARE * expected / fps)
    if not missing:
        return f"{name}: {cut}. What is there is played." if cut else ""
    of = f"{expected}" if found.counts_frames else f"about {expected}"
    return (
        f"{name}: only {read} of {of} pictures can be read: {cut or 'it is damaged, or was cut off'}. What is there is "
        f"played; for the rest, {COPY_AGAIN}."
    )


def gap(path: Path, times: FrameTimes) -> str:
    """A sentence about the first gap in the time stamps that was shortened."""
    return (
        f"{paths.printable(path)}: its time stamps leave out {times.gap_s:.1f} s after {times.gap_after_s:.1f} s. Such "
        "gaps are shortened to a few seconds at most."
    )


def back(path: Path, at_s: float) -> str:
    """A sentence about time stamps that start from a lower value again."""
    return (
        f"{paths.printable(path)}: its time stamps go backwards after {at_s:.1f} s, as where recordings were joined. "
        "It is played on from there."
    )


def _cut_off(found: Container) -> str:
    return f"the file is cut off: its last {found.missing_bytes:,} bytes are missing" if found.missing_bytes else ""


def _convert(name: str) -> str:
    return f"Convert it, for example: ffmpeg -i {shlex.quote(name)} -c:v libx264 -pix_fmt yuv420p converted.mp4"


def _letters(fourcc: int) -> str:
    """The four characters of a code, without those that cannot be printed."""
    letters = (fourcc & 0xFFFFFFFF).to_bytes(4, "little").decode("latin-1") if fourcc != -1 else ""
    return "".join(letter for letter in letters if letter.isascii() and letter.isprintable()).strip()
