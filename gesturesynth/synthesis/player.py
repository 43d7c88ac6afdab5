"""The player: scene mixer, cues, master and ring buffer behind one `apply(sound)`, live and offline."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gesturesynth.runtime.messages import Sound
from gesturesynth.synthesis.cues import CUES, Cues
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.levels.k_weighting import weighted_power
from gesturesynth.synthesis.levels.loudness_guard import LoudnessGuard
from gesturesynth.synthesis.levels.loudness_meter import LoudnessMeter
from gesturesynth.synthesis.master import Master
from gesturesynth.synthesis.meter import Block, RingBuffer
from gesturesynth.synthesis.pyo_loader import load_pyo
from gesturesynth.synthesis.scene_mixer import SceneMixer
from gesturesynth.synthesis.sounds.library import SoundLibrary
from gesturesynth.synthesis.space.fold import folded
from gesturesynth.synthesis.space.layout import STEREO, SpeakerLayout
from gesturesynth.synthesis.space.panner import everywhere
from gesturesynth.synthesis.structure import Kinds
from gesturesynth.synthesis.tempo.clock import TempoClock

if TYPE_CHECKING:
    from pyo import PyoObject, Server


class TriggerCounter:
    """Turns counts that only grow into events; the first counts are the reference."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def fired(self, names: tuple[str, ...], counts: tuple[int, ...]) -> tuple[str, ...]:
        """The names whose count has grown since the last call.

        A name that was not there before starts at its first count. When any count goes back, another conductor has
        begun to count: all counts are references again.
        """
        now = dict(zip(names, counts, strict=False))
        before, self._counts = self._counts, self._counts | now
        if any(count < before.get(name, count) for name, count in now.items()):
            self._counts = now
            return ()
        return tuple(name for name, count in now.items() if count > before.get(name, count))


class Player:
    """Builds the whole graph in a booted server, silent until the first sound.

    Args:
        server: the booted pyo server.
        kinds: the instruments there are.
        layout: the loudspeakers.
        wait: for sound files to be read, instead of playing on until a thread has read them.
        time_s: gives the time on the clock of the conductor's tempo; None: samples since the construction.

    Attributes:
        master: the master chain.
        channels: that leave the master.
        preset: of the scene that plays; empty before the first.
        loudness: of what left the master until the last `collect`.
    """

    def __init__(
        self,
        server: Server,
        kinds: Kinds,
        layout: SpeakerLayout = STEREO,
        *,
        wait: bool = False,
        time_s: Callable[[], float] | None = None,
    ) -> None:
        pyo = load_pyo()
        self._clock = TempoClock(server, time_s)
        self._graph = Graph(pyo)
        library = SoundLibrary(server.getSamplingRate(), wait=wait)
        self._mixer = SceneMixer(server, kinds, self._clock, layout, library=library)
        self._cues = Cues(server)
        cues = everywhere(self._graph, self._cues.output, layout) if layout.spatial else self._cues.output
        self._sum = pyo.Mix([self._mixer.output, cues], voices=layout.placed)
        self.channels = layout.channels
        heard: PyoObject = self._sum
        if layout.channels == 1:
            heard = folded(heard)
        self.master = Master(heard)
        power = weighted_power(self._graph, self.master.output)
        parts = (self.master.output, self._mixer.raw, power, self.master.power)
        streams = [stream for part in parts for stream in part.getBaseObjects()]
        self._ring = RingBuffer(server, pyo.Dummy(streams))
        self.loudness = LoudnessMeter(server.getSamplingRate())
        self._unlimited = LoudnessMeter(server.getSamplingRate())
        self._guard = LoudnessGuard()
        self._counter = TriggerCounter()
        self._cue_counter = TriggerCounter()
        self.preset = ""
        self._target_lufs = 0.0

    @property
    def guard_db(self) -> float:
        """The gain of the loudness guard, dB, at most 0."""
        return self._guard.gain_db

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about what the scene names and this version does not have."""
        return self._mixer.notes

    @property
    def racks_built(self) -> int:
        """How many racks there were: each leaves a little memory behind (see RestartPolicy)."""
        return self._mixer.racks_built

    @property
    def lost(self) -> int:
        """Frames that were not read in time (see RingBuffer)."""
        return self._ring.lost

    def apply(self, sound: Sound) -> None:
        """Makes everything as `sound` says; heard from the next buffer on."""
        scene = sound.scene
        first = self._mixer.scene is None
        self.master.set_ceiling(scene.ceiling_db)
        self._target_lufs = scene.loudness_lufs
        self.master.set_loudness(scene.loudness_lufs)
        self.master.set_volume(sound.volume_db)
        self.master.set_muted(sound.muted)
        if sound.tempo is not None:
            self._clock.set(sound.tempo)
        self._mixer.apply(scene, sound.values, sound.voices)
        for trigger in self._counter.fired(scene.triggers, sound.trigger_counts):
            self._mixer.fire(trigger)
        for cue in self._cue_counter.fired(CUES, sound.cue_counts):
            self._cues.fire(cue)
        self.preset = scene.preset
        if first and self._mixer.scene is not None:
            self.master.fade_in(scene.fade_in_s)

    def collect(self) -> tuple[Block, Block]:
        """Housekeeping; call it at least once a second.

        Returns:
            What left the master, float32 (frames, channels), and what the instruments gave (before guards), float32
            (frames, 2), since the last call.
        """
        self._mixer.tidy()
        block = self._ring.read()
        self.loudness.add(block[:, -2])
        for _ in range(self._unlimited.add(block[:, -1])):
            self._guard.step(self._unlimited.short_term_lufs, self._target_lufs)
        self.master.set_guard(self._guard.gain_db)
        return block[:, : self.channels], block[:, self.channels : self.channels + 2]

    def broken(self) -> tuple[str, ...]:
        """Names of the instruments whose newest sample is not a number."""
        return self._mixer.broken()
