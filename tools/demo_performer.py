"""Makes `presets/demo.skeleton`: the performer who plays when there is no camera.

Our own tracker looks at public test footage; only landmarks are kept. The passages of different people are put on one
stage: scaled to the same torso, standing on the same ground, resampled to 30 frames a second (by monotone cubic
interpolation over time: one clip has 5, one 60), and joined by short smooth transitions. Some passages are played
backwards, or mirrored with left and right exchanged. A person walks in and out twice; at both ends there
is none.

    python -m tools.demo_performer [OUT]
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from gesturesynth.core.paths import demo_performer
from gesturesynth.runtime.messages import Body, Pose
from gesturesynth.tracking.landmarker import Landmarker
from gesturesynth.tracking.model.download import ensure_model
from gesturesynth.tracking.skeleton_file import SkeletonWriter
from tests.support import footage as media

Track = NDArray[np.float64]
"""Shape (frames, 33, 7): x, y, z in pixels, visibility 0..1, world x, y, z in metres."""

ABOUT: Final = (
    "The demo performer. Our tracker on public test footage (a dancer, an athlete, squats, jumping jacks, a walker), "
    "landmarks only, put together on one stage; some passages backwards or mirrored."
)
FRAME_RATE_HZ: Final = 30.0
WIDTH, HEIGHT = 1280, 720
GROUND_PX: Final = 650.0
CENTRE_PX: Final = 640.0
TORSO_PX: Final = 128.0
TRANSITION_S: Final = 0.6

LEFT_SHOULDER, RIGHT_SHOULDER, LEFT_HIP, RIGHT_HIP = 11, 12, 23, 24
FEET: Final = slice(27, 33)
FACE_SWAPPED: Final = [0, 4, 5, 6, 1, 2, 3, 8, 7, 10, 9]
SWAPPED: Final = FACE_SWAPPED + [number + 1 if number % 2 else number - 1 for number in range(11, 33)]
"""The landmark on the other side of the body, for each of the 33."""


@dataclass(frozen=True)
class Footage:
    """Part of a clip: which frames, and from which row of the picture down (another person may be above)."""

    clip: str
    first: int
    last: int
    top: float = 0.0


@dataclass(frozen=True)
class Passage:
    """A part of the performance. `enters` and `leaves` put its first or last hip position at the frame's edge."""

    footage: Footage
    backwards: bool = False
    mirrored: bool = False
    enters: bool = False
    leaves: bool = False


DANCER: Final = Footage("dancer", 0, 119)
ATHLETE: Final = Footage("athlete", 0, 99)
SQUATS: Final = Footage("squats", 0, 40)
JACKS: Final = Footage("walker", 18, 60)  # afterwards the tracker takes his left for his right for some frames
WALK_IN: Final = Footage("walker", 56, 125, top=0.5)
WALK_OUT: Final = Footage("walker", 120, 201, top=0.5)

PASSAGES: Final[tuple[tuple[Passage, ...], ...]] = (
    (
        Passage(WALK_IN, enters=True),
        Passage(DANCER),
        Passage(DANCER, backwards=True, mirrored=True),
        Passage(WALK_OUT, leaves=True),
    ),
    (
        Passage(WALK_IN, mirrored=True, enters=True),
        Passage(JACKS),
        Passage(JACKS, backwards=True),
        Passage(ATHLETE),
        Passage(ATHLETE, backwards=True, mirrored=True),
        Passage(ATHLETE, mirrored=True),
        Passage(SQUATS),
        Passage(DANCER, mirrored=True),
        Passage(WALK_OUT, mirrored=True, leaves=True),
    ),
)
EMPTY_S: Final = (0.5, 2.0, 2.0)
"""Times without a person: before, between and after the acts. Short at first, so that a listener does not wait."""


def main(out: Path) -> None:
    """Writes the recording, in place of one that is there."""
    with Landmarker(ensure_model()) as landmarker:
        footage = {passage.footage for act in PASSAGES for passage in act}
        tracks = {part: track(landmarker, part) for part in sorted(footage, key=repr)}
    acts = [perform(act, tracks) for act in PASSAGES]
    stages: list[Track | None] = [None] * frames(EMPTY_S[0])
    for act, empty_s in zip(acts, EMPTY_S[1:], strict=True):
        stages += [*act, *([None] * frames(empty_s))]
    with tempfile.TemporaryDirectory(dir=out.parent) as folder:
        temporary = Path(folder) / out.name
        with SkeletonWriter(temporary, ABOUT, FRAME_RATE_HZ) as writer:
            for sequence, stage in enumerate(stages):
                bodies = () if stage is None else (body(stage),)
                writer.write(Pose(round(sequence / FRAME_RATE_HZ, 6), sequence, WIDTH, HEIGHT, bodies))
        temporary.replace(out)
    print(f"{out}: {len(stages) / FRAME_RATE_HZ:.1f} s, {out.stat().st_size} bytes")


