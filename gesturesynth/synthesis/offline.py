"""Rendering without a device and without a clock: the same instruments and master, as fast as the machine allows.

The same sounds applied at the same sample positions give the same samples, bit for bit, in this process or another:
pyo's random generators start from a fixed seed, and no clock is read here.
"""

from __future__ import annotations

import ctypes
from types import TracebackType
from typing import Final, Self

import numpy as np

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.runtime.messages import Sound
from gesturesynth.synthesis.audio.pyo_server import make_server
from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.meter import Block, SignalMonitor
from gesturesynth.synthesis.player import Player
from gesturesynth.synthesis.pyo_loader import load_pyo
from gesturesynth.synthesis.space.layout import STEREO, SpeakerLayout
from gesturesynth.synthesis.structure import Kinds

SEED: Final = 20261


class OfflineEngine:
    """Renders sounds. A context manager: only one audio server fits into a process, so close one before the next.

    Args:
        sample_rate: Hz.
        buffer_frames: what is applied is heard from the next multiple of this.
        kinds: the instruments there are; all of the project by default.
        layout: the loudspeakers.

    Raises:
        GestureSynthError: there is an audio server in this process already.
    """

    def __init__(
        self,
        sample_rate: int = 48000,
        buffer_frames: int = 256,
        kinds: Kinds | None = None,
        layout: SpeakerLayout = STEREO,
    ) -> None:
        pyo = load_pyo()
        if pyo.serverCreated() and pyo.serverBooted():
            raise GestureSynthError("one process renders one sound at a time: close the first OfflineEngine before")
        self.sample_rate = sample_rate
        self._server = make_server("manual", sample_rate, buffer_frames, channels=layout.channels)
        self._server.setGlobalSeed(SEED)
        self._server.deactivateMidi()
        self._server.boot()
        self._server.start()
        address = int(self._server.getOutputAddr(), 16)
        memory = (ctypes.c_float * (layout.channels * buffer_frames)).from_address(address)
        self._output = np.ctypeslib.as_array(memory).reshape(buffer_frames, layout.channels)
        self._player: Player | None = Player(self._server, catalogue() if kinds is None else kinds, layout, wait=True)
        self._signal_monitor = SignalMonitor(sample_rate)
        self._unread = np.empty((0, layout.channels), np.float32)

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about what the scene names and this version does not have."""
        return self._require_open().notes

    def apply(self, sound: Sound) -> None:
        """Makes everything as `sound` says, from the next buffer on."""
        self._require_open().apply(sound)

    def render(self, frames: int) -> Block:
        """The next samples, float32, shape (frames, channels), within the scene's ceiling.

        Raises:
            GestureSynthError: an instrument gave samples that are not numbers, or ran away.
        """
        player = self._require_open()
        blocks = [self._unread]
        ready = len(self._unread)
        while ready < frames:
            self._server.process()
            blocks.append(self._output.copy())
            ready += len(self._output)
            _, raw = player.collect()
            if fault := self._signal_monitor.check(raw):
                raise GestureSynthError(f"{fault} ({', '.join(player.broken()) or 'all together'})")
        samples = np.concatenate(blocks)
        self._unread = samples[frames:]
        return samples[:frames]

    def close(self) -> None:
        """Releases the process's audio server. May be called again."""
        if self._player is not None:
            self._player = None
            # Its memory is freed with the server.
            del self._output
            self._server.stop()
            self._server.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _type: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        self.close()

    def _require_open(self) -> Player:
        if self._player is None:
            raise GestureSynthError("this OfflineEngine is closed")
        return self._player
