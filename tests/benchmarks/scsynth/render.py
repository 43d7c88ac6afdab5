"""scsynth without a device and without a clock: how long it computes, and how loud what it computes is."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import numpy as np

from tests.benchmarks.scsynth.synthdef import SynthDef
from tests.support.jack_server import read_wav

RATE_HZ: Final = 48000
PROGRAM: Final = "scsynth"


def available() -> bool:
    """Whether there is a scsynth here."""
    return shutil.which(PROGRAM) is not None


def rendered(graph: SynthDef | None, seconds: float, sound: Path | None = None) -> tuple[float, float]:
    """Processor seconds (user mode) of a rendering, and the RMS of its left side.

    Args:
        graph: what plays from the first sample; None for an empty server.
        seconds: how long.
        sound: read into the first buffer as one channel, for granular sound.

    Raises:
        RuntimeError: scsynth refused the graph.
    """
    with tempfile.TemporaryDirectory(prefix="gs-scsynth-") as name:
        folder = Path(name)
        begin: list[bytes] = []
        if sound is not None:
            begin.append(_message("/b_allocRead", 0, str(sound)))
        if graph is not None:
            begin.append(_message("/d_recv", graph.encoded()))
            begin.append(_message("/s_new", graph.name, 1000, 0, 0))
        score = folder / "score.osc"
        score.write_bytes(_bundle(0.0, begin) + _bundle(seconds, [_message("/c_set", 0, 0.0)]))
        out = folder / "out.wav"
        text = [PROGRAM, "-D", "0", "-i", "0", "-o", "2", "-w", "512", "-N"]
        text += [str(score), "_", str(out), str(RATE_HZ), "WAV", "float"]
        process = subprocess.Popen(text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert process.stdout is not None
        words = process.stdout.read().decode(errors="replace")
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        if process.returncode or "ERROR" in words or "FAILURE" in words or "not found" in words:
            raise RuntimeError(f"scsynth: {words.strip()[-400:]}")
        left = read_wav(out)[1][RATE_HZ:, 0].astype(np.float64)
    return used.ru_utime, float(np.sqrt(np.mean(np.square(left)))) if len(left) else 0.0


def _padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % 4)


def _text(text: str) -> bytes:
    return _padded(text.encode() + b"\0")


def _message(address: str, *values: str | float | bytes) -> bytes:
    tags, parts = ",", []
    for value in values:
        if isinstance(value, bytes):
            tags += "b"
            parts.append(struct.pack(">i", len(value)) + _padded(value))
        elif isinstance(value, str):
            tags += "s"
            parts.append(_text(value))
        elif isinstance(value, int):
            tags += "i"
            parts.append(struct.pack(">i", value))
        else:
            tags += "f"
            parts.append(struct.pack(">f", value))
    return _text(address) + _text(tags) + b"".join(parts)


def _bundle(time_s: float, messages: list[bytes]) -> bytes:
    """With its length before it, as a score has it; times count from the beginning."""
    stamp = struct.pack(">II", int(time_s), int((time_s % 1) * 2**32))
    inside = b"".join(struct.pack(">i", len(one)) + one for one in messages)
    bundle = b"#bundle\0" + stamp + inside
    return struct.pack(">i", len(bundle)) + bundle
