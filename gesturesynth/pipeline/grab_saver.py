"""Grab: stores takes of watched movement, so that it spans the snapshots. The choice: `mapping/teaching/grab.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from gesturesynth.config.preset.model import Preset
from gesturesynth.core.errors import UserError
from gesturesynth.features.catalogue import columns
from gesturesynth.features.pose_words import pose_words
from gesturesynth.mapping.examples.new_takes import NewTake
from gesturesynth.mapping.examples.store import ExampleStore
from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.mapping.learning.scaling import Scaling, least_spreads, usual_spans
from gesturesynth.mapping.teaching import grab
from gesturesynth.pipeline.seen_features import seen_features
from gesturesynth.runtime.messages import Pose

Float = NDArray[np.float64]
Snapshots = Mapping[int, Mapping[str, float]]

MADE: Final = "(grab)"
"""The target of takes whose sounds were made, because there are no snapshots."""
RISING_UNITS: Final = frozenset({"Hz", "dB"})
"""Of outputs that have a direction for everyone: pitch, brightness and level rise. Where there is none, all count."""
DESCRIBED: Final = 4
"""Sounds whose poses a sentence describes, at most."""
_MOVE: Final = "Stand in view and move as you will when playing, then grab again (g)."


@dataclass(frozen=True)
class Grabbed:
    """What becomes of movement that was watched.

    Attributes:
        takes: to be stored.
        seen_s: for how long all that is measured was in view, seconds.
        poses: the pose of each snapshot in words, by its number; without those whose arms cannot be seen.
    """

    takes: tuple[NewTake, ...]
    seen_s: float
    poses: Mapping[int, str]


def grab_saver(preset: Preset, snapshots: Snapshots, poses: Sequence[Pose]) -> Callable[[ExampleStore], str]:
    """A change of the store that adds the takes of a grab, and returns sentences about them.

    They are one action to undo. Earlier takes no longer teach the outputs that these name. Raises UserError, with
    sentences, where too little was seen or moved.

    Args:
        preset: that plays.
        snapshots: its sounds: number -> output -> value in its unit.
        poses: what was watched, in the order of their times.
    """

    def save(store: ExampleStore) -> str:
        grabbed = grabbed_takes(preset, snapshots, poses)
        before = store.named_counts()
        infos = store.add_takes(grabbed.takes, instead=True)
        again = bool(before.keys() & {name for take in grabbed.takes for name in take.values})
        parts = [f"Grabbed {len(infos)} takes from {grabbed.seen_s:.0f} s of movement."]
        if 0 < len(grabbed.poses) <= DESCRIBED:
            where = "; ".join(f"snapshot {number}: {words}" for number, words in grabbed.poses.items())
            parts.append(f"{where[0].upper()}{where[1:]}.")
        parts += ["Earlier takes of these outputs no longer count; undo (u) brings them back."] * again
        return " ".join(parts)

    return save


def grabbed_takes(preset: Preset, snapshots: Snapshots, poses: Sequence[Pose]) -> Grabbed:
    """The takes of a grab. Arguments and errors as for `grab_saver`."""
    x = seen_features(preset.features, preset.smoothing, poses)
    shown = np.flatnonzero(np.isfinite(x).all(axis=1) & _shown_at_once(preset, poses))
    _check_seen(poses, shown)
    names = columns(preset.features)
    spans = np.array(usual_spans(names))
    x, poses = x[shown], [poses[number] for number in shown.tolist()]
    if grab.reach(x, spans) < grab.LEAST_RANGE:
        raise UserError(f"Too little movement: nothing that this preset measures has changed much. {_MOVE}")
    times_s = np.array([pose.capture_time_s for pose in poses])
    z = grab.filtered(Scaling.from_rows(x, spans, least_spreads(names)).apply(x))
    rises = grab.rising(seen_features(["hands.height"], preset.smoothing, poses)[:, 0], z)
    outputs = preset.mapping_outputs()
    numbers = sorted(number for number, sound in snapshots.items() if any(o.name in sound for o in outputs))
    made = len(numbers) < grab.FEWEST
    count = min(grab.MOST, max(grab.FEWEST, len(outputs) + 1)) if made else len(numbers)
    chosen, some = grab.far_poses(z, rises, count)
    if len(np.unique(chosen)) < count:
        raise UserError(f"Too little movement: {count} poses that differ are needed, one for each sound. {_MOVE}")
    if made:
        positions = grab.made_sounds(z, chosen, rises, len(outputs))
        sound_of = list(range(count))
        sounds = [{o.name: o.value(place) for o, place in zip(outputs, row, strict=True)} for row in positions.tolist()]
        targets = [MADE] * count
    else:
        sounds = [{o.name: snapshots[n][o.name] for o in outputs if o.name in snapshots[n]} for n in numbers]
        positions = _positions(outputs, sounds)
        sound_of = grab.matched(z[chosen], rises[chosen], positions, _rises(outputs, positions))
        targets = [str(number) for number in numbers]
    takes = grab.takes_of(times_s, z, some, chosen, sound_of)
    words = {} if made else {numbers[s]: _words(poses[p]) for p, s in zip(chosen.tolist(), sound_of, strict=True)}
    return Grabbed(
        tuple(NewTake(targets[t.sound], sounds[t.sound], "", poses[t.first : t.last + 1]) for t in takes),
        _seen_s(times_s),
        {number: words[number] for number in sorted(words) if words[number]},
    )


def _shown_at_once(preset: Preset, poses: Sequence[Pose]) -> NDArray[np.bool_]:
    """Whether a take that begins with this pose knows all features, (n,).

    What was seen before counts as seen a little longer, and a take begins with no frame before it.
    """
    empty = [msgspec.structs.replace(pose, bodies=()) for pose in poses]
    frames = [frame for pair in zip(empty, poses, strict=True) for frame in pair]
    return np.asarray(np.isfinite(seen_features(preset.features, None, frames)[1::2]).all(axis=1), dtype=np.bool_)


def _check_seen(poses: Sequence[Pose], shown: NDArray[np.intp]) -> None:
    if not any(not pose.empty for pose in poses):
        raise UserError(f"No person was in view: nothing was grabbed. {_MOVE}")
    seen_s = _seen_s(np.array([poses[number].capture_time_s for number in shown.tolist()]))
    if len(shown) < grab.LEAST_FRAMES or seen_s < grab.LEAST_S:
        raise UserError(
            f"Too little was seen: all that this preset measures was in view for {seen_s:.1f} s only, and "
            f"{grab.LEAST_S:g} s are needed. {_MOVE}"
        )


def _seen_s(times_s: Float) -> float:
    """For how long, gaps left out."""
    steps = np.diff(times_s)
    return float(steps[steps <= grab.GAP_S].sum())


def _positions(outputs: Sequence[Output], sounds: Sequence[Mapping[str, float]]) -> Float:
    """Positions (c, m) that rise with the values; an output that a sound does not name lies in the middle of it."""
    rows = [[o.position(sound[o.name]) if o.name in sound else 0.5 for o in outputs] for sound in sounds]
    turned = np.array([output.low > output.high for output in outputs])
    return np.where(turned, 1.0 - np.array(rows), np.array(rows))


def _rises(outputs: Sequence[Output], positions: Float) -> Float:
    """How high each sound is, (c,)."""
    rising = [output.unit in RISING_UNITS for output in outputs]
    return np.asarray(positions[:, rising if any(rising) else slice(None)].mean(axis=1), dtype=np.float64)


def _words(pose: Pose) -> str:
    return pose_words(pose.bodies[0].image_array(), pose.width, pose.height) if pose.bodies else ""
