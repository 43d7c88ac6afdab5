"""Plays given samples through the master chain, without instruments and without a device."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturesynth.synthesis.master import Master
from gesturesynth.synthesis.pyo_loader import load_pyo
from tests.support.instrument_player import FRAMES, RATE_HZ, server

OPENING = 4800
"""Sample frames after which the fade-in is over and the master stands at its settings."""


def through_master(samples: NDArray[Any], ceiling_db: float = -3.0) -> tuple[NDArray[np.float32], int]:
    """What leaves the master for `samples`, shape (frames, 2), and the frames by which it is late.

    Silence comes before them, so that the master stands at its settings; it is not part of what is returned.
    """
    pyo: Any = load_pyo()
    played = np.concatenate([np.zeros((OPENING, 2)), samples, np.zeros((4 * FRAMES, 2))])
    with server() as made:
        table = pyo.DataTable(len(played), 2, [side.tolist() for side in played.T])
        reader = pyo.TableRead(table, freq=RATE_HZ / len(played), interp=1).play()
        master = Master(reader)
        master.set_ceiling(ceiling_db)
        master.set_volume(0.0)
        master.set_muted(False)
        master.fade_in(0.01)
        address = int(made.getOutputAddr(), 16)
        memory = np.ctypeslib.as_array((ctypes.c_float * (2 * FRAMES)).from_address(address)).reshape(FRAMES, 2)
        blocks = []
        for _ in range(len(played) // FRAMES):
            made.process()
            blocks.append(memory.copy())
        late = master.delay_frames
        del master, reader, table, memory
    return np.concatenate(blocks)[OPENING:], late
