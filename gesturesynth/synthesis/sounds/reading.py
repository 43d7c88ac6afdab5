"""Reads sound files for instruments: at the engine's rate, equally loud, without a click at either end."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.synthesis.measuring import momentary_lufs
from gesturesynth.synthesis.solo import RATE_HZ
from gesturesynth.synthesis.sounds.files import MOST_SECONDS, SoundFile
from gesturesynth.synthesis.sounds.resampling import resampled

LOUDNESS_LUFS: Final = -16.0
"""The loudest 400 ms of every sound."""
MOST_GAIN_DB: Final = 40.0
PEAK: Final = 1.0
"""No sample is made greater than this: a short click stays softer than its loudness would have it."""
_FADE_IN_S: Final = 0.001
_FADE_OUT_S: Final = 0.005
_PIECE_S: Final = 1.0
"""Loudness is measured over pieces that overlap by 400 ms: some steps of it hold Python's lock. With 10 s they held it
for 15 to 40 ms."""


def read_sound(file: SoundFile, rate_hz: int, channels: int) -> NDArray[np.float32]:
    """A sound file, float32, shape (channels, samples), finite.

    Args:
        file: described before; it may have changed since.
        rate_hz: of the samples that are returned.
        channels: 1 or 2; one channel becomes two alike.

    Raises:
        UserError: it cannot be read any more, or is longer now.
    """
    import soundfile  # noqa: PLC0415 - only where sounds are played

    where = paths.printable(file.path)
    # By its number: from a file object libsndfile would call Python for every piece, and each call holds the lock.
    try:
        with file.path.open("rb") as opened, soundfile.SoundFile(opened.fileno(), closefd=False) as source:
            most = round(MOST_SECONDS * source.samplerate)
            samples = source.read(most + 1, dtype="float32", always_2d=True).T
            from_hz = source.samplerate
    except OSError as error:
        raise UserError(f"{where} cannot be read: {error.strerror}") from error
    except soundfile.LibsndfileError as error:
        raise UserError(f"{where} is no sound that can be read: {error.error_string}") from error
    if not 0 < samples.shape[1] <= most or samples.shape[0] > 2:
        raise UserError(f"{where} is not what it was when the preset was read")
    np.nan_to_num(samples, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
    if samples.shape[0] > channels:
        samples = samples.mean(axis=0, keepdims=True)
    rows = [resampled(np.ascontiguousarray(channel), from_hz, rate_hz) for channel in samples]
    # Not np.repeat: it holds Python's lock, 27 ms for 100 s.
    made = np.empty((channels, len(rows[0])), np.float32)
    for number, row in enumerate(made):
        row[:] = rows[number % len(rows)]
    made *= _gain(made)
    _fade(made, rate_hz)
    return made


def _gain(samples: NDArray[np.float32]) -> float:
    """What brings the loudest 400 ms to LOUDNESS_LUFS. Weighted as at 48 kHz: 0.1 dB off at 44.1."""
    piece, least = round(_PIECE_S * RATE_HZ), round(0.4 * RATE_HZ)
    loudest = -np.inf
    for start in range(0, samples.shape[1], piece - least):
        both = np.zeros((max(min(piece, samples.shape[1] - start), least), 2))
        both[: samples.shape[1] - start] = samples[:, start : start + piece].T
        loudest = max(loudest, float(momentary_lufs(both).max()))
    peak = float(np.abs(samples).max())
    if peak <= 0.0 or not np.isfinite(loudest):
        return 1.0
    return min(10 ** (min(LOUDNESS_LUFS - loudest, MOST_GAIN_DB) / 20), PEAK / peak)


def _fade(samples: NDArray[np.float32], rate_hz: int) -> None:
    rise, fall = (min(round(seconds * rate_hz), samples.shape[1] // 2) for seconds in (_FADE_IN_S, _FADE_OUT_S))
    samples[:, :rise] *= np.linspace(0.0, 1.0, rise, endpoint=False, dtype=np.float32)
    samples[:, samples.shape[1] - fall :] *= np.linspace(1.0, 0.0, fall, dtype=np.float32)
