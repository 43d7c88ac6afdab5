"""Boots the audio as the engine does and plays a quiet tone, in a process that may hang or crash over it.

`python -m gesturesynth.ops.doctor.probes.sound JSON` writes what it has found: what it plays through, how fast
the audio clock runs beside the computer's, and how many gaps there were.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Final

import msgspec

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.core.search_paths import forbid_programs
from gesturesynth.ops.doctor.probes.subprocess_report import emit
from gesturesynth.synthesis.audio.backends import AudioChoice, AudioSettings, Backend, open_backend
from gesturesynth.synthesis.pyo_loader import load_pyo

TONE_S: Final = 2.0
FADE_S: Final = 0.2
SETTLE_S: Final = 0.3
"""After the start, before the clocks are compared: a device may take its first buffers in a hurry."""
MARGIN_S: Final = 0.1
MOST_S: Final = 3 * TONE_S
STILL_S: Final = 1.0
"""An audio clock that stands for so long will not go on."""
TONE_HZ: Final = 440.0
TONE_DB: Final = -24.0


class SoundProbeRequest(msgspec.Struct, frozen=True):
    """What the engine would be asked for; see `backends.AudioSettings`."""

    audio: AudioChoice
    device: str
    sample_rate: int
    buffer_frames: int


def main(arguments: Sequence[str]) -> int:
    """Does it; the facts go to standard output as they are found."""
    forbid_programs()
    wish = msgspec.json.decode(arguments[0], type=SoundProbeRequest)
    begun_s = time.monotonic()
    try:
        backend = open_backend(AudioSettings(wish.audio, wish.device, wish.sample_rate, wish.buffer_frames))
    except GestureSynthError as error:
        emit(refused=str(error))
        return 0
    emit(
        backend=backend.name,
        device=backend.device,
        note=backend.note,
        sample_rate=backend.sample_rate,
        buffer_frames=backend.buffer_frames,
        boot_s=time.monotonic() - begun_s,
    )
    if not _play(backend):
        backend.abandon()  # one that hangs would not let us say goodbye
        return 0
    backend.close()
    return 0


def _play(backend: Backend) -> bool:
    """Plays the tone and tells how it went; False when the audio clock stands still."""
    pyo = load_pyo()
    fader = pyo.Fader(fadein=FADE_S, fadeout=FADE_S, dur=TONE_S, mul=10 ** (TONE_DB / 20))
    tone = pyo.Sine(freq=TONE_HZ, mul=fader).mix(2)
    tone.out()
    fader.play()
    begun_s = moved_s = time.monotonic()
    samples = backend.samples
    # To the end by the audio's own clock, or the tone would be cut off before it has faded out.
    end = samples + round((TONE_S + MARGIN_S) * backend.sample_rate)
    begin: tuple[float, int] | None = None
    while samples < end and (now_s := time.monotonic()) - begun_s < MOST_S:
        pause_s = backend.pump(now_s)
        if backend.samples != samples:
            # Compared only where the clock has just moved: it does so a buffer at a time.
            samples, moved_s = backend.samples, time.monotonic()
            if begin is None and moved_s - begun_s >= SETTLE_S:
                begin = (moved_s, samples)
        elif now_s - moved_s > STILL_S:
            emit(stands=True)
            return False
        time.sleep(min(pause_s, 0.001))
    if begin is None:
        emit(stands=True)
        return False
    ratio = (samples - begin[1]) / backend.sample_rate / max(1e-9, moved_s - begin[0])
    emit(ratio=ratio, xruns=backend.xruns(), trouble=backend.failure(), played_s=TONE_S)
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