def frames(duration_s: float) -> int:
    return round(duration_s * FRAME_RATE_HZ)


def track(landmarker: Landmarker, part: Footage) -> Track:
    """Our tracker on part of a clip, resampled to our frame rate; frames without a body are filled in."""
    path = media.folder() / media.CLIPS[part.clip]
    clip = cv2.VideoCapture(str(path))
    rate_hz = clip.get(cv2.CAP_PROP_FPS)
    landmarker.reset()
    times_s, found = [], []
    number = -1
    while clip.grab():
        number += 1
        # The landmarker needs some frames to settle on a body.
        if not part.first - 10 <= number <= part.last:
            continue
        frame = clip.retrieve()[1]
        rgb = cv2.cvtColor(frame[round(part.top * frame.shape[0]) :], cv2.COLOR_BGR2RGB)
        bodies = landmarker.detect(rgb, number / rate_hz)
        if bodies and number >= part.first:
            image = bodies[0].image_array() * [rgb.shape[1], rgb.shape[0], rgb.shape[1], 1.0]
            found.append(np.hstack([image, bodies[0].world_array()]))
            times_s.append(number / rate_hz)
    clip.release()
    if not found:
        raise SystemExit(f"{path}: missing, or no person in frames {part.first} to {part.last}")
    wanted_s = np.arange(times_s[0], times_s[-1] + 1e-9, 1 / FRAME_RATE_HZ)
    resampled: Track = PchipInterpolator(times_s, np.array(found), axis=0)(wanted_s)
    return resampled


def perform(passages: tuple[Passage, ...], tracks: dict[Footage, Track]) -> list[Track]:
    """The landmarks of every frame of some passages, from walking in to walking out, each of shape (33, 7)."""
    performed: list[Track] = []
    for passage in passages:
        placed = move_to(tracks[passage.footage], passage)
        if performed:
            performed += transition(performed[-1], placed[0])
        performed += list(placed)
    return performed


def move_to(moves: Track, passage: Passage) -> Track:
    """A passage in common units: every torso has the same length, and every body stands on the same ground."""
    moves = moves[::-1] if passage.backwards else moves
    hips = moves[:, [LEFT_HIP, RIGHT_HIP], :2].mean(axis=1)
    shoulders = moves[:, [LEFT_SHOULDER, RIGHT_SHOULDER], :2].mean(axis=1)
    scale = TORSO_PX / np.median(np.linalg.norm(hips - shoulders, axis=1))
    placed = moves.copy()
    placed[:, :, :3] *= scale
    placed[:, :, 1] += GROUND_PX - np.median(placed[:, FEET, 1].max(axis=1))
    # The walker goes from right to left.
    if passage.enters:
        placed[:, :, 0] += WIDTH - scale * hips[0, 0]
    elif passage.leaves:
        placed[:, :, 0] -= scale * hips[-1, 0]
    else:
        placed[:, :, 0] += CENTRE_PX - scale * np.median(hips[:, 0])
    if passage.mirrored:
        placed = placed[:, SWAPPED]
        placed[:, :, 0] = WIDTH - placed[:, :, 0]
        placed[:, :, 4] *= -1
    return placed


def transition(start: Track, end: Track) -> list[Track]:
    """The frames between two poses: every landmark on a straight line, slow at both ends."""
    steps = np.arange(1, frames(TRANSITION_S)) / frames(TRANSITION_S)
    return [start + (end - start) * (3 * step**2 - 2 * step**3) for step in steps]


def body(landmarks: Track) -> Body:
    """Landmarks as fractions of the frame, rounded to a sixth of a pixel and a millimetre: a smaller file."""
    image = landmarks[:, :4] / [WIDTH, HEIGHT, WIDTH, 1.0]
    image[:, :2] = np.round(image[:, :2] * 8192) / 8192
    image[:, 2] = np.round(image[:, 2] * 1024) / 1024
    image[:, 3] = np.round(np.clip(image[:, 3], 0, 1) * 256) / 256
    world = np.round(landmarks[:, 4:] * 1024) / 1024
    return Body.from_arrays(image.astype(np.float32), world.astype(np.float32))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else demo_performer())
