"""The sound probe: starts the audio as the engine does and plays a quiet tone, in a process that may hang or crash.

`python -m gesturesynth.ops.doctor.probes.sound JSON` writes which device it plays through, the ratio of the audio clock
to the computer's clock, and the number of xruns.
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
from gesturesynth.synthesis.space.layout import STEREO, SpeakerLayout

TONE_S: Final = 2.0
FADE_S: Final = 0.2
SETTLE_S: Final = 0.3
"""Between the start and the comparison of the clocks: a device may take its first buffers faster than real time."""
TAIL_S: Final = 0.1
LIMIT_S: Final = 3 * TONE_S
CLOCK_STALL_S: Final = 1.0
"""An audio clock that stands still for so long has stopped."""
TONE_HZ: Final = 440.0
TONE_DB: Final = -24.0


class SoundProbeRequest(msgspec.Struct, frozen=True):
    """The audio settings that the engine would get; see `backends.AudioSettings`."""

    audio: AudioChoice
    device: str
    sample_rate: int
    buffer_frames: int
    layout: SpeakerLayout = STEREO


def main(arguments: Sequence[str]) -> int:
    """Runs the probe; the facts go to standard output as they are found."""
    forbid_programs()
    request = msgspec.json.decode(arguments[0], type=SoundProbeRequest)
    begun_s = time.monotonic()
    try:
        wanted = AudioSettings(
            request.audio, request.device, request.sample_rate, request.buffer_frames, request.layout
        )
        backend = open_backend(wanted)
    except GestureSynthError as error:
        emit(refused=str(error))
        return 0
    emit(
        backend=backend.name,
        device=backend.device,
        note=backend.note,
        sample_rate=backend.sample_rate,
        buffer_frames=backend.buffer_frames,
        layout=backend.layout.name,
        boot_s=time.monotonic() - begun_s,
    )
    if not _play_tone(backend):
        backend.abandon()  # closing a server that hangs would never return
        return 0
    backend.close()
    return 0


def _play_tone(backend: Backend) -> bool:
    """Plays the tone and writes the facts; False when the audio clock stands still."""
    pyo = load_pyo()
    fader = pyo.Fader(fadein=FADE_S, fadeout=FADE_S, dur=TONE_S, mul=10 ** (TONE_DB / 20))
    tone = pyo.Sine(freq=TONE_HZ, mul=fader).mix(backend.layout.channels)
    tone.out()
    fader.play()
    begun_s = moved_s = time.monotonic()
    samples = backend.samples
    # To the end by the audio's own clock, or the tone would be cut off before it has faded out.
    end = samples + round((TONE_S + TAIL_S) * backend.sample_rate)
    begin: tuple[float, int] | None = None
    while samples < end and (now_s := time.monotonic()) - begun_s < LIMIT_S:
        pause_s = backend.pump(now_s)
        if backend.samples != samples:
            # Compared only where the clock has just moved: it moves by a whole buffer at a time.
            samples, moved_s = backend.samples, time.monotonic()
            if begin is None and moved_s - begun_s >= SETTLE_S:
                begin = (moved_s, samples)
        elif now_s - moved_s > CLOCK_STALL_S:
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
