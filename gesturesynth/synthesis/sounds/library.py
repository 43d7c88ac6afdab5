"""The sounds of the instruments that play: read by a thread of their own, while everything else goes on.

The audio callback holds Python's lock; a file that was read between two buffers would be a gap. libsndfile and numpy
give the lock away, and tables are filled in small pieces.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from pathlib import Path
from typing import Final

import numpy as np

from gesturesynth.core import log
from gesturesynth.core.errors import UserError
from gesturesynth.synthesis.pyo_loader import load_pyo
from gesturesynth.synthesis.sounds.file_pitch import MIDDLE_C_HZ
from gesturesynth.synthesis.sounds.files import sound_files
from gesturesynth.synthesis.sounds.reading import read_sound
from gesturesynth.synthesis.sounds.recorded import RecordedSound, Sounds

MOST_PLACES: Final = 3
"""Folders whose sounds are kept in memory: of the scene that plays, of one that fades out, and of the one before."""
_PIECE: Final = 16384
"""Samples that are copied into a table at once."""


class SoundLibrary:
    """Reads the sounds that scenes name, each place once.

    Args:
        rate_hz: of the engine.
        wait: read at once instead of by a thread: for rendering, where nothing is in a hurry.
    """

    def __init__(self, rate_hz: float, *, wait: bool = False) -> None:
        self._rate_hz = round(rate_hz)
        self._wait = wait
        self._pyo = load_pyo()
        self._read: dict[str, Sounds | UserError] = {}
        self._wanted: frozenset[str] = frozenset()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def ready(self, places: Collection[str]) -> bool:
        """Whether all of them have been read, or could not be; begins to read one of them otherwise.

        They are kept until it is asked for others; what could not be read is tried again then.
        """
        wanted = frozenset(places)
        with self._lock:
            if wanted != self._wanted:
                self._wanted = wanted
                self._read = {place: made for place, made in self._read.items() if not isinstance(made, UserError)}
            missing = [place for place in places if place not in self._read]
        if not missing:
            return True
        if self._wait:
            for place in missing:
                self._take(place)
            return True
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._take, args=(missing[0],), name="sounds", daemon=True)
            self._thread.start()
        return False

    def sounds(self, place: str) -> Sounds:
        """What was read.

        Raises:
            UserError: it could not be read.
        """
        found = self._read[place]
        if isinstance(found, UserError):
            raise found
        return found

    def _take(self, place: str) -> None:
        try:
            made: Sounds | UserError = self._tables(Path(place))
        except UserError as error:
            made = error
        except self._pyo.PyoServerStateException:
            return  # the engine ends
        except MemoryError:
            made = UserError(f"{place} does not fit into memory")
        if isinstance(made, UserError):
            log.get().warning("sounds refused", place=place, message=str(made))
        else:
            log.get().info("sounds loaded", place=place, files=len(made))
        with self._lock:
            while len(self._read) >= MOST_PLACES and (
                old := next((one for one in self._read if one not in self._wanted), None)
            ):
                del self._read[old]
            self._read[place] = made

    def _tables(self, place: Path) -> Sounds:
        files = sound_files(place)
        channels = max(file.channels for file in files)
        made = []
        for file in files:
            samples = read_sound(file, self._rate_hz, channels)
            table = self._pyo.DataTable(samples.shape[1], chnls=channels)
            for channel, row in enumerate(samples):
                memory = np.asarray(table.getBuffer(channel))
                for start in range(0, len(row), _PIECE):
                    memory[start : start + _PIECE] = row[start : start + _PIECE]
            made.append(RecordedSound(file.path.stem, file.pitch_hz or MIDDLE_C_HZ, table, samples.shape[1]))
        return tuple(made)
