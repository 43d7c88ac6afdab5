"""Which sound files a preset names, and whether they can be played: only their beginnings are read here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.synthesis.sounds.file_pitch import pitch_in

SUFFIXES: Final = (".wav", ".wave", ".flac", ".ogg", ".oga", ".aif", ".aiff", ".aifc")
"""Of the formats that are read, by libsndfile: WAV, FLAC, Ogg (Vorbis and Opus), AIFF."""
MOST_FILES: Final = 128
MOST_SECONDS: Final = 240.0
"""Of all files of one instrument together, a stereo file counted twice: 46 MB in the engine's memory at 48 kHz."""
LEAST_RATE_HZ: Final = 4000
MOST_RATE_HZ: Final = 384000


@dataclass(frozen=True)
class SoundFile:
    """A sound file as its beginning describes it.

    Attributes:
        path: where it is.
        seconds: how long it is.
        channels: 1 or 2.
        rate_hz: its sample rate.
        pitch_hz: what its name says; None where it says nothing.
    """

    path: Path
    seconds: float
    channels: int
    rate_hz: int
    pitch_hz: float | None


def sound_files(place: Path) -> tuple[SoundFile, ...]:
    """The sound files in a folder, by their names (numbers in them count as numbers), or the one file.

    Raises:
        UserError: there is no such folder or file, it may not be read, nothing in it is sound, one of the files cannot
            be played, or together they are too many or too long.
    """
    found = tuple(_described(path) for path in _candidates(place))
    where = paths.printable(place)
    channels = max(file.channels for file in found)
    if (total_s := sum(file.seconds for file in found) * channels) > MOST_SECONDS:
        raise UserError(
            f"the sounds of {where} last {total_s:.0f} s{' (stereo counts twice)' if channels == 2 else ''}; an "
            f"instrument takes {MOST_SECONDS:g} s at most: shorten them, or use fewer"
        )
    return found


def _candidates(place: Path) -> Sequence[Path]:
    where = paths.printable(place)
    try:
        if not place.is_dir():
            if not place.exists():
                raise UserError(f"there is no folder or file {where}")
            if place.suffix.lower() not in SUFFIXES:
                raise UserError(f"{where} is no sound file: its name must end in {', '.join(SUFFIXES)}")
            return [place]
        inside = [path for path in place.iterdir() if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")]
    except OSError as error:
        raise UserError(f"{where} cannot be read: {error.strerror}") from error
    if not inside:
        raise UserError(f"there is no sound file in {where}: the name of one ends in {', '.join(SUFFIXES)}")
    if len(inside) > MOST_FILES:
        raise UserError(f"there are {len(inside)} sound files in {where}; an instrument takes {MOST_FILES} at most")
    return sorted(inside, key=lambda path: _natural(path.name))


def _natural(name: str) -> list[tuple[int, str]]:
    """Sorts `take 9` before `take 10`."""
    return [(int(part), "") if part.isdecimal() else (-1, part.lower()) for part in re.split(r"(\d+)", name) if part]


def _described(path: Path) -> SoundFile:
    import soundfile  # noqa: PLC0415 - a library that most processes never need

    where = paths.printable(path)
    try:
        if not path.is_file():  # opening a pipe would wait for ever
            raise UserError(f"{where} is no file")
        with path.open("rb") as file, soundfile.SoundFile(file.fileno(), closefd=False) as info:
            frames, rate_hz, channels = info.frames, info.samplerate, info.channels
    except OSError as error:
        raise UserError(f"{where} cannot be read: {error.strerror}") from error
    except soundfile.LibsndfileError as error:
        raise UserError(f"{where} is no sound that can be read: {error.error_string}") from error
    if frames < 1 or not LEAST_RATE_HZ <= rate_hz <= MOST_RATE_HZ:
        raise UserError(
            f"{where} holds {frames} samples at {rate_hz} Hz; at least one is needed, at "
            f"{LEAST_RATE_HZ} to {MOST_RATE_HZ} Hz"
        )
    if channels > 2:
        raise UserError(f"{where} has {channels} channels; 1 or 2 can be played")
    return SoundFile(path, frames / rate_hz, channels, rate_hz, pitch_in(path.stem))
