"""Measures how loud the shipped pieces are, for the table in docs/levels.md: `make levels`.

Every preset plays with its factory examples what the demo performer moves. A piece whose loudness is off its target by
more than 1 LU needs another `gain` in its `master`: by how much is printed.

    python -m tools.levels [PRESET ...]      # some only: prints, and leaves the page alone
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from scipy.io import wavfile

from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.pipeline.render import RenderSettings, render
from tests.support.audio_analysis import integrated_lufs, true_peak_db, window_lufs
from tests.support.hand_figure import demo_for

PAGE: Final = Path(__file__).parents[1] / "docs" / "levels.md"
TOLERANCE_LU: Final = 1.0
_BLOCK: Final = re.compile(r"(<!-- measured: levels -->\n).*?(<!-- end of levels -->)", re.DOTALL)


@dataclass(frozen=True)
class Loudness:
    """How loud one piece is with the demo performer.

    Attributes:
        preset: its name.
        target_lufs, gain_db: of its `master`.
        integrated_lufs: of the whole performance, gated.
        momentary_lufs, short_term_lufs: the greatest of 0.4 s and of 3 s.
        true_peak_db: dBTP.
    """

    preset: str
    target_lufs: float
    gain_db: float
    integrated_lufs: float
    momentary_lufs: float
    short_term_lufs: float
    true_peak_db: float

    @property
    def off_lu(self) -> float:
        """How far its loudness is above its target."""
        return self.integrated_lufs - self.target_lufs


def measure(preset: Path) -> Loudness:
    """Renders the demo performer through a preset and measures the sound."""
    loaded = loader.load(preset)
    with tempfile.TemporaryDirectory(prefix="gs-levels-") as folder:
        out = Path(folder) / "x.wav"
        render(RenderSettings(preset=preset, source=demo_for(preset.stem, Path(folder)), out=out))
        rate, raw = wavfile.read(out)
    samples = (raw / 2.0**31).astype(np.float32)  # 24 bits, which scipy moves up to 32
    return Loudness(
        preset=loaded.key,
        target_lufs=loaded.loudness_lufs,
        gain_db=loaded.gain_db,
        integrated_lufs=integrated_lufs(samples, rate),
        momentary_lufs=float(window_lufs(samples, 0.4, rate).max()),
        short_term_lufs=float(window_lufs(samples, 3.0, rate).max()),
        true_peak_db=true_peak_db(samples),
    )


def table(found: Sequence[Loudness]) -> str:
    """The table of the page."""
    lines = [
        "| piece | gain | loudness | from the target | loudest 3 s | loudest 0.4 s | true peak |",
        "| --- | --: | --: | --: | --: | --: | --: |",
    ]
    lines += [
        f"| `{one.preset}` | {one.gain_db:+.1f} dB | {one.integrated_lufs:.1f} LUFS | {one.off_lu:+.1f} LU "
        f"| {one.short_term_lufs:.1f} LUFS | {one.momentary_lufs:.1f} LUFS | {one.true_peak_db:.1f} dBTP |"
        for one in found
    ]
    return "\n".join(lines)


def main(names: list[str]) -> int:
    """Measures, prints, and writes the page. Returns 1 when a piece is off its target, else 0."""
    every = sorted(paths.presets_dir().glob("*.yaml"))
    found = [measure(loader.find(name)) for name in names] if names else [measure(path) for path in every]
    print(table(found))
    if not names:
        page, count = _BLOCK.subn(
            lambda block: f"{block[1]}{table(found)}\n{block[2]}", PAGE.read_text(encoding="utf-8")
        )
        if count != 1:
            print(f"{PAGE} has no block for the table", file=sys.stderr)
            return 1
        PAGE.write_text(page, encoding="utf-8")
    off = [one for one in found if abs(one.off_lu) > TOLERANCE_LU]
    for one in off:
        print(f"{one.preset}: set `master: {{gain: {one.gain_db - one.off_lu:.1f} dB}}`", file=sys.stderr)
    return 1 if off else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
