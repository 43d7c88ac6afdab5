"""Renders twenty seconds of every shipped piece, with a picture of each and a page to hear them by: `make gallery`.

    python -m tools.gallery FOLDER [PRESET ...]

The demo performer plays each piece; what is heard in an empty room is rendered besides. The page (`index.html`) has a
table of how each sounds.
"""

from __future__ import annotations

import html
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.io import wavfile

from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.pipeline.render import RenderSettings, render
from gesturesynth.runtime.messages import Pose
from gesturesynth.tracking.skeleton_file import SkeletonWriter
from tests.support.audio_analysis import integrated_lufs, true_peak_db, window_lufs
from tests.support.hand_figure import demo_for
from tests.synthesis.instruments.hearing import centroid_hz, onsets

SECONDS: Final = 20.0
EMPTY_S: Final = 30.0
"""Longer than any piece takes to its idle sound."""
_STYLE: Final = """body {font: 16px/1.5 sans-serif; max-width: 1100px; margin: 2em auto; padding: 0 1em}
table {border-collapse: collapse; width: 100%}
td, th {padding: .3em .6em; text-align: right; border-top: 1px solid #ccc}
td:first-child, th:first-child {text-align: left}
img, audio {width: 100%}"""


@dataclass(frozen=True)
class GalleryPiece:
    """How one piece sounds.

    Attributes:
        key: its name, and that of its files.
        name, about: for people.
        loudness_lufs: of the twenty seconds, gated (ITU-R BS.1770-5).
        true_peak_db: dBTP.
        centroid_hz: the middle of its spectrum.
        onsets: a second.
        empty_lufs: the loudest three seconds of the last ten in an empty room.
    """

    key: str
    name: str
    about: str
    loudness_lufs: float
    true_peak_db: float
    centroid_hz: float
    onsets: float
    empty_lufs: float


def render_piece(preset: Path, folder: Path, empty_room: Path) -> GalleryPiece:
    """Renders a piece into the folder, as NAME.wav and NAME.png, and measures it."""
    loaded = loader.load(preset)
    out, silent = folder / f"{loaded.key}.wav", empty_room.with_suffix(".wav")
    render(RenderSettings(preset, demo_for(preset.stem, folder), out, picture=out.with_suffix(".png"), seconds=SECONDS))
    render(RenderSettings(preset, str(empty_room), silent))
    rate, heard = _samples(out)
    empty = _samples(silent)[1][-10 * rate :]
    return GalleryPiece(
        key=loaded.key,
        name=loaded.name,
        about=loaded.about,
        loudness_lufs=integrated_lufs(heard, rate),
        true_peak_db=true_peak_db(heard),
        centroid_hz=centroid_hz(heard.astype(np.float64)),
        onsets=onsets(heard.astype(np.float64)),
        empty_lufs=float(window_lufs(empty, 3.0, rate).max()),
    )


def _samples(file: Path) -> tuple[int, NDArray[np.float32]]:
    rate, raw = wavfile.read(file)
    return rate, (raw / 2.0**31).astype(np.float32)  # 24 bits, which scipy moves up to 32


def write_empty_room(file: Path) -> None:
    """A skeleton recording of a room without a person."""
    with SkeletonWriter(file) as writer:
        for number in range(round(EMPTY_S * 30)):
            writer.write(Pose(number / 30, number, 640, 480, ()))


def page(pieces: Sequence[GalleryPiece]) -> str:
    """The page: a table, then each piece with its sound and its picture."""
    heads = ("piece", "loudness", "true peak", "spectrum's middle", "onsets", "empty room")
    rows = [
        (
            f'<a href="#{piece.key}">{html.escape(piece.name)}</a>',
            f"{piece.loudness_lufs:.1f} LUFS",
            f"{piece.true_peak_db:.1f} dBTP",
            f"{piece.centroid_hz:.0f} Hz",
            f"{piece.onsets:.1f} /s",
            "silent" if piece.empty_lufs < -70.0 else f"{piece.empty_lufs:.1f} LUFS",
        )
        for piece in pieces
    ]
    table = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    parts = "\n".join(
        f'<h2 id="{piece.key}">{html.escape(piece.name)}</h2>\n<p>{html.escape(piece.about)}</p>\n'
        f'<audio controls preload="none" src="{piece.key}.wav"></audio>\n<img src="{piece.key}.png" '
        f'alt="Waveform, spectrogram, loudness, features and outputs of {html.escape(piece.name)}">'
        for piece in pieces
    )
    head = "".join(f"<th>{text}</th>" for text in heads)
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Gesture Synth: pieces</title>\n<style>{_STYLE}'
        f"</style>\n<h1>Pieces</h1>\n<p>{SECONDS:g} seconds of each, played by the demo performer.</p>\n"
        f"<table><tr>{head}</tr>\n{table}</table>\n{parts}\n</html>\n"
    )


def main(folder: str, *names: str) -> int:
    """Renders all of it."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    presets = [loader.find(name) for name in names] or sorted(paths.presets_dir().glob("*.yaml"))
    pieces = []
    with tempfile.TemporaryDirectory(prefix="gs-gallery-") as temporary:
        empty_room = Path(temporary) / "empty.skeleton"
        write_empty_room(empty_room)
        for preset in presets:
            pieces.append(render_piece(preset, target, empty_room))
            print(f"{preset.stem}: {pieces[-1].loudness_lufs:.1f} LUFS")
    index = target / "index.html"
    index.write_text(page(pieces), encoding="utf-8")
    print(f"{index}: {len(pieces)} pieces")
    return 0


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] or ["dist/gallery"])))
