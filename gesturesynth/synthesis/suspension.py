"""Suspends instruments that are silent: their graph is not computed until they are to sound.

pyo computes a graph whether it is heard or not: a silent instrument costs as much as a sounding one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from gesturesynth.synthesis.instruments.base import Instrument

if TYPE_CHECKING:
    from pyo import Stream

SILENCE: Final = 1e-5
"""-100 dBFS: no sample was greater."""
SILENT_S: Final = 2.0
"""For so long, while silence is asked for."""
LEAST_LOOKS: Final = 8
"""Only the newest sample of a stream can be seen: so often it must have been small."""
_STARTED_BY_PLAY: Final = ("Trig_base", "TableRec_base")
"""pyo's one-shot trigger fires when it is played, and its recorder begins its table again, over what is in it: they are
left as they are. A trigger costs nothing, and a recorder ends with its table."""


class Suspension:
    """Suspends and resumes one instrument.

    Args:
        instrument: built.
        streams: all that its building made.
        sample_rate: Hz.

    Attributes:
        active: whether its graph is computed.
    """

    def __init__(self, instrument: Instrument, streams: Sequence[Stream], sample_rate: float) -> None:
        self._instrument = instrument
        self._output = instrument.output
        self._streams = [
            stream for stream in streams if type(stream.getStreamObject()).__name__ not in _STARTED_BY_PLAY
        ]
        self._silent_frames = SILENT_S * sample_rate
        self._stopped: list[Stream] = []
        self._silent_since: int | None = None
        self._looks = 0
        self.active = True

    def look(self, now: int) -> None:
        """Suspends it when it has been silent for long enough. Call it often while silence is asked for.

        Args:
            now: the server's time in samples.
        """
        if not self.active or self._instrument.busy:
            return
        if any(abs(sample) > SILENCE for sample in self._output.get(all=True)):
            self._silent_since = None
            return
        if self._silent_since is None:
            self._silent_since, self._looks = now, 0
        self._looks += 1
        if self._looks >= LEAST_LOOKS and now - self._silent_since >= self._silent_frames:
            self.suspend()

    def suspend(self) -> None:
        """Stops all that is computed; its streams give zeros."""
        self.active = False
        self._stopped = [stream for stream in self._streams if stream.isPlaying()]
        for stream in self._stopped:
            stream.getStreamObject().stop()

    def resume(self) -> None:
        """Goes on where it was suspended, from the next buffer. Cheap when it was not."""
        self._silent_since = None
        if not self.active:
            self.active = True
            for stream in self._stopped:
                stream.getStreamObject().play()
            self._stopped = []
